/**
 * Where the reader is now.
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Route, routeOf } from "./addresses.ts";

const current = signal(routeOf(location.hash));

export const route: ReadonlySignal<Route> = current;

addEventListener("hashchange", () => {
  current.value = routeOf(location.hash);
});

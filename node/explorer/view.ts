/**
 * A view: what one address of the page shows.
 * @module
 */
import type { Child } from "./dom.ts";

export interface View {
  readonly title: string;
  readonly body: readonly Child[];
}

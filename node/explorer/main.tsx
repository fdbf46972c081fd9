/**
 * The explorer begins here.
 * @module
 */
import { render } from "preact";
import { startLive } from "./asking/live.ts";
import { App } from "./frame/app.tsx";

const root = document.getElementById("explorer");
if (root === null) throw new Error("the page has no #explorer");
startLive();
render(<App />, root);

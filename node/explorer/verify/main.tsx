/**
 * The receipt checker: one file to keep, which opens from disk and needs no network.
 * @module
 */
import { render } from "preact";
import { Checker } from "./checker.tsx";
import "./verify.css";

const root = document.getElementById("checker");
if (root !== null) render(<Checker />, root);

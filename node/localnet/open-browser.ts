/**
 * Opens a page in the person's browser, where there is one; where there is none, nothing happens.
 * @module
 */
import { spawn } from "node:child_process";

export function openBrowser(url: string): void {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  child.on("error", () => {}); // No such program: the URL has been printed anyway.
  child.unref();
}

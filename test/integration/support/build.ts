/**
 * Before the first test of a run: dist/ is what the sources say, so that tests start processes from it at once.
 * @module
 */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

export function setup(): void {
  const script = resolve(import.meta.dirname, "../../../bin/build.js");
  execFileSync(process.execPath, [script], { stdio: "inherit" });
}

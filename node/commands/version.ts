/**
 * The version of this program, as its package.json has it.
 * @module
 */
import { readFileSync } from "node:fs";

/** From dist/node/commands, where this runs, to the root of the package. */
const packagePath = new URL("../../../package.json", import.meta.url);

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(packagePath, "utf8")) as {
    readonly version: unknown;
  };
  return String(version);
}

/**
 * What every command is given.
 * @module
 */
import type { Settings } from "./settings.ts";
import type { Terminal } from "./terminal/terminal.ts";

export interface Wallet {
  readonly settings: Settings;
  readonly terminal: Terminal;
}

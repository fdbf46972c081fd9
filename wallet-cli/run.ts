/**
 * How a command is run: what the command line gives it, and what comes back.
 * @module
 */
import type { GlobalFlags } from "./settings.ts";
import type { Report } from "./terminal/terminal.ts";
import type { Wallet } from "./wallet.ts";

/** Runs one command with the global flags of this call. */
export type Run = (flags: GlobalFlags, act: (wallet: Wallet) => Promise<Report>) => Promise<void>;

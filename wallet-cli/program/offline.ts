/**
 * Commands for accounts of several keys and for signing without a network.
 * @module
 */
import type { Command } from "commander";
import type { Run } from "../run.ts";

export function addOffline(_program: Command, _run: Run): void {}

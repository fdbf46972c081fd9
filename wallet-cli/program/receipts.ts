/**
 * Commands about receipts: proofs of single transactions.
 * @module
 */
import type { Command } from "commander";
import type { Run } from "../run.ts";

export function addReceipts(_program: Command, _run: Run): void {}

/**
 * The options of every command that sends one transaction.
 * @module
 */
import type { Command } from "commander";
import { expiresInStandard } from "../sending/acting-flags.ts";

/** Adds them; the action then gets the fields of ActFlags. */
export function withActOptions(command: Command): Command {
  return command
    .option("--from <name>", "whose key signs (your only key)")
    .option("--expires-in <duration>", "it can never be applied later than this", expiresInStandard)
    .option("--max-fee <amount>", "sign nothing that costs more")
    .option("--fee <amount>", "instead of the network's minimum")
    .option("--nonce <number>", "instead of the account's next")
    .option("--dry-run", "show the plan and its fingerprint, sign nothing")
    .option("--new", "once more, even if the same has no answer yet")
    .option("--no-wait", "be done when a node has accepted it");
}

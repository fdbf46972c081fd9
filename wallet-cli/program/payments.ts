/**
 * Commands that pay.
 * @module
 */
import type { Command } from "commander";
import type { SendFlags } from "../commands/send.ts";
import type { Run } from "../run.ts";

export function addPayments(program: Command, run: Run): void {
  program
    .command("send")
    .argument("<amount>", "in whole units: 25, 0.5, 1_000.25")
    .argument("<to>", "a name or an address")
    .description("pay, and wait until it is final; sending the same again is safe")
    .option("--from <name>", "who pays (your only key)")
    .option("--memo <text>", "a note that everybody can read")
    .option("--expires-in <duration>", "it can never be applied later than this", "15m")
    .option("--no-wait", "be done when a node has accepted it")
    .option("--new", "a second payment, even if the same one has no answer yet")
    .option("--fee <amount>", "instead of the network's minimum")
    .option("--nonce <number>", "instead of the account's next")
    .action(async (amount: string, to: string, flags: SendFlags) => {
      const { send } = await import("../commands/send.ts");
      await run(program.opts(), async (wallet) => await send(wallet, amount, to, flags));
    });
}

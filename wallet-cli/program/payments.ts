/**
 * Commands that pay.
 * @module
 */
import type { Command } from "commander";
import type { BatchFlags } from "../commands/batch.ts";
import type { SendFlags } from "../commands/send.ts";
import { usageFailure } from "../failure.ts";
import type { Run } from "../run.ts";
import { withActOptions } from "./acting-options.ts";

type Flags = SendFlags & Partial<BatchFlags>;

export function addPayments(program: Command, run: Run): void {
  const command = program
    .command("send")
    .argument("[amount]", "in whole units: 25, 0.5, 1_000.25")
    .argument("[to]", "a name or an address")
    .description("pay, and wait until it is final; sending the same again is safe")
    .option("--asset <asset>", "CODE, CODE@issuer or the id (the network's own)")
    .option("--memo <text>", "a note that everybody can read")
    .option("--csv <file>", "pay every row: columns to, amount, and asset, memo, reference")
    .option("--resume", "only go on with a --csv that was begun; no row is paid twice")
    .option("--results <file>", "where --csv writes what became of each row");
  withActOptions(command)
    .addHelpText("after", examples)
    .action(async (amount: string | undefined, to: string | undefined, flags: Flags) => {
      await run(program.opts(), async (wallet) => {
        if (flags.csv === undefined) {
          refuse(
            flags.resume === true || flags.results !== undefined,
            "--resume and --results are for --csv",
          );
          const { send } = await import("../commands/send.ts");
          return await send(wallet, amount, to, flags);
        }
        const isMixed =
          amount !== undefined || flags.asset !== undefined || flags.memo !== undefined;
        refuse(isMixed, "with --csv, amounts, payees, assets and memos are in the file");
        const { batch } = await import("../commands/batch.ts");
        return await batch(wallet, { ...flags, csv: flags.csv });
      });
    });
}

function refuse(isWrong: boolean, message: string): void {
  if (isWrong) throw usageFailure("usage", message, "See quorate-wallet send --help.");
}

const examples = `
Examples:
  quorate-wallet send 25 bob --from alice
  quorate-wallet send 3.5 bob --asset GOLD@carol --memo "invoice 17"
  quorate-wallet send 25 bob --dry-run --json      a plan for somebody else to approve
  quorate-wallet send --csv payroll.csv            begins; refused when any row was signed before
  quorate-wallet send --csv payroll.csv --resume   goes on, safe to repeat; with nothing to go on with, exit 3`;

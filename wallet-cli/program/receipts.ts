/**
 * Commands about receipts: proofs of single transactions.
 * @module
 */
import { Argument, type Command } from "commander";
import type { ReceiptFlags } from "../commands/receipt.ts";
import type { Run } from "../run.ts";

export function addReceipts(program: Command, run: Run): void {
  const receipt = program
    .command("receipt")
    .addArgument(new Argument("<id>", "the id of a final transaction"))
    .description("the proof that a transaction is final, as a file that needs no node")
    .option("--out <file>", "write it there instead of to stdout")
    .addHelpText("after", example)
    .action(async (id: string, flags: ReceiptFlags) => {
      const { fetchReceipt } = await import("../commands/receipt.ts");
      await run(program.opts(), async (wallet) => await fetchReceipt(wallet, id, flags));
    });
  receipt
    .command("verify")
    .argument("<file>", "a receipt, or - for a pipe")
    .description("check a receipt with the --genesis alone, without any node")
    .action(async (file: string) => {
      const { verifyReceiptFile } = await import("../commands/receipt.ts");
      await run(program.opts(), async (wallet) => await verifyReceiptFile(wallet, file));
    });
}

const example = `
Examples:
  quorate-wallet receipt ID --out paid.receipt.json
  quorate-wallet receipt verify paid.receipt.json --genesis genesis.json`;

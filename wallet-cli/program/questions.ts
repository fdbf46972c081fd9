/**
 * Commands that ask, and change nothing.
 * @module
 */
import type { Command } from "commander";
import type { HistoryFlags } from "../commands/history.ts";
import type { Run } from "../run.ts";

export function addQuestions(program: Command, run: Run): void {
  program
    .command("balance")
    .argument("[who]", "a name or an address; without it, all that can sign")
    .description("what an account holds, proven, whatever the nodes say")
    .action(async (who: string | undefined) => {
      const { balance } = await import("../commands/balance.ts");
      await run(program.opts(), async (wallet) => await balance(wallet, who));
    });
  for (const { name, until, description } of followers) {
    program
      .command(name)
      .argument("<id>", "a transaction id")
      .description(description)
      .action(async (id: string) => {
        const { follow } = await import("../commands/follow.ts");
        await run(program.opts(), async (wallet) => await follow(wallet, id, { until }));
      });
  }
  program
    .command("history")
    .argument("[who]", "a name or an address (your only key)")
    .description("final transactions of an account, each proven, newest first")
    .option("--limit <number>", "at most 100", "20")
    .option("--cursor <cursor>", "where a page before has ended")
    .action(async (who: string | undefined, flags: HistoryFlags) => {
      const { history } = await import("../commands/history.ts");
      await run(program.opts(), async (wallet) => await history(wallet, who, flags));
    });
}

const followers = [
  {
    name: "status",
    until: "asked-once",
    description: "what the nodes know of a transaction now",
  },
  { name: "wait", until: "settled", description: "wait until its outcome is certain" },
] as const;

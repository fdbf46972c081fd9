/**
 * The command line: names, arguments, flags and help. What a command does is loaded when it is chosen.
 * @module
 */
import { Command } from "commander";
import type { HistoryFlags } from "./commands/history.ts";
import type { SendFlags } from "./commands/send.ts";
import type { GlobalFlags } from "./settings.ts";
import type { Report } from "./terminal/terminal.ts";
import type { Wallet } from "./wallet.ts";

/** Runs one command with the global flags of this call. */
export type Run = (flags: GlobalFlags, act: (wallet: Wallet) => Promise<Report>) => Promise<void>;

const examples = `
Examples:
  quorate-wallet create                          a key of your own
  quorate-wallet send 25 bob --from alice        waits until it is final
  quorate-wallet balance alice                   asks every node
  quorate-wallet wait ID                         after "outcome unknown": sends the same payment again

Exit codes:
  0 done   1 internal error   2 usage   3 not found   4 no node reachable
  5 invalid, superseded, or refused by every node   6 expired   7 outcome unknown: wait ID
  8 nodes disagree   9 wrong password`;

export function buildProgram(run: Run): Command {
  const program = new Command("quorate-wallet")
    .description("Keys and payments of a Quorate network")
    .option("--node <url>", "a node to ask; repeat it for several", collect)
    .option("--network <file>", "network file (QUORATE_NETWORK; ./.quorate/network.json)")
    .option("--genesis <file>", "genesis file that names the network")
    .option("--home <dir>", "the wallet's folder (~/.quorate-wallet)")
    .option("--timeout <duration>", "how long to wait for an outcome (30s)")
    .option("--yes", "do not ask for confirmation")
    .option("--json", "one JSON object on stdout")
    .option("--quiet", "no progress on stderr")
    .addHelpText("after", examples)
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError();
  addKeyCommands(program, run);
  addSend(program, run);
  addQueries(program, run);
  return program;
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

function addKeyCommands(program: Command, run: Run): void {
  program
    .command("create")
    .argument("[name]", "a name for it (main)")
    .description("make a new key and print its address")
    .action(async (name: string | undefined) => {
      const { create } = await import("./commands/create.ts");
      await run(program.opts(), async (wallet) => await create(wallet, name));
    });
  program
    .command("list")
    .description("list the accounts that can sign")
    .action(async () => {
      const { list } = await import("./commands/list.ts");
      await run(program.opts(), list);
    });
  program
    .command("show")
    .argument("[name]", "an account that can sign")
    .description("show an account in full, but not its secret")
    .action(async (name: string | undefined) => {
      const { show } = await import("./commands/show.ts");
      await run(program.opts(), async (wallet) => await show(wallet, name));
    });
}

function addSend(program: Command, run: Run): void {
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
      const { send } = await import("./commands/send.ts");
      await run(program.opts(), async (wallet) => await send(wallet, amount, to, flags));
    });
}

function addQueries(program: Command, run: Run): void {
  program
    .command("balance")
    .argument("[who]", "a name or an address; without it, all that can sign")
    .description("what an account holds, asked of every node")
    .action(async (who: string | undefined) => {
      const { balance } = await import("./commands/balance.ts");
      await run(program.opts(), async (wallet) => await balance(wallet, who));
    });
  for (const { name, until, description } of followers) {
    program
      .command(name)
      .argument("<id>", "a transaction id")
      .description(description)
      .action(async (id: string) => {
        const { follow } = await import("./commands/follow.ts");
        await run(program.opts(), async (wallet) => await follow(wallet, id, { until }));
      });
  }
  program
    .command("history")
    .argument("[who]", "a name or an address (your only key)")
    .description("final payments of an account, newest first")
    .option("--limit <number>", "at most 100", "20")
    .option("--cursor <cursor>", "where a page before has ended")
    .action(async (who: string | undefined, flags: HistoryFlags) => {
      const { history } = await import("./commands/history.ts");
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

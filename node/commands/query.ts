/**
 * `quorate query …`: the explorer on the command line.
 *
 * Nodes are asked in turn until one answers; what one does not know the next is asked for.
 * @module
 */
import { Command } from "commander";
import type { ClientFailure } from "../../src/api/client.ts";
import type { TransactionJson } from "../../src/api/json.ts";
import { fail, ok, type Result } from "../../src/base/result.ts";
import { type AskFlags, ask, print, withNodes } from "./ask-nodes.ts";
import { contentCommands } from "./query-content.ts";
import { overviewCommands } from "./query-overview.ts";
import { namedAddress, networkFileOf } from "./query-targets.ts";
import { accountText, blockText, statsText, transactionText } from "./query-text.ts";

const historyItems = 10;

export function queryCommand(): Command {
  const query = new Command("query")
    .description(
      "look things up in the ledger: a block, a transaction, an account, an asset, a record, fees, what waits, figures; or search",
    )
    .addHelpText(
      "after",
      `
Examples:
  quorate query block                          the newest block
  quorate query block 42
  quorate query tx ID --json
  quorate query account alice                  a name of the local network, or an address
  quorate query asset EUR                      an asset, by code or id
  quorate query record alice lots 7            a record of an account: its topic, its key
  quorate query search EUR                     what a text stands for
  quorate query fees                           what a transaction must pay
  quorate query mempool                        what waits for a block
  quorate query stats --window 10m --node http://127.0.0.1:28000

Exit codes: 0 found, 2 usage, 3 not found, 4 no node reachable`,
    );
  for (const one of [
    block(),
    tx(),
    account(),
    ...contentCommands(),
    ...overviewCommands(),
    stats(),
  ]) {
    query.addCommand(one);
  }
  return query;
}

function block(): Command {
  return withNodes(new Command("block"))
    .description("a block, by height or id; the newest one when left out")
    .argument("[block]", "height or id")
    .action(async (reference: string | undefined, _flags: unknown, command: Command) => {
      const found = await ask(command, async (client) => {
        if (reference !== undefined) return await client.block(reference);
        const status = await client.status();
        return status.ok ? await client.block(status.value.tip.height) : status;
      });
      print(command, found, () => blockText(found));
    });
}

function tx(): Command {
  return withNodes(new Command("tx"))
    .description("a transaction and its status")
    .argument("<id>", "its id: 64 hex digits")
    .action(async (id: string, _flags: unknown, command: Command) => {
      const found = await ask(command, async (client) => known(await client.transaction(id)));
      print(command, found, () => transactionText(found));
    });
}

function account(): Command {
  return withNodes(new Command("account"))
    .description("an account: what it holds, and its newest transactions")
    .argument("<account>", "address, or the name of an account in the network file")
    .action(async (name: string, _flags: unknown, command: Command) => {
      const { network } = command.optsWithGlobals<AskFlags>();
      const address = namedAddress(networkFileOf(network), name);
      const found = await ask(command, async (client) => {
        const [held, history] = await Promise.all([
          client.account(address),
          client.accountTransactions(address, { limit: historyItems }),
        ]);
        if (!held.ok) return held;
        return history.ok ? ok({ ...held.value, transactions: history.value.items }) : history;
      });
      print(command, found, () => accountText(found));
    });
}

function stats(): Command {
  return withNodes(new Command("stats"))
    .description("throughput, finality and totals")
    .option("--window <time>", "what the figures cover, such as 60s, 10m or 24h", "60s")
    .action(async (_flags: unknown, command: Command) => {
      const { window } = command.optsWithGlobals<AskFlags & { readonly window: string }>();
      const found = await ask(command, (client) => client.stats(window));
      print(command, found, () => statsText(found));
    });
}

/** `unknown` here may be known elsewhere, so it counts as not found. */
function known(
  answer: Result<TransactionJson, ClientFailure>,
): Result<TransactionJson, ClientFailure | "not-found"> {
  return answer.ok && answer.value.status === "unknown" ? fail("not-found") : answer;
}

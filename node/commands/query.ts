/**
 * `quorate query …`: the explorer on the command line.
 *
 * Nodes are asked in turn until one answers; what one does not know the next is asked for. Not found (exit code 3)
 * is said only when every node that answered said so.
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import { type Answer, type ClientFailure, NodeClient } from "../../src/api/client.ts";
import type { TransactionJson } from "../../src/api/json.ts";
import { fail, ok, type Result } from "../../src/base/result.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import { namedAddress, networkFileOf, nodesOf } from "./query-targets.ts";
import { accountText, blockText, statsText, transactionText } from "./query-text.ts";
import { printResult } from "./result.ts";

interface Flags {
  readonly json?: boolean;
  readonly node?: readonly string[];
  readonly network?: string;
  readonly timeout: number;
}

const timeoutSecondsStandard = 10;
const historyItems = 10;

export function queryCommand(): Command {
  const query = new Command("query")
    .description("look things up in the ledger: a block, a transaction, an account, figures")
    .addHelpText(
      "after",
      `
Examples:
  quorate query block                          the newest block
  quorate query block 42
  quorate query tx ID --json
  quorate query account alice                  a name of the local network, or an address
  quorate query stats --window 10m --node http://127.0.0.1:28000

Exit codes: 0 found, 2 usage, 3 not found, 4 no node reachable`,
    );
  for (const one of [block(), tx(), account(), stats()]) query.addCommand(one);
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
      const { network } = command.optsWithGlobals<Flags>();
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
      const { window } = command.optsWithGlobals<Flags & { readonly window: string }>();
      const found = await ask(command, (client) => client.stats(window));
      print(command, found, () => statsText(found));
    });
}

const withNodes = (command: Command): Command =>
  command
    .option("--node <url...>", "node to ask; several are tried in turn")
    .option(
      "--network <file>",
      "network file (default: QUORATE_NETWORK, else .quorate/network.json)",
    )
    .option("--timeout <seconds>", "for one answer", seconds, timeoutSecondsStandard);

function seconds(text: string): number {
  const value = /^\d{1,4}s?$/.test(text) ? Number.parseInt(text, 10) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError("It must be a whole number of seconds, such as 30.");
}

function print(command: Command, value: unknown, text: () => string): void {
  printResult(command.optsWithGlobals<Flags>().json, value, text);
}

/** `unknown` here may be known elsewhere, so it counts as not found. */
function known(
  answer: Result<TransactionJson, ClientFailure>,
): Result<TransactionJson, ClientFailure | "not-found"> {
  return answer.ok && answer.value.status === "unknown" ? fail("not-found") : answer;
}

type Asking<Value> = (
  client: NodeClient,
) => Answer<Value> | Promise<Result<Value, ClientFailure | "not-found">>;

/** Asks node after node. Throws a Refusal when none has the answer. */
async function ask<Value>(command: Command, asking: Asking<Value>): Promise<Value> {
  const { node, network, timeout } = command.optsWithGlobals<Flags>();
  const failures: { readonly url: string; readonly why: ClientFailure | "not-found" }[] = [];
  for (const url of nodesOf(node, networkFileOf(network))) {
    const client = new NodeClient({
      baseUrl: url,
      httpFetch: fetch,
      timeoutMs: timeout * 1000,
      timeoutSignal: (ms) => AbortSignal.timeout(ms),
    });
    const answer = await asking(client);
    if (answer.ok) return answer.value;
    failures.push({ url, why: answer.reason });
  }
  for (const { why } of failures) {
    if (why !== "not-found" && why.kind === "problem" && why.problem.status < 404)
      throw bad(why.problem);
  }
  const absent = failures.find(({ why }) => isAbsent(why));
  throw absent === undefined ? unreachable(failures) : notFound(absent.why);
}

const isAbsent = (why: ClientFailure | "not-found"): boolean =>
  why === "not-found" || (why.kind === "problem" && why.problem.status === 404);

interface ProblemWords {
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
}

const bad = ({ code, detail, fix }: ProblemWords): Refusal =>
  new Refusal({ code, message: detail, fix, exitCode: exitCodes.usage });

function notFound(why: ClientFailure | "not-found"): Refusal {
  const exitCode = exitCodes.notFound;
  if (why !== "not-found" && why.kind === "problem") {
    const { code, detail, fix } = why.problem;
    return new Refusal({ code, message: detail, fix, exitCode });
  }
  return new Refusal({
    code: "transaction_unknown",
    message: "no node that was asked knows this transaction",
    fix: "Check the id, or send the signed transaction again: that is safe.",
    exitCode,
  });
}

function unreachable(
  failures: readonly { readonly url: string; readonly why: ClientFailure | "not-found" }[],
): Refusal {
  const reasons = failures.map(({ url, why }) => `${url}: ${reasonText(why)}`);
  return new Refusal({
    code: "no_node_reachable",
    message: `no node answered\n  ${reasons.join("\n  ")}`,
    fix: "Start the network (npm start), or name a node with --node URL.",
    exitCode: exitCodes.unreachable,
  });
}

function reasonText(why: ClientFailure | "not-found"): string {
  if (why === "not-found") return why;
  return why.kind === "problem" ? why.problem.detail : why.message;
}

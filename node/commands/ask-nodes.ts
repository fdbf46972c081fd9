/**
 * How a command asks the nodes of a network: one after the other until one has the answer, or all of them.
 *
 * Not found (exit code 3) is said only when every node that answered said so.
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import { type Answer, type ClientFailure, NodeClient } from "../../src/api/client.ts";
import type { Result } from "../../src/base/result.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import { networkFileOf, nodesOf } from "./query-targets.ts";
import { printResult } from "./result.ts";

export interface AskFlags {
  readonly json?: boolean;
  readonly node?: readonly string[];
  readonly network?: string;
  readonly timeout: number;
}

const timeoutSecondsStandard = 10;

/** Adds the flags that say whom to ask. */
export const withNodes = (command: Command): Command =>
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

/** The value as JSON where that was asked for, else as text. */
export function print(command: Command, value: unknown, text: () => string): void {
  printResult(command.optsWithGlobals<AskFlags>().json, value, text);
}

export type Asking<Value> = (
  client: NodeClient,
) => Answer<Value> | Promise<Result<Value, ClientFailure | "not-found">>;

/** Asks node after node. Throws a Refusal when none has the answer. */
export async function ask<Value>(command: Command, asking: Asking<Value>): Promise<Value> {
  const { node, network, timeout } = command.optsWithGlobals<AskFlags>();
  const failures: { readonly url: string; readonly why: ClientFailure | "not-found" }[] = [];
  for (const url of nodesOf(node, networkFileOf(network))) {
    const answer = await asking(clientOf(url, timeout));
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

export interface NodeAnswer<Value> {
  readonly url: string;
  readonly result: Result<Value, ClientFailure>;
}

/** Asks all nodes at once; an answer for each, in their order. */
export async function askAll<Value>(
  command: Command,
  asking: (client: NodeClient) => Answer<Value>,
): Promise<readonly NodeAnswer<Value>[]> {
  const { node, network, timeout } = command.optsWithGlobals<AskFlags>();
  const urls = nodesOf(node, networkFileOf(network));
  return await Promise.all(
    urls.map(async (url) => ({ url, result: await asking(clientOf(url, timeout)) })),
  );
}

const clientOf = (baseUrl: string, timeoutSeconds: number): NodeClient =>
  new NodeClient({
    baseUrl,
    httpFetch: fetch,
    timeoutMs: timeoutSeconds * 1000,
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
  });

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

export function reasonText(why: ClientFailure | "not-found"): string {
  if (why === "not-found") return why;
  return why.kind === "problem" ? why.problem.detail : why.message;
}

/**
 * Asking nodes: one, each in turn until one answers, or all at once.
 *
 * No node is trusted to answer, in time or at all; whoever asks says how long it may take.
 * @module
 */
import { type Answer, type ClientFailure, NodeClient } from "../src/api/client.ts";
import type { TransactionJson } from "../src/api/json.ts";
import type { Result } from "../src/base/result.ts";
import { CommandFailure, exitCodes } from "./failure.ts";
import type { AnswerBody, NodeAnswer } from "./outcome.ts";

/** What one node said to one question. */
export interface Heard<Value> {
  readonly node: string;
  readonly result: Result<Value, ClientFailure>;
  /** Height of the newest final block at the moment of the answer, where the node said so. */
  readonly tipHeight: number | undefined;
  /** No connection was made, so the request cannot have arrived. */
  readonly isUnsent: boolean;
}

export type Question<Value> = (client: NodeClient) => Answer<Value>;

export interface AskOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A silent node is given so long before the next one is asked as well. */
const patienceMs = 1_000;

/** Errors of a connection that was never made. */
const unsentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export async function ask<Value>(
  node: string,
  question: Question<Value>,
  { timeoutMs, signal }: AskOptions,
): Promise<Heard<Value>> {
  let tipHeight: number | undefined;
  let isUnsent = false;
  const client = new NodeClient({
    baseUrl: node,
    timeoutMs,
    timeoutSignal: (ms) => {
      const timeout = AbortSignal.timeout(Math.ceil(ms)); // It takes whole numbers only.
      return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    },
    httpFetch: async (url, request) => {
      try {
        const response = await fetch(url, request);
        tipHeight = heightIn(response.headers.get("quorate-tip"));
        return response;
      } catch (error) {
        isUnsent = isUnsentError(error);
        throw error;
      }
    },
  });
  const result = await question(client);
  return { node, result, tipHeight, isUnsent };
}

/** The answers of all nodes, in their order; those that have not come `graceMs` after the first are cut off. */
export async function askAll<Value>(
  nodes: readonly string[],
  question: Question<Value>,
  options: { readonly timeoutMs: number; readonly graceMs: number },
): Promise<readonly Heard<Value>[]> {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = await Promise.all(
    nodes.map(async (node) => {
      const answer = await ask(node, question, { ...options, signal: late.signal });
      if (answer.result.ok) timer ??= setTimeout(() => late.abort(), options.graceMs);
      return answer;
    }),
  );
  clearTimeout(timer);
  return heard;
}

/**
 * The first answer. Nodes are asked in order, the next one as soon as one has failed or been silent for a second.
 * Fails with exit 4 when no node answers.
 */
export async function askFirst<Value>(
  nodes: readonly string[],
  question: Question<Value>,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<Value> {
  const failures: Heard<Value>[] = [];
  const over = new AbortController();
  let asked = 0;
  let hedge: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<Value>((resolve, reject) => {
      const askNext = (): void => {
        clearTimeout(hedge);
        const node = nodes[asked];
        if (node === undefined) return;
        asked += 1;
        hedge = setTimeout(askNext, patienceMs);
        ask(node, question, { timeoutMs, signal: over.signal }).then((heard) => {
          if (heard.result.ok) resolve(heard.result.value);
          else failures.push(heard);
          if (failures.length === nodes.length) reject(noAnswer(failures));
          else if (!heard.result.ok) askNext();
        }, reject);
      };
      askNext();
    });
  } finally {
    clearTimeout(hedge);
    over.abort();
  }
}

/** The failure that says which nodes were asked and what each said. */
export function noAnswer(heard: readonly Heard<unknown>[]): CommandFailure {
  const reasons = heard.map(({ node, result }) =>
    result.ok ? node : `${node}: ${describeFailure(result.reason)}`,
  );
  return new CommandFailure(exitCodes.unreachable, {
    code: "no_node_reachable",
    message: `no node answered (${reasons.join("; ")})`,
    fix: "Check that the network runs (npm start), or name other nodes with --node.",
  });
}

export function describeFailure(failure: ClientFailure): string {
  return failure.kind === "problem"
    ? `${failure.problem.code}, ${failure.problem.detail}`
    : failure.message;
}

/** What a node's answer about a transaction means for its submitter. */
export function answerOf(heard: Heard<TransactionJson>, id: string): NodeAnswer {
  return { node: heard.node, ...bodyOf(heard, id) };
}

function bodyOf({ result, isUnsent }: Heard<TransactionJson>, id: string): AnswerBody {
  if (result.ok) return bodyOfTransaction(result.value, id);
  const failure = result.reason;
  const message = describeFailure(failure);
  if (failure.kind === "unreachable" && isUnsent) return { kind: "unreachable", message };
  if (failure.kind !== "problem") return { kind: "lost", message };
  const { code, status } = failure.problem;
  if (status === 429 || status === 503) return { kind: "busy", message };
  if (code === "malformed" || code === "too_large") return { kind: "invalid", code, message };
  return { kind: "lost", message };
}

function bodyOfTransaction(transaction: TransactionJson, id: string): AnswerBody {
  // A node of another network names the same bytes differently.
  const isForeign = transaction.status === "invalid" && transaction.code === "wrong_chain";
  if (transaction.id !== id && !isForeign) {
    return { kind: "lost", message: "answered about another transaction" };
  }
  switch (transaction.status) {
    case "final": {
      const { height, blockId, timestampMs } = transaction;
      return { kind: "final", height, blockId, timestampMs };
    }
    case "superseded":
      return { kind: "superseded", by: transaction.supersededBy };
    case "refused":
    case "invalid":
      return {
        kind: transaction.status,
        code: transaction.code,
        message: transaction.message,
      };
    default:
      return { kind: transaction.status };
  }
}

/** The height in `height/id`. */
function heightIn(header: string | null): number | undefined {
  const height = Number(/^(\d{1,15})\//.exec(header ?? "")?.[1] ?? Number.NaN);
  return Number.isSafeInteger(height) ? height : undefined;
}

/** undici keeps the system's error in `cause`, and several of them when a name has several addresses. */
function isUnsentError(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const causes = cause instanceof AggregateError ? cause.errors : [cause];
  return causes.every(
    (each) => each instanceof Error && "code" in each && unsentCodes.has(String(each.code)),
  );
}

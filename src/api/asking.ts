/**
 * Asking one node one question, and what its answer about a transaction means for whoever submitted it.
 *
 * The way to the node is given: the global `fetch` and `AbortSignal.timeout`, or a test's.
 * @module
 */
import type { Result } from "../base/result.ts";
import { type Answer, type ClientFailure, type HttpFetch, NodeClient } from "./client.ts";
import type { TransactionJson } from "./json.ts";
import type { AnswerBody, NodeAnswer } from "./outcome.ts";
import { nodeWords } from "./visible.ts";

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

/** The way to nodes. */
export interface Web {
  readonly httpFetch: HttpFetch;
  /** A signal that aborts after so many whole milliseconds. */
  readonly timeoutSignal: (timeoutMs: number) => AbortSignal;
}

export interface AskOptions {
  readonly timeoutMs: number;
  /** Ends the request early. */
  readonly signal?: AbortSignal | undefined;
}

/** Errors of a connection that was never made. */
const unsentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Never throws for what a node or a network does. */
export async function askNode<Value>(
  web: Web,
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
      const timeout = web.timeoutSignal(Math.ceil(ms)); // It takes whole numbers only.
      return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    },
    httpFetch: async (url, request) => {
      try {
        const response = await web.httpFetch(url, request);
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

/** For people: nothing in it can act on a terminal, and it is not long. */
export function describeFailure(failure: ClientFailure): string {
  return nodeWords(
    failure.kind === "problem"
      ? `${failure.problem.code}, ${failure.problem.detail}`
      : failure.message,
  );
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
        message: nodeWords(transaction.message),
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

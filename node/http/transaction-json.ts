/**
 * Transactions and their status in the JSON contract.
 * @module
 */
import { contentJson } from "../../src/api/content-json.ts";
import type { FinalTransactionJson, OutcomeJson, TransactionJson } from "../../src/api/json.ts";
import { type Problem, transactionProblem } from "../../src/api/problem.ts";
import { unreachable } from "../../src/base/assert.ts";
import type { TransactionId } from "../../src/protocol/ids.ts";
import type {
  FoundTransaction,
  SubmitAnswer,
  TransactionStatus,
} from "../../src/replica/node-queries.ts";
import type { JsonWriter } from "./to-json.ts";

export function finalJson(writer: JsonWriter, found: FoundTransaction): FinalTransactionJson {
  return {
    status: "final",
    ...contentJson(writer, found.transaction),
    height: found.height,
    index: found.index,
    blockId: found.blockId,
    timestampMs: found.timestampMs,
  };
}

export function transactionJson(
  writer: JsonWriter,
  id: TransactionId,
  status: TransactionStatus,
): TransactionJson {
  switch (status.kind) {
    case "final":
      return finalJson(writer, status.found);
    case "pending":
      return { status: "pending", ...contentJson(writer, status.transaction) };
    case "refused":
    case "invalid":
      return { status: status.kind, id, code: status.code, message: status.message };
    case "superseded":
      return { status: "superseded", id, supersededBy: status.by };
    case "expired":
    case "unknown":
      return { status: status.kind, id };
    default:
      return unreachable(status);
  }
}

/** Why a submitted transaction was not accepted, or undefined when it was. */
export function rejection({ id, status }: SubmitAnswer): Problem | undefined {
  switch (status.kind) {
    case "refused":
    case "invalid":
      return transactionProblem({
        word: status.kind,
        id,
        code: status.code,
        detail: status.message,
      });
    case "superseded":
      return transactionProblem({
        word: "superseded",
        id,
        code: "nonce_too_low",
        detail: `Transaction ${status.by} of the same sender and nonce is final.`,
        supersededBy: status.by,
      });
    case "expired":
      return transactionProblem({
        word: "expired",
        id,
        detail: "A final block is later than its expiry; it can never be applied.",
      });
    default:
      return undefined;
  }
}

/** One line of a batch's answer. */
export function outcomeJson(answer: SubmitAnswer): OutcomeJson {
  const { id, status } = answer;
  const final = status.kind === "final" ? status.found : undefined;
  const problem = rejection(answer);
  return {
    id: id ?? null,
    status: status.kind,
    height: final?.height ?? null,
    blockId: final?.blockId ?? null,
    supersededBy: problem?.supersededBy ?? null,
    code: problem?.code ?? null,
    message: problem?.detail ?? null,
  };
}

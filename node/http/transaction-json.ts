/**
 * Transactions and their status in the JSON contract.
 * @module
 */
import type {
  ContentJson,
  FaultBodyJson,
  FaultVoteJson,
  FinalTransactionJson,
  MemoJson,
  OutcomeJson,
  TransactionBodyJson,
  TransactionJson,
} from "../../src/api/json.ts";
import type { OperationJson, VoteMembershipJson } from "../../src/api/operation-json.ts";
import { type Problem, transactionProblem } from "../../src/api/problem.ts";
import { unreachable } from "../../src/base/assert.ts";
import { toHex } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { assetIdOf } from "../../src/protocol/assets.ts";
import type { AccountId, TransactionId } from "../../src/protocol/ids.ts";
import type { MembershipChange } from "../../src/protocol/membership.ts";
import type { OperationBody } from "../../src/protocol/operations.ts";
import { parameterList } from "../../src/protocol/parameters.ts";
import { policyHash } from "../../src/protocol/policy.ts";
import {
  isFault,
  type NamedFault,
  type NamedSigned,
  type NamedTransaction,
} from "../../src/protocol/transaction.ts";
import type { Vote } from "../../src/protocol/vote.ts";
import type {
  FoundTransaction,
  SubmitAnswer,
  TransactionStatus,
} from "../../src/replica/node-queries.ts";
import type { JsonWriter } from "./to-json.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** No control, no invisible and no direction-changing characters: they could make one memo look like another. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

export function memoJson(memo: Uint8Array): MemoJson {
  return { hex: toHex(memo), text: printableText(memo) ?? null };
}

function printableText(memo: Uint8Array): string | undefined {
  try {
    const text = strictUtf8.decode(memo);
    return printable.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function contentJson(writer: JsonWriter, named: NamedTransaction): ContentJson {
  return isFault(named) ? faultJson(named) : bodyJson(writer, named);
}

function faultJson({ id, contentHash, signed: { first, second } }: NamedFault): FaultBodyJson {
  const { epoch, view } = first.body;
  const votes = { first: faultVoteJson(first), second: faultVoteJson(second) };
  return { id, contentHash, fault: { epoch, view, signer: first.signer, ...votes } };
}

function faultVoteJson({ body, signature }: Vote): FaultVoteJson {
  const proposal = body.kind === "nullify" ? undefined : body;
  return {
    kind: body.kind,
    parentView: proposal?.parentView ?? null,
    blockId: proposal?.blockId ?? null,
    signature: toHex(signature),
  };
}

function bodyJson(writer: JsonWriter, named: NamedSigned): TransactionBodyJson {
  const { transaction } = named.signed;
  return {
    id: named.id,
    contentHash: named.contentHash,
    sender: writer.address(transaction.sender),
    nonce: transaction.nonce,
    fee: transaction.fee.toString(),
    feeDisplay: writer.display(transaction.fee),
    expiryMs: transaction.expiryMs,
    memo: memoJson(transaction.memo),
    operations: transaction.operations.map(({ from, body }) =>
      operationJson(writer, from ?? transaction.sender, body),
    ),
  };
}

function operationJson(writer: JsonWriter, payer: AccountId, body: OperationBody): OperationJson {
  const from = writer.address(payer);
  switch (body.kind) {
    case "transfer":
      return {
        kind: "transfer",
        from,
        to: writer.address(body.to),
        asset: body.asset,
        amount: body.amount.toString(),
        display: writer.display(body.amount, body.asset),
      };
    case "create-asset": {
      const { code, decimals, name } = body;
      const asset = assetIdOf(nobleHasher, payer, code);
      const maxSupply = body.maxSupply.toString();
      return { kind: "create-asset", from, asset, code, decimals, name, maxSupply };
    }
    case "mint":
      return {
        kind: "mint",
        from,
        asset: body.asset,
        to: writer.address(body.to),
        amount: body.amount.toString(),
        display: writer.display(body.amount, body.asset),
      };
    case "burn":
      return {
        kind: "burn",
        from,
        asset: body.asset,
        amount: body.amount.toString(),
        display: writer.display(body.amount, body.asset),
      };
    case "record": {
      const { topic, key, version, contentHash } = body;
      return { kind: "record", from, topic, key, version, contentHash, data: memoJson(body.data) };
    }
    case "set-policy": {
      const { policy } = body;
      return { kind: "set-policy", from, policy, authHash: policyHash(nobleHasher, policy) };
    }
    case "set-account":
      return { kind: "set-account", from, requireMemo: body.requireMemo };
    case "vote-membership":
      return { kind: "vote-membership", from, change: changeJson(writer, body.change) };
    case "vote-parameter": {
      const { parameter, value } = body;
      const name = parameterList[parameter]?.name ?? null;
      return { kind: "vote-parameter", from, parameter, name, value: value.toString() };
    }
    default:
      return unreachable(body);
  }
}

function changeJson(writer: JsonWriter, change: MembershipChange): VoteMembershipJson["change"] {
  if (change.kind === "remove") {
    return { kind: "remove", operator: writer.address(change.operator) };
  }
  const { consensusKey, operator, name, endpoint } = change.validator;
  const validator = { consensusKey, operator: writer.address(operator), name, endpoint };
  return { kind: "put", validator };
}

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

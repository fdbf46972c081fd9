/**
 * What a transaction says, as JSON, from its bytes alone: by the node that answers, and by whoever checks its answer.
 * @module
 */
import { unreachable } from "../base/assert.ts";
import { toHex } from "../base/bytes.ts";
import { nobleHasher } from "../crypto/hash.ts";
import { assetIdOf } from "../protocol/assets.ts";
import type { AccountId, AssetId } from "../protocol/ids.ts";
import type { MembershipChange } from "../protocol/membership.ts";
import type { OperationBody } from "../protocol/operations.ts";
import { parameterList } from "../protocol/parameters.ts";
import { policyHash } from "../protocol/policy.ts";
import {
  isFault,
  type NamedFault,
  type NamedSigned,
  type NamedTransaction,
} from "../protocol/transaction.ts";
import type { Vote } from "../protocol/vote.ts";
import type {
  ContentJson,
  FaultBodyJson,
  FaultVoteJson,
  MemoJson,
  TransactionBodyJson,
} from "./json.ts";
import type { OperationJson, VoteMembershipJson } from "./operation-json.ts";

/** The network's own words: its prefix, its assets. */
export interface ContentWriter {
  address(account: AccountId): string;
  /** For people: `25 QRT`. Left out, the asset is the native one. Of an asset that nobody has created, the base units. */
  display(amount: bigint, asset?: AssetId): string;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** No control, no invisible and no direction-changing characters: they could make one memo look like another. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

/** Bytes that somebody chose, and the text that they are. */
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

/** What a transaction says; its fields are those of its bytes, with forms for people. */
export function contentJson(writer: ContentWriter, named: NamedTransaction): ContentJson {
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

function bodyJson(writer: ContentWriter, named: NamedSigned): TransactionBodyJson {
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

function operationJson(
  writer: ContentWriter,
  payer: AccountId,
  body: OperationBody,
): OperationJson {
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

function changeJson(writer: ContentWriter, change: MembershipChange): VoteMembershipJson["change"] {
  if (change.kind === "remove") {
    return { kind: "remove", operator: writer.address(change.operator) };
  }
  const { consensusKey, operator, name, endpoint } = change.validator;
  const validator = { consensusKey, operator: writer.address(operator), name, endpoint };
  return { kind: "put", validator };
}

/**
 * The JSON contract as schemas: the server documents and tests its answers with them, the client reads with them.
 *
 * Unknown keys are dropped, not refused, so that an older client reads a newer node.
 * @module
 */
import { z } from "zod";
import type {
  AccountJson,
  AssetInfoJson,
  BalanceJson,
  BatchJson,
  BlockEventJson,
  BlockJson,
  FinalTransactionJson,
  GenesisJson,
  ListJson,
  OutcomeJson,
  ParametersJson,
  PeerJson,
  ReadinessJson,
  StatsJson,
  StatusJson,
  SyncJson,
  TipJson,
  TransactionJson,
  TransactionStatusWord,
  ValidatorJson,
  VotingJson,
} from "./json.ts";
import { operationSchema } from "./operation-schemas.ts";
import type { Problem } from "./problem.ts";
import { address, amount, bytesAndText, code, count, cursor, hex, id } from "./schema-parts.ts";

const asset = z.object({ code: z.string(), decimals: count });
export const assetInfoSchema: z.ZodType<AssetInfoJson> = asset;

const tip = z.object({ height: count, id });
export const tipSchema: z.ZodType<TipJson> = tip;
export const cursorSchema: z.ZodType<string> = cursor;

/** A page of anything. */
export function listSchema<Item>(item: z.ZodType<Item>): z.ZodType<ListJson<Item>> {
  return z.object({
    items: z.array(item),
    next: cursor.nullable(),
    prev: cursor.nullable(),
    tip,
  });
}

export const votingSchema: z.ZodType<VotingJson> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("observer") }),
  z.object({ kind: z.literal("voting") }),
  z.object({ kind: z.literal("silent"), reason: z.string() }),
]);

export const syncSchema: z.ZodType<SyncJson> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("synced") }),
  z.object({ kind: z.literal("behind"), blocks: count, peers: count }),
  z.object({ kind: z.literal("no-quorum"), forMs: z.number() }),
]);

export const statusSchema: z.ZodType<StatusJson> = z.object({
  chainId: id,
  networkName: z.string(),
  addressPrefix: z.string(),
  asset,
  nodeId: z.string(),
  validatorIndex: count.nullable(),
  validatorCount: count,
  voting: votingSchema,
  tip: tip.extend({ timestampMs: count, stateRoot: id }),
  epoch: count,
  epochEnds: count,
  view: count,
  lastFinalView: count,
  leader: z.string(),
  sync: syncSchema,
  quorumAgeMs: z.number(),
  peers: count,
  mempool: z.object({ transactions: count, bytes: count }),
  nullified: z.array(
    z.object({
      epoch: count,
      view: count,
      leader: z.string(),
      reason: z.string(),
      byQuorum: z.boolean(),
      agoMs: count,
    }),
  ),
  silent: z.array(z.string()),
  fetching: z.object({
    certificates: z.array(count),
    blocks: count,
    range: z.object({ from: count, peer: id }).nullable(),
  }),
  faults: count,
  startedMs: z.number(),
});

export const genesisSchema: z.ZodType<GenesisJson> = z.object({
  chainId: id,
  networkName: z.string(),
  addressPrefix: z.string(),
  asset,
  timestampMs: count,
  genesis: z.record(z.string(), z.unknown()),
});

export const parametersSchema: z.ZodType<ParametersJson> = z.record(z.string(), amount);

export const validatorSchema: z.ZodType<ValidatorJson> = z.object({
  index: count,
  name: z.string(),
  consensusKey: id,
  operator: address,
  endpoint: z.string(),
  isSelf: z.boolean(),
  connected: z.boolean(),
  lastVoteView: count.nullable(),
  silent: z.boolean(),
  missedViews: count,
});

export const peerSchema: z.ZodType<PeerJson> = z.object({
  nodeId: z.string(),
  address: z.string(),
  outbound: z.boolean(),
  consensusKey: id.nullable(),
  name: z.string().nullable(),
  agent: z.string(),
  finalHeight: count,
  view: count,
  latencyMs: z.number().nullable(),
  clockSkewMs: z.number(),
  bytesIn: count,
  bytesOut: count,
});

export const blockSchema: z.ZodType<BlockJson> = z.object({
  height: count,
  id,
  parent: id,
  version: count,
  epoch: count,
  view: count,
  timestampMs: count,
  leader: address.nullable(),
  leaderName: z.string().nullable(),
  transactionCount: count,
  transactionsRoot: id,
  stateRoot: id,
  historyRoot: id,
  validatorsHash: id,
  nextValidatorsHash: id,
  bytes: count,
  finalization: z.object({ epoch: count, view: count, signers: z.array(count) }).nullable(),
});

const body = z.object({
  id,
  contentHash: id,
  sender: address,
  nonce: count,
  fee: amount,
  feeDisplay: z.string(),
  expiryMs: count,
  memo: bytesAndText,
  operations: z.array(operationSchema),
});

const faultVote = z.object({
  kind: z.enum(["notarize", "nullify", "finalize"]),
  parentView: count.nullable(),
  blockId: id.nullable(),
  signature: hex,
});

const faultBody = z.object({
  id,
  contentHash: id,
  fault: z.object({
    epoch: count,
    view: count,
    signer: count,
    first: faultVote,
    second: faultVote,
  }),
});

const final = {
  status: z.literal("final"),
  height: count,
  index: count,
  blockId: id,
  timestampMs: count,
};
const pending = { status: z.literal("pending") };

const ofAccounts = z.discriminatedUnion("status", [
  body.extend(final),
  body.extend(pending),
  z.object({ status: z.enum(["refused", "invalid"]), id, code, message: z.string() }),
  z.object({ status: z.literal("superseded"), id, supersededBy: id }),
  z.object({ status: z.enum(["expired", "unknown"]), id }),
]);

export const transactionSchema: z.ZodType<TransactionJson> = z.union([
  ofAccounts,
  faultBody.extend(final),
  faultBody.extend(pending),
]);

export const finalTransactionSchema: z.ZodType<FinalTransactionJson> = z.union([
  body.extend(final),
  faultBody.extend(final),
]);

export const statusWord: z.ZodType<TransactionStatusWord> = z.enum([
  "final",
  "expired",
  "superseded",
  "invalid",
  "pending",
  "refused",
  "unknown",
]);

const outcome = z.object({
  id: id.nullable(),
  status: statusWord,
  height: count.nullable(),
  blockId: id.nullable(),
  supersededBy: id.nullable(),
  code: code.nullable(),
  message: z.string().nullable(),
});
export const outcomeSchema: z.ZodType<OutcomeJson> = outcome;

export const batchSchema: z.ZodType<BatchJson> = z.object({ items: z.array(outcome), tip });

export const balanceSchema: z.ZodType<BalanceJson> = z.object({
  asset: id,
  code: z.string(),
  issuer: address.nullable(),
  decimals: count,
  amount,
  display: z.string(),
});

export const accountSchema: z.ZodType<AccountJson> = z.object({
  address,
  id,
  exists: z.boolean(),
  nonce: count,
  pendingNonce: count,
  authHash: id,
  requireMemo: z.boolean(),
  balances: z.array(balanceSchema),
  moreBalances: cursor.nullable(),
  tip,
});

export const statsSchema: z.ZodType<StatsJson> = z.object({
  windowMs: count,
  blocks: count,
  transactions: count,
  transactionsPerSecond: z.number(),
  finalityMsMedian: z.number().nullable(),
  finalityMsP99: z.number().nullable(),
  totalTransactions: count,
  totalSupply: amount,
  totalSupplyDisplay: z.string(),
  accounts: count,
});

export const blockEventSchema: z.ZodType<BlockEventJson> = z.object({
  height: count,
  id,
  timestampMs: count,
  transactions: z.array(id),
});

export const readinessSchema: z.ZodType<ReadinessJson> = z.object({
  ready: z.boolean(),
  reason: z.string().nullable(),
  quorumAgeMs: z.number(),
  tip,
});

export const problemSchema: z.ZodType<Problem> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code,
  fix: z.string(),
  field: z.string().nullable(),
  id: id.nullable(),
  transactionStatus: statusWord.nullable(),
  supersededBy: id.nullable(),
});

export const listOf: {
  readonly blocks: z.ZodType<ListJson<BlockJson>>;
  readonly transactions: z.ZodType<ListJson<FinalTransactionJson>>;
  readonly validators: z.ZodType<ListJson<ValidatorJson>>;
  readonly peers: z.ZodType<ListJson<PeerJson>>;
} = {
  blocks: listSchema(blockSchema),
  transactions: listSchema(finalTransactionSchema),
  validators: listSchema(validatorSchema),
  peers: listSchema(peerSchema),
};

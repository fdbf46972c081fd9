/**
 * The table of frames is the message enum: same numbers, and every bound of the codec fits the bound of its frame.
 * @module
 */
import { expect, test } from "vitest";
import { AssertionError } from "../../../src/base/assert.ts";
import { equalBytes } from "../../../src/base/bytes.ts";
import { encode } from "../../../src/codec/codec.ts";
import { decodeFrame, encodeFrame, frameBytesMax, frameRule } from "../../../src/network/frames.ts";
import type { Header } from "../../../src/protocol/block.ts";
import {
  type AccountId,
  type BlockId,
  type ContentHash,
  type Digest,
  epoch,
  height,
  type NodeId,
  type PublicKey,
  validatorIndex,
  view,
} from "../../../src/protocol/ids.ts";
import {
  blockBytesMax,
  blockTransactionsMax,
  endpointBytesMax,
  transactionBytesMax,
  validatorsMax,
} from "../../../src/protocol/limits.ts";
import {
  announcedHashesMax,
  type Message,
  messageCodec,
  peerAddressesMax,
  transactionBatchMax,
  voteBatchMax,
} from "../../../src/protocol/message.ts";
import type { Certificate, Vote } from "../../../src/protocol/vote.ts";
import { chainA } from "./network-lab.ts";

const id = "ff".repeat(32);
const most = Number.MAX_SAFE_INTEGER;
const times = <Item>(count: number, item: Item): Item[] =>
  Array.from({ length: count }, () => item);
const endpoint = "h".repeat(endpointBytesMax);
const body = {
  kind: "finalize",
  epoch: epoch(most),
  view: view(most),
  parentView: view(most),
  blockId: id as BlockId,
} as const;
const signature = new Uint8Array(64);
const vote: Vote = { body, signer: validatorIndex(65_535), signature };
const certificate: Certificate = {
  subject: body,
  signatures: Array.from({ length: validatorsMax }, (_, at) => ({
    signer: validatorIndex(at),
    signature,
  })),
};
const header: Header = {
  version: 65_535,
  height: height(most),
  epoch: epoch(most),
  view: view(most),
  parent: id as BlockId,
  timestampMs: most,
  leader: id as AccountId,
  transactionCount: 0xffff_ffff,
  transactionsRoot: id as Digest,
  stateRoot: id as Digest,
  historyRoot: id as Digest,
  validatorsHash: id as Digest,
  nextValidatorsHash: id as Digest,
};
const standing = {
  epoch: epoch(most),
  view: view(most),
  lastFinalView: view(most),
  finalHeight: height(most),
};
const hashes = (count: number): ContentHash[] => times(count, id as ContentHash);

/** The largest of each kind that an honest node ever has to send. */
const largest: readonly Message[] = [
  {
    kind: "hello",
    protocolVersions: times(16, 65_535),
    chainId: chainA,
    nodeId: id as NodeId,
    session: 0xffff_ffff,
    listenAddress: endpoint,
    finalHeight: height(most),
    agent: "a".repeat(64),
    wallMs: most,
    validatorProof: { consensusKey: id as PublicKey, signature },
  },
  { kind: "ping", token: 0xffff_ffff, ...standing },
  { kind: "pong", token: 0xffff_ffff, ...standing },
  { kind: "peers-request" },
  { kind: "peers", peers: times(peerAddressesMax, { nodeId: id as NodeId, address: endpoint }) },
  { kind: "transactions", transactions: times(8, new Uint8Array(transactionBytesMax)) },
  { kind: "transactions-announce", hashes: hashes(announcedHashesMax) },
  { kind: "transactions-request", hashes: hashes(transactionBatchMax) },
  { kind: "proposal", vote, header, hashes: hashes(blockTransactionsMax) },
  { kind: "block-request", blockId: id as BlockId },
  { kind: "block", blockId: id as BlockId, block: new Uint8Array(blockBytesMax) },
  {
    kind: "block-transactions-request",
    blockId: id as BlockId,
    indexes: times(blockTransactionsMax, 0xffff_ffff),
  },
  {
    kind: "block-transactions",
    blockId: id as BlockId,
    transactions: times(blockTransactionsMax, new Uint8Array(blockBytesMax / blockTransactionsMax)),
  },
  { kind: "votes", votes: times(voteBatchMax, vote) },
  { kind: "certificate", certificate },
  { kind: "certificate-request", epoch: epoch(most), view: view(most) },
  { kind: "blocks-request", from: height(most), count: 0xffff_ffff },
  {
    kind: "blocks",
    from: height(most),
    blocks: [new Uint8Array(blockBytesMax)],
    covering: times(256, header),
    finalization: certificate,
  },
  { kind: "goodbye", code: 65_535 },
  { kind: "certified-request" },
  { kind: "certified", header, certificate },
];

test.each(largest.map((message) => ({ kind: message.kind, message })))(
  "the largest $kind is a frame within its limit, known by its first byte",
  ({ message }) => {
    const bytes = encode(messageCodec, message);
    const rule = frameRule(bytes);
    expect(rule.ok && rule.value.kind).toBe(message.kind);
    expect(equalBytes(encodeFrame(message).bytes, bytes)).toBe(true);
    const decoded = decodeFrame(bytes);
    expect(decoded.ok && decoded.value.kind).toBe(message.kind);
  },
);

test("every number up to the last is a kind of message, but for the two reserved ones", () => {
  const kinds = Array.from({ length: 24 }, (_, first) => frameRule(Uint8Array.of(first))).map(
    (rule) => (rule.ok ? rule.value.kind : undefined),
  );
  const expected: (string | undefined)[] = largest.map(({ kind }) => kind);
  expected.splice(18, 0, undefined, undefined);
  expect(kinds).toEqual([...expected, undefined]);
});

test("a frame one byte over its kind's limit is refused by its length alone", () => {
  const rule = frameRule(Uint8Array.of(1));
  if (!rule.ok) throw new Error(rule.reason);
  expect(frameRule(new Uint8Array(rule.value.bytesMax).fill(1)).ok).toBe(true);
  expect(frameRule(new Uint8Array(rule.value.bytesMax + 1).fill(1))).toEqual({
    ok: false,
    reason: "oversized",
  });
});

test("no kind may be larger than what a transport lets through", () => {
  for (const message of largest) {
    const rule = frameRule(encode(messageCodec, message));
    expect(rule.ok && rule.value.bytesMax).toBeLessThanOrEqual(frameBytesMax);
  }
});

test("a message over its limit is a bug of its maker", () => {
  const transactions = times(transactionBatchMax, new Uint8Array(transactionBytesMax));
  expect(() => encodeFrame({ kind: "transactions", transactions })).toThrow(AssertionError);
});

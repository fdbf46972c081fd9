/**
 * Frames: one message each. How large each kind may be, how urgent it is, and which allowance it draws on.
 *
 * The first byte of a frame is the kind's number in the message enum, so a frame's size is judged before anything
 * is decoded from it.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { decode, encode } from "../codec/codec.ts";
import { blockBytesMax, blockTransactionsMax, transactionBytesMax } from "../protocol/limits.ts";
import { type Message, type MessageKind, messageCodec } from "../protocol/message.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** What is sent first: votes, then proposals, then parts of blocks, then transactions, then sync. */
export const priorities = ["votes", "proposals", "blocks", "transactions", "sync"] as const;
export type Priority = (typeof priorities)[number];

/** Which allowance a received message draws on. */
export type TrafficClass =
  | "control"
  | "exchange"
  | "votes"
  | "proposals"
  | "blocks"
  | "transactions"
  | "announcements"
  | "requests"
  | "sync";

export interface FrameRule {
  readonly kind: MessageKind;
  /** Of the whole frame. */
  readonly bytesMax: number;
  readonly priority: Priority;
  readonly traffic: TrafficClass;
}

/** A batch of transactions: room for many, and never less than one of the largest. */
export const transactionsFrameBytesMax: number = 512 * KiB;
/** A range of blocks: room for at least one of the largest, with what makes it final. */
const blocksFrameBytesMax: number = 4 * MiB;
/** Compact ids, header and counts around a block, and a length of up to 3 bytes before each transaction. */
const blockPartsOverhead = 3 * blockTransactionsMax + 256;

type RuleFields = Omit<FrameRule, "kind">;

/** In the order of the message enum; reserved numbers are undefined. */
const rules: readonly (FrameRule | undefined)[] = [
  rule("hello", { bytesMax: 512, priority: "votes", traffic: "control" }),
  rule("ping", { bytesMax: 64, priority: "votes", traffic: "control" }),
  rule("pong", { bytesMax: 64, priority: "votes", traffic: "control" }),
  rule("peers-request", { bytesMax: 1, priority: "sync", traffic: "exchange" }),
  rule("peers", { bytesMax: 16 * KiB, priority: "sync", traffic: "exchange" }),
  rule("transactions", {
    bytesMax: transactionsFrameBytesMax,
    priority: "transactions",
    traffic: "transactions",
  }),
  rule("transactions-announce", {
    bytesMax: 129 * KiB,
    priority: "transactions",
    traffic: "announcements",
  }),
  rule("transactions-request", {
    bytesMax: 17 * KiB,
    priority: "transactions",
    traffic: "requests",
  }),
  rule("proposal", { bytesMax: 513 * KiB, priority: "proposals", traffic: "proposals" }),
  rule("block-request", { bytesMax: 64, priority: "blocks", traffic: "requests" }),
  rule("block", { bytesMax: blockBytesMax + 64, priority: "blocks", traffic: "blocks" }),
  rule("block-transactions-request", {
    bytesMax: 65 * KiB,
    priority: "blocks",
    traffic: "requests",
  }),
  rule("block-transactions", {
    bytesMax: blockBytesMax + blockPartsOverhead,
    priority: "blocks",
    traffic: "blocks",
  }),
  rule("votes", { bytesMax: 8 * KiB, priority: "votes", traffic: "votes" }),
  rule("certificate", { bytesMax: 9 * KiB, priority: "votes", traffic: "votes" }),
  rule("certificate-request", { bytesMax: 32, priority: "votes", traffic: "requests" }),
  rule("blocks-request", { bytesMax: 32, priority: "sync", traffic: "requests" }),
  rule("blocks", { bytesMax: blocksFrameBytesMax, priority: "sync", traffic: "sync" }),
  undefined,
  undefined,
  rule("goodbye", { bytesMax: 8, priority: "votes", traffic: "control" }),
  rule("certified-request", { bytesMax: 1, priority: "sync", traffic: "requests" }),
  rule("certified", { bytesMax: 10 * KiB, priority: "sync", traffic: "sync" }),
];

function rule(kind: MessageKind, fields: RuleFields): FrameRule {
  return { kind, ...fields };
}

const ruleOfKind = new Map(rules.flatMap((entry) => (entry ? [[entry.kind, entry]] : [])));

/** The largest frame of any kind: what a transport must let through, and nothing beyond. */
export const frameBytesMax: number = Math.max(...rules.map((entry) => entry?.bytesMax ?? 0));

assert(transactionBytesMax + 64 <= transactionsFrameBytesMax, "any transaction fits in a batch");
assert(blockBytesMax + 128 * KiB <= blocksFrameBytesMax, "any block fits in a range of one");

export type FrameFlaw = "unknown_kind" | "oversized" | "malformed";

/** The rule of a received frame, judged by its first byte and its length alone. */
export function frameRule(frame: Uint8Array): Result<FrameRule, FrameFlaw> {
  const found = rules[frame[0] ?? -1];
  if (found === undefined) return fail("unknown_kind");
  return frame.length > found.bytesMax ? fail("oversized") : ok(found);
}

export function decodeFrame(frame: Uint8Array): Result<Message, FrameFlaw> {
  const decoded = decode(messageCodec, frame);
  return decoded.ok ? decoded : fail("malformed");
}

/** A frame that is ready for any number of peers: encoded once, never written to again. */
export interface Frame {
  readonly priority: Priority;
  readonly bytes: Uint8Array;
}

/** Throws (a bug) when the message is over its kind's limit: its maker has to cut it. */
export function encodeFrame(message: Message): Frame {
  const bytes = encode(messageCodec, message);
  const found = ruleOfKind.get(message.kind);
  assert(found !== undefined, "every kind of message has a rule");
  assert(bytes.length <= found.bytesMax, `a ${message.kind} is within its limit`);
  return { priority: found.priority, bytes };
}

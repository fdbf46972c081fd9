/**
 * Every bound on what peers can make this node do or hold, in one place, checked against each other at load.
 *
 * Sizes of single messages are in frames.ts, next to the kinds they belong to.
 * @module
 */
import { assert } from "../base/assert.ts";
import { transactionBatchMax } from "../protocol/message.ts";
import { frameBytesMax, type TrafficClass, transactionsFrameBytesMax } from "./frames.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const second = 1_000;

/** A bucket for the messages of a class and one for their bytes; each is refilled by the second. */
export interface Allowance {
  readonly messagesPerS: number;
  readonly messagesBurst: number;
  readonly bytesPerS: number;
  readonly bytesBurst: number;
}

/** What a transport keeps to, by itself, before the network hears of a link. */
export interface TransportLimits {
  readonly frameBytesMax: number;
  /** Pieces of the byte stream that one unfinished frame may be spread over. */
  readonly bufferedChunksMax: number;
  /** Bytes that wait for a peer that does not read; beyond it the link is dropped. */
  readonly bufferedBytesMax: number;
  /** From the first byte of TCP to a proven link. */
  readonly handshakeTimeoutMs: number;
  /** How long a closing link may take to say so. */
  readonly closeTimeoutMs: number;
  readonly inboundMax: number;
  readonly inboundPerAddressMax: number;
  readonly halfOpenMax: number;
  readonly acceptsPerS: number;
  readonly acceptsPerSPerAddress: number;
}

export interface NetworkLimits extends TransportLimits {
  /** Links we dial by ourselves, besides the addresses we were told to keep. */
  readonly outboundMax: number;
  readonly helloTimeoutMs: number;
  readonly pingEveryMs: number;
  readonly pingsMissedMax: number;
  /** How soon a link that is in the way of a newer one must answer. */
  readonly probeTimeoutMs: number;
  /** What waits for one peer, before the transport has it. */
  readonly outboxBytesMax: number;
  readonly outboxFramesMax: number;
  /** The outbox gives frames to the transport while less than this is buffered there. */
  readonly flushBelowBytes: number;
  readonly dialBackoffMinMs: number;
  readonly dialBackoffMaxMs: number;
  readonly dialsInFlightMax: number;
  /** A link that lived this long was a good one: the next dial starts without back-off. */
  readonly linkSettledMs: number;
  /** Failed dials after which a learned address is forgotten; those we were told to keep are never given up. */
  readonly candidateFailuresMax: number;
  readonly candidatesMax: number;
  readonly candidatesPerSourceMax: number;
  /** Addresses that we were told to keep: members' endpoints and `--peer`. */
  readonly keptAddressesMax: number;
  readonly banMs: number;
  readonly coolDownMs: number;
  readonly costMax: number;
  readonly costRecoveredPerS: number;
  readonly scoresMax: number;
  readonly allowances: Readonly<Record<TrafficClass, Allowance>>;
}

export const networkLimits: NetworkLimits = {
  frameBytesMax,
  bufferedChunksMax: 8 * KiB,
  bufferedBytesMax: 8 * MiB,
  handshakeTimeoutMs: 5 * second,
  closeTimeoutMs: second,
  inboundMax: 64,
  inboundPerAddressMax: 8,
  halfOpenMax: 32,
  acceptsPerS: 100,
  acceptsPerSPerAddress: 10,
  outboundMax: 8,
  helloTimeoutMs: 5 * second,
  pingEveryMs: 2 * second,
  pingsMissedMax: 3,
  probeTimeoutMs: second,
  outboxBytesMax: 8 * MiB,
  outboxFramesMax: 16_384,
  flushBelowBytes: 256 * KiB,
  dialBackoffMinMs: 200,
  dialBackoffMaxMs: 10 * second,
  dialsInFlightMax: 16,
  linkSettledMs: 10 * second,
  candidateFailuresMax: 3,
  candidatesMax: 1_024,
  candidatesPerSourceMax: 64,
  keptAddressesMax: 256,
  banMs: 3_600 * second,
  coolDownMs: 60 * second,
  costMax: 100,
  costRecoveredPerS: 1,
  scoresMax: 4_096,
  allowances: {
    control: allowance(20, 40, 8 * KiB, 16 * KiB),
    exchange: allowance(0.2, 4, 8 * KiB, 32 * KiB),
    votes: allowance(2_000, 4_000, 4 * MiB, 8 * MiB),
    proposals: allowance(500, 1_000, 16 * MiB, 32 * MiB),
    blocks: allowance(500, 1_000, 64 * MiB, 64 * MiB),
    transactions: allowance(2_000, 4_000, 32 * MiB, 32 * MiB),
    announcements: allowance(500, 1_000, 4 * MiB, 8 * MiB),
    requests: allowance(500, 1_000, 4 * MiB, 8 * MiB),
    sync: allowance(200, 400, 128 * MiB, 128 * MiB),
  },
};

function allowance(
  messagesPerS: number,
  messagesBurst: number,
  bytesPerS: number,
  bytesBurst: number,
): Allowance {
  return { messagesPerS, messagesBurst, bytesPerS, bytesBurst };
}

/** Gossip of transactions. */
export interface GossipLimits {
  /** How long newly admitted transactions gather before they travel together. */
  readonly gatherMs: number;
  /** What came from a peer may have reached the others from it: they are told of it only after this. */
  readonly relayAfterMs: number;
  /** What is not final by then is announced again; each time after twice as long. */
  readonly announceAgainMs: number;
  readonly announceAgainMsMax: number;
  /** How long one peer has to answer for a hash before another one is asked. */
  readonly askTimeoutMs: number;
  /** How long a transaction that was handed on is not taken again. */
  readonly seenMs: number;
  readonly seenMax: number;
  readonly knownPerPeerMax: number;
  readonly trackedMax: number;
  readonly wantedMax: number;
  readonly sourcesPerHashMax: number;
  /** Up to so many peers everyone is pushed to; beyond it so many are, and the rest is told. */
  readonly pushAllPeersMax: number;
  readonly pushPeers: number;
  /** The same for what came from a peer, beyond pushAllPeersMax. */
  readonly relayPushPeers: number;
  readonly batchBytesMax: number;
  /** What one TransactionsRequest is answered with, at most. */
  readonly answerBytesMax: number;
}

export const gossipLimits: GossipLimits = {
  gatherMs: 5,
  relayAfterMs: 250,
  announceAgainMs: 5 * second,
  announceAgainMsMax: 60 * second,
  askTimeoutMs: second,
  seenMs: 30 * second,
  seenMax: 65_536,
  knownPerPeerMax: 8_192,
  trackedMax: 32_768,
  wantedMax: 16_384,
  sourcesPerHashMax: 4,
  pushAllPeersMax: 20,
  pushPeers: 4,
  relayPushPeers: 2,
  batchBytesMax: 256 * KiB,
  answerBytesMax: MiB,
};

/** The relations that make a set of limits usable; a broken one is a bug of whoever wrote them. */
export function assertLimits(limits: NetworkLimits): void {
  assert(limits.frameBytesMax >= frameBytesMax, "a transport lets every kind of message through");
  assert(limits.outboxBytesMax >= frameBytesMax, "any one frame fits in an empty outbox");
  assert(
    limits.flushBelowBytes + frameBytesMax <= limits.bufferedBytesMax,
    "an outbox alone never fills a transport's buffer",
  );
  assert(limits.pingsMissedMax > 0, "a peer may miss at least one ping");
  assert(limits.probeTimeoutMs <= limits.pingEveryMs, "a probe ends before the next ping");
  assert(limits.dialBackoffMinMs < limits.dialBackoffMaxMs, "a back-off grows");
  assert(limits.outboundMax < limits.inboundMax, "others can reach us");
  assert(limits.coolDownMs < limits.banMs, "a provable fault is worse than a costly peer");
  for (const { messagesBurst, bytesBurst } of Object.values(limits.allowances)) {
    assert(messagesBurst >= 1 && bytesBurst > 0, "every kind of message can be received");
  }
}

assertLimits(networkLimits);
for (const traffic of ["blocks", "sync", "proposals", "transactions"] as const) {
  const { bytesBurst } = networkLimits.allowances[traffic];
  assert(bytesBurst >= frameBytesMax, "the largest frame of a class fits in its allowance");
}
assert(
  gossipLimits.batchBytesMax + 3 * transactionBatchMax + 64 * KiB <= transactionsFrameBytesMax,
  "a batch with one transaction over its size is still within its frame",
);

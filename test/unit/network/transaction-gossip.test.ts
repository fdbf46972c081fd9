/**
 * Gossip of transactions: whom what is sent to, how often, and what is asked for.
 * @module
 */
import { expect, test } from "vitest";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { encodeFrame } from "../../../src/network/frames.ts";
import { gossipLimits } from "../../../src/network/limits.ts";
import { TransactionGossip } from "../../../src/network/transaction-gossip.ts";
import type { ContentHash } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { contentHashOf } from "../../../src/protocol/transaction.ts";
import { ScriptedPeer } from "../../fixtures/scripted-peer.ts";
import { ManualClock } from "./manual-clock.ts";
import { nodeIdOf } from "./network-lab.ts";

/** A peer of which only what it is sent matters. */
class Listener extends ScriptedPeer {
  readonly sent: Message[] = [];

  protected override heard(message: Message): void {
    this.sent.push(message);
  }

  pushed(): number[] {
    return this.sent.flatMap((message) =>
      message.kind === "transactions" ? message.transactions.map(([mark = 0]) => mark) : [],
    );
  }

  told(): ContentHash[] {
    return this.sent.flatMap((message) =>
      message.kind === "transactions-announce" ? message.hashes : [],
    );
  }

  asked(): ContentHash[] {
    return this.sent.flatMap((message) =>
      message.kind === "transactions-request" ? message.hashes : [],
    );
  }
}

class Lab {
  readonly clock: ManualClock = new ManualClock();
  readonly pool: Map<ContentHash, Uint8Array> = new Map();
  readonly peers: Listener[] = [];
  readonly handedOn: number[] = [];
  readonly gossip: TransactionGossip;

  constructor(peers: number) {
    this.gossip = new TransactionGossip(
      {
        pool: {
          has: (hash) => this.pool.has(hash),
          bytesOf: (hash) => this.pool.get(hash),
          hashes: (limit) => [...this.pool.keys()].slice(0, limit),
        },
        receive: (_, transactions) => {
          this.handedOn.push(...transactions.map(([mark = 0]) => mark));
        },
      },
      { network: { peers: this.peers }, clock: this.clock, hasher: nobleHasher },
    );
    for (let number = 1; number <= peers; number += 1) this.join(number);
  }

  join(number: number): Listener {
    const peer = new Listener(nodeIdOf(number));
    this.peers.push(peer);
    this.gossip.joined(peer);
    return peer;
  }

  peer(number: number): Listener {
    const peer = this.peers[number - 1];
    if (peer === undefined) throw new Error(`no peer ${number}`);
    return peer;
  }

  /** A transaction of its own bytes, in the pool from now on. */
  admit(mark: number, length = 200): ContentHash {
    const bytes = new Uint8Array(length).fill(mark, 0, 1);
    bytes[1] = Math.floor(length / 256);
    const hash = contentHashOf(nobleHasher, bytes);
    this.pool.set(hash, bytes);
    this.gossip.admitted(hash);
    return hash;
  }

  receive(from: number, ...marks: number[]): void {
    const transactions = marks.map((mark) => transaction(mark));
    this.gossip.received(this.peer(from), { kind: "transactions", transactions });
  }
}

function transaction(mark: number): Uint8Array {
  return new Uint8Array(200).fill(mark, 0, 1);
}
const hashOf = (mark: number): ContentHash => contentHashOf(nobleHasher, transaction(mark));

test("what a client gave us goes to every peer in one batch, once", async () => {
  const lab = new Lab(3);
  for (const mark of [1, 2, 3]) lab.admit(mark);
  await lab.clock.advance(gossipLimits.gatherMs);
  for (const peer of lab.peers) {
    expect(peer.sent).toHaveLength(1);
    expect(peer.pushed()).toEqual([1, 2, 3]);
  }
  await lab.clock.advance(4_900);
  for (const peer of lab.peers) expect(peer.sent).toHaveLength(1);
});

test("what a peer gave us is told to the others a little later, and not sent back", async () => {
  const lab = new Lab(3);
  lab.receive(1, 7);
  const hash = lab.admit(7);
  expect(hash).toBe(hashOf(7));
  await lab.clock.advance(gossipLimits.relayAfterMs);
  expect(lab.peers.map((peer) => peer.pushed())).toEqual([[], [], []]);
  expect(lab.peers.map((peer) => peer.told())).toEqual([[], [hash], [hash]]);
});

test("what is final before that is told to nobody", async () => {
  const lab = new Lab(3);
  lab.receive(1, 7);
  lab.pool.delete(lab.admit(7));
  await lab.clock.advance(60_000);
  expect(lab.peers.flatMap((peer) => peer.sent)).toEqual([]);
});

test("a transaction is handed on once, whoever sends it", () => {
  const lab = new Lab(3);
  lab.receive(1, 1, 2);
  lab.receive(2, 2, 3);
  lab.receive(1, 1);
  expect(lab.handedOn).toEqual([1, 2, 3]);
  expect(lab.gossip.duplicates).toBe(2);
});

test("a transaction that was refused can come again half a minute later", async () => {
  const lab = new Lab(2);
  lab.receive(1, 1);
  await lab.clock.advance(gossipLimits.seenMs - 1);
  lab.receive(2, 1);
  expect(lab.handedOn).toEqual([1]);
  await lab.clock.advance(1);
  lab.receive(2, 1);
  expect(lab.handedOn).toEqual([1, 1]);
});

test("beyond twenty peers, four are pushed to and the others are told", async () => {
  const lab = new Lab(21);
  const hash = lab.admit(1);
  await lab.clock.advance(gossipLimits.gatherMs);
  const pushed = lab.peers.filter((peer) => peer.pushed().length > 0);
  const told = lab.peers.filter((peer) => peer.told().includes(hash));
  expect([pushed.length, told.length]).toEqual([4, 17]);
  expect(pushed.filter((peer) => told.includes(peer))).toEqual([]);
});

test("batches are cut by number and by bytes", async () => {
  const lab = new Lab(1);
  for (let count = 0; count < 20; count += 1) lab.admit(count + 1, 32 * 1024 - count);
  for (let count = 0; count < 600; count += 1) lab.admit(count % 251, 300 + count);
  await lab.clock.advance(gossipLimits.gatherMs);
  const batches = lab
    .peer(1)
    .sent.flatMap((message) => (message.kind === "transactions" ? [message.transactions] : []));
  for (const batch of batches) {
    const bytes = batch.reduce((sum, { length }) => sum + length, 0);
    expect(batch.length).toBeLessThanOrEqual(512);
    expect(bytes).toBeLessThanOrEqual(gossipLimits.batchBytesMax);
  }
  expect(batches.flat()).toHaveLength(620);
});

test("a new peer is told what the pool holds", () => {
  const lab = new Lab(1);
  const hashes = [lab.admit(1), lab.admit(2)];
  expect(lab.join(2).told()).toEqual(hashes);
});

test("a new peer of an empty pool is told nothing", () => {
  const lab = new Lab(1);
  expect(lab.join(2).sent).toEqual([]);
});

test("what is not final is announced again after 5 seconds, then ever more seldom", async () => {
  const lab = new Lab(1);
  const hash = lab.admit(1);
  const toldBy = async (ms: number): Promise<number> => {
    await lab.clock.advance(ms);
    return lab
      .peer(1)
      .told()
      .filter((told) => told === hash).length;
  };
  expect(await toldBy(4_900)).toBe(0);
  expect(await toldBy(1_200)).toBe(1);
  expect(await toldBy(8_800)).toBe(1);
  expect(await toldBy(1_200)).toBe(2);
  expect(await toldBy(600_000)).toBeLessThan(15);
  lab.pool.delete(hash);
  await lab.clock.advance(2_000);
  expect(lab.clock.timers).toBe(0);
});

test("an announced transaction is asked for from one peer, and from the next when that one is silent", async () => {
  const lab = new Lab(3);
  const announce = (from: number): void =>
    lab.gossip.received(lab.peer(from), { kind: "transactions-announce", hashes: [hashOf(9)] });
  announce(1);
  announce(2);
  announce(2);
  announce(3);
  const asked = (): number[] => lab.peers.map((peer) => peer.asked().length);
  expect(asked()).toEqual([1, 0, 0]);
  await lab.clock.advance(gossipLimits.askTimeoutMs);
  expect(asked()).toEqual([1, 1, 0]);
  lab.receive(2, 9);
  await lab.clock.advance(10 * gossipLimits.askTimeoutMs);
  expect(asked()).toEqual([1, 1, 0]);
});

test("each of those that announced it is asked once, however often they say so", async () => {
  const lab = new Lab(3);
  for (const from of [1, 1, 2, 2, 1, 3, 2]) {
    lab.gossip.received(lab.peer(from), { kind: "transactions-announce", hashes: [hashOf(9)] });
  }
  await lab.clock.advance(20 * gossipLimits.askTimeoutMs);
  expect(lab.peers.map((peer) => peer.asked().length)).toEqual([1, 1, 1]);
  expect(lab.clock.timers).toBe(0);
});

test("when the asked peer leaves, the next one is asked at once", () => {
  const lab = new Lab(2);
  for (const from of [1, 2]) {
    lab.gossip.received(lab.peer(from), { kind: "transactions-announce", hashes: [hashOf(9)] });
  }
  lab.gossip.left(lab.peer(1));
  expect(lab.peer(2).asked()).toEqual([hashOf(9)]);
});

test("what is in the pool, or was handed on lately, is not asked for", () => {
  const lab = new Lab(1);
  const pooled = lab.admit(1);
  lab.receive(1, 2);
  lab.gossip.received(lab.peer(1), { kind: "transactions-announce", hashes: [pooled, hashOf(2)] });
  expect(lab.peer(1).asked()).toEqual([]);
});

test("a request is answered with what the pool has, within a bound", () => {
  const lab = new Lab(1);
  const hashes = [lab.admit(1), hashOf(99), lab.admit(2)];
  lab.gossip.received(lab.peer(1), { kind: "transactions-request", hashes });
  expect(lab.peer(1).pushed()).toEqual([1, 2]);
  const large = Array.from({ length: 100 }, (_, at) => lab.admit(at, 32 * 1024 - at));
  lab.peer(1).sent.length = 0;
  lab.gossip.received(lab.peer(1), { kind: "transactions-request", hashes: large });
  const bytes = lab
    .peer(1)
    .sent.reduce((sum, message) => sum + encodeFrame(message).bytes.length, 0);
  expect(bytes).toBeGreaterThan(gossipLimits.answerBytesMax * 0.9);
  expect(bytes).toBeLessThan(gossipLimits.answerBytesMax * 1.01);
});

test("a stopped gossip sets no timers and sends nothing", async () => {
  const lab = new Lab(2);
  lab.admit(1);
  lab.gossip.stop();
  await lab.clock.advance(60_000);
  expect(lab.peers.flatMap((peer) => peer.sent)).toEqual([]);
  expect(lab.clock.timers).toBe(0);
});

/**
 * The network as its user sees it: who joins, who leaves, what is delivered, who is shut out.
 * @module
 */
import { expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { encodeFrame, frameBytesMax } from "../../../src/network/frames.ts";
import { goodbyeCodes } from "../../../src/network/goodbye.ts";
import { makeHello } from "../../../src/network/hello.ts";
import { networkLimits } from "../../../src/network/limits.ts";
import type { Peer } from "../../../src/network/network.ts";
import type { Link } from "../../../src/network/transport.ts";
import { epoch, height, type PublicKey, view } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import {
  addressOf,
  chainA,
  chainB,
  dice,
  type LabNode,
  NetworkLab,
  nodeIdOf,
  type Stranger,
  signerOf,
} from "./network-lab.ts";

const request: Message = { kind: "blocks-request", from: height(1), count: 2 };

const peerOf = (node: LabNode, number: number): Peer => {
  const peer = node.network.peers.find(({ nodeId }) => nodeId === nodeIdOf(number));
  if (peer === undefined) throw new Error(`no peer ${number}`);
  return peer;
};

async function pair(lab: NetworkLab): Promise<[LabNode, LabNode]> {
  const nodes: [LabNode, LabNode] = [
    await lab.node({ number: 1 }),
    await lab.node({ number: 2, keeps: [1] }),
  ];
  await lab.clock.advance(1_000);
  return nodes;
}

async function dialOne(lab: NetworkLab, stranger: Stranger): Promise<Link> {
  await Promise.all([stranger.transport.dial(addressOf(1)), lab.clock.advance(10)]);
  const link = stranger.links.at(-1);
  if (link === undefined) throw new Error("not linked");
  return link;
}

async function greet(lab: NetworkLab, link: Link, number: number): Promise<void> {
  const hello = makeHello(
    {
      chainId: chainA,
      nodeId: nodeIdOf(number),
      session: 1,
      agent: "stranger",
      listenAddress: undefined,
      consensusSigner: undefined,
    },
    link,
    { standing: lab.standing, wallMs: 0 },
  );
  link.send(encodeFrame(hello).bytes);
  await lab.clock.advance(10);
}

/** A stranger that has dialled node 1 and said a good hello. */
async function greetedStranger(lab: NetworkLab, number = 9): Promise<Stranger> {
  const stranger = await lab.stranger(number);
  await greet(lab, await dialOne(lab, stranger), number);
  return stranger;
}

const goodbyeOf = (stranger: Stranger): number | undefined => {
  const last = stranger.frames.at(-1);
  return last?.[0] === 20 ? last[1] : undefined;
};

test("two nodes join, whoever dials, and hear each other's messages", async () => {
  const lab = new NetworkLab();
  const [one, two] = await pair(lab);
  expect([NetworkLab.peersOf(one), NetworkLab.peersOf(two)]).toEqual([[2], [1]]);
  one.network.broadcast(request);
  peerOf(two, 1).send({ kind: "certificate-request", epoch: epoch(0), view: view(3) });
  await lab.clock.advance(10);
  expect(two.told).toEqual(["joined 1", "blocks-request from 1"]);
  expect(one.told).toEqual(["joined 2", "certificate-request from 2"]);
  expect(two.received[0]?.message).toEqual(request);
  expect(two.received[0]?.bytes).toBe(encodeFrame(request).bytes.length);
});

test("a peer's hello tells its program, its height and how far its clock is off", async () => {
  const lab = new NetworkLab();
  const [one] = await pair(lab);
  const peer = peerOf(one, 2);
  expect([peer.agent, peer.hello.listenAddress]).toEqual(["quorate/test", addressOf(2)]);
  expect(peer.standing.finalHeight).toBe(5);
  expect(Math.abs(peer.clockSkewMs)).toBeLessThanOrEqual(2 * lab.latencyMs);
});

test("pings tell where a peer stands and how far away it is", async () => {
  const lab = new NetworkLab();
  lab.latencyMs = 25;
  const [one] = await pair(lab);
  expect(peerOf(one, 2).standing).toEqual(lab.standing);
  expect(peerOf(one, 2).latencyMs).toBe(50);
});

test("the validator key that a peer proved is known, and finds it", async () => {
  const lab = new NetworkLab();
  const signer = signerOf(3);
  const one = await lab.node({ number: 1 });
  await lab.node({ number: 2, keeps: [1], consensusSigner: signer });
  await lab.clock.advance(1_000);
  const key = toHex(signer.publicKey) as PublicKey;
  expect(one.network.peerByKey(key)).toBe(peerOf(one, 2));
  expect(one.network.peerByKey("cc".repeat(32) as PublicKey)).toBeUndefined();
});

test("a node of another chain is told so and never joins", async () => {
  const lab = new NetworkLab();
  const one = await lab.node({ number: 1 });
  const two = await lab.node({ number: 2, keeps: [1], chainId: chainB });
  await lab.clock.advance(20_000);
  expect([one.told, two.told]).toEqual([[], []]);
});

test("four nodes that dial each other at the same instant end with one link for each pair", async () => {
  const lab = new NetworkLab();
  const numbers = [1, 2, 3, 4];
  const nodes: LabNode[] = [];
  for (const number of numbers) {
    // The same dice for all: every dial starts at the same time.
    nodes.push(await lab.node({ number, keeps: numbers, random: dice(number * 0) }));
  }
  await lab.clock.advance(5_000);
  for (const [at, node] of nodes.entries()) {
    expect(NetworkLab.peersOf(node)).toEqual(numbers.filter((number) => number !== at + 1));
    for (const peer of node.network.peers) {
      const other = nodes[Number.parseInt(peer.nodeId, 16) - 1];
      const back = other?.network.peers.find(({ nodeId }) => nodeId === node.nodeId);
      expect(back?.outbound).toBe(!peer.outbound);
    }
  }
});

test("a link dialled at the same time from both ends is the one that the smaller node id dialled", async () => {
  const lab = new NetworkLab();
  const one = await lab.node({ number: 1, keeps: [2], random: dice(5) });
  const two = await lab.node({ number: 2, keeps: [1], random: dice(5) });
  await lab.clock.advance(5_000);
  expect([peerOf(one, 2).outbound, peerOf(two, 1).outbound]).toEqual([true, false]);
});

test("a node that reaches itself under another name hangs up, and does not dial there again", async () => {
  const lab = new NetworkLab();
  const one = await lab.node({ number: 1, keeps: [1], listenAddress: "public-name:27000" });
  await lab.clock.advance(60_000);
  expect(one.told).toEqual([]);
  expect(lab.clock.timers).toBe(0);
});

test("two addresses of one node give one link", async () => {
  const lab = new NetworkLab();
  const one = await lab.node({ number: 1 });
  const two = await lab.node({ number: 2, addresses: [addressOf(1), `wss://${addressOf(1)}/`] });
  await lab.clock.advance(30_000);
  expect([one.told, two.told]).toEqual([["joined 2"], ["joined 1"]]);
});

test("when a node stops, its peers know at once, and dial it again when it is back", async () => {
  const lab = new NetworkLab();
  const [one, two] = await pair(lab);
  await one.network.stop();
  await lab.clock.advance(10);
  expect(two.told).toEqual(["joined 1", "left 1"]);
  await lab.clock.advance(60_000);
  const again = await lab.node({ number: 1 });
  await lab.clock.advance(10_100);
  expect(NetworkLab.peersOf(again)).toEqual([2]);
  expect(two.told).toEqual(["joined 1", "left 1", "joined 1"]);
});

test("a node that lost power and is back at once takes the place of its dead link", async () => {
  const lab = new NetworkLab();
  const [one, two] = await pair(lab);
  lab.hub.vanish(two.transport);
  const again = await lab.node({ number: 2, keeps: [1] });
  await lab.clock.advance(300);
  expect(one.told).toEqual(["joined 2"]); // The first link stays until it is known to be dead.
  await lab.clock.advance(4_000);
  expect(one.told).toEqual(["joined 2", "left 2", "joined 2"]);
  expect(NetworkLab.peersOf(again)).toEqual([1]);
});

test("a second process with the same node key does not drive out the first, and is told why", async () => {
  const lab = new NetworkLab();
  const [one, two] = await pair(lab);
  const copy = await lab.node({ number: 2, keeps: [1], address: "copy:1" });
  await lab.clock.advance(30_000);
  expect([one.told, two.told]).toEqual([["joined 2"], ["joined 1"]]);
  expect([...new Set(copy.told)]).toEqual(["duplicated at node-1:27000"]);
});

test("a peer that falls silent is gone after three pings without an answer", async () => {
  const lab = new NetworkLab();
  const [one] = await pair(lab);
  lab.cutBoth(1, 2);
  await lab.clock.advance(4_500);
  expect(one.told).toEqual(["joined 2"]);
  await lab.clock.advance(4_000);
  expect(one.told).toEqual(["joined 2", "left 2"]);
});

test("a kept address is dialled until it answers, at most 10 seconds apart", async () => {
  const lab = new NetworkLab();
  const two = await lab.node({ number: 2, keeps: [1] });
  await lab.clock.advance(600_000);
  await lab.node({ number: 1 });
  await lab.clock.advance(10_100);
  expect(NetworkLab.peersOf(two)).toEqual([1]);
});

test("a link without a hello is closed after 5 seconds", async () => {
  const lab = new NetworkLab();
  await lab.node({ number: 1 });
  const stranger = await lab.stranger(9);
  await dialOne(lab, stranger);
  await lab.clock.advance(4_900);
  expect(stranger.ends).toEqual([]);
  await lab.clock.advance(200);
  expect(goodbyeOf(stranger)).toBe(goodbyeCodes.hello_late);
  expect(stranger.ends).toEqual(["hello_late"]);
});

test.each<[string, Uint8Array]>([
  ["bytes that are no message", Uint8Array.of(1, 2, 3)],
  ["an unknown kind", Uint8Array.of(18)],
  ["an empty frame", new Uint8Array(0)],
  ["a second hello", Uint8Array.of(0)],
  ["a message over its kind's limit", new Uint8Array(1_000).fill(1, 0, 1)],
  ["the largest frame of zeros", new Uint8Array(frameBytesMax)],
])("a peer that sends %s is banned for an hour", async (_, bytes) => {
  const lab = new NetworkLab();
  const one = await lab.node({ number: 1 });
  const stranger = await greetedStranger(lab);
  expect(one.told).toEqual(["joined 9"]);
  stranger.links[0]?.send(bytes);
  await lab.clock.advance(10);
  expect(one.told).toEqual(["joined 9", "left 9"]);
  expect(goodbyeOf(stranger)).toBe(goodbyeCodes.fault);
  await lab.clock.advance(3_590_000);
  await dialOne(lab, stranger);
  expect(goodbyeOf(stranger)).toBe(goodbyeCodes.banned);
  await lab.clock.advance(20_000);
  await greet(lab, await dialOne(lab, stranger), 9);
  expect(one.told).toEqual(["joined 9", "left 9", "joined 9"]);
});

test("messages before the hello ban", async () => {
  const lab = new NetworkLab();
  const one = await lab.node({ number: 1 });
  const stranger = await lab.stranger(9);
  await dialOne(lab, stranger);
  stranger.links[0]?.send(encodeFrame(request).bytes);
  await lab.clock.advance(10);
  expect(goodbyeOf(stranger)).toBe(goodbyeCodes.fault);
  expect(one.told).toEqual([]);
});

test("what is over a peer's allowance is dropped, and a flood of it shuts the peer out", async () => {
  const lab = new NetworkLab();
  const one = await lab.node({ number: 1 });
  const stranger = await greetedStranger(lab);
  const frame = encodeFrame(request).bytes;
  const { requests } = networkLimits.allowances;
  for (let count = 0; count < requests.messagesBurst + 50; count += 1) {
    stranger.links[0]?.send(frame);
  }
  await lab.clock.advance(1.5);
  expect(one.received.length).toBe(requests.messagesBurst);
  expect(one.told.at(-1)).not.toBe("left 9");
  for (let count = 0; count < 100; count += 1) stranger.links[0]?.send(frame);
  await lab.clock.advance(1.5);
  await lab.clock.advance(10);
  expect(one.told.at(-1)).toBe("left 9");
  expect(goodbyeOf(stranger)).toBe(goodbyeCodes.too_costly);
  await dialOne(lab, stranger);
  expect(goodbyeOf(stranger)).toBe(goodbyeCodes.banned);
});

test("a broadcast skips whom it came from", async () => {
  const lab = new NetworkLab();
  const one = await lab.node({ number: 1 });
  const two = await lab.node({ number: 2, keeps: [1] });
  const three = await lab.node({ number: 3, keeps: [1] });
  await lab.clock.advance(1_000);
  one.network.broadcast(request, peerOf(one, 2));
  await lab.clock.advance(10);
  expect(two.received).toEqual([]);
  expect(three.received).toHaveLength(1);
});

test("inbound links are bounded, and the one too many is told so", async () => {
  const lab = new NetworkLab();
  await lab.node({ number: 1, limits: { inboundMax: 2, outboundMax: 1 } });
  await lab.node({ number: 2, keeps: [1] });
  await lab.node({ number: 3, keeps: [1] });
  await lab.clock.advance(1_000);
  const stranger = await lab.stranger(9);
  await dialOne(lab, stranger);
  expect(goodbyeOf(stranger)).toBe(goodbyeCodes.too_many_peers);
});

test("nodes that know one node get to know each other through it", async () => {
  const lab = new NetworkLab();
  const nodes = [await lab.node({ number: 1 })];
  for (const number of [2, 3, 4, 5]) nodes.push(await lab.node({ number, keeps: [1] }));
  await lab.clock.advance(30_000);
  for (const node of nodes) expect(NetworkLab.peersOf(node)).toHaveLength(4);
});

test("a list of peers that nobody asked for teaches nothing", async () => {
  const lab = new NetworkLab();
  await lab.node({ number: 1 });
  const stranger = await greetedStranger(lab);
  const bait = await lab.stranger(8);
  const peers = [{ nodeId: nodeIdOf(8), address: addressOf(8) }];
  stranger.links[0]?.send(encodeFrame({ kind: "peers", peers }).bytes);
  await lab.clock.advance(60_000);
  expect(bait.links).toEqual([]);
});

test("when all is over, no timer is left", async () => {
  const lab = new NetworkLab();
  const [one, two] = await pair(lab);
  await one.network.stop();
  await two.network.stop();
  await lab.clock.advance(20_000);
  expect(lab.clock.timers).toBe(0);
});

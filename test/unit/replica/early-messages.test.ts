/**
 * What comes for the next epoch waits for it, within bounds.
 * @module
 */
import { expect, test } from "vitest";
import type { Peer } from "../../../src/network/network.ts";
import { epoch, type NodeId, view } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { EarlyMessages, earlyMax, earlyOfPeerMax } from "../../../src/replica/early-messages.ts";

const peer = (name: string): Peer => ({ nodeId: name as NodeId }) as Peer;
const message = (of: number): Message => ({
  kind: "certificate-request",
  epoch: epoch(1),
  view: view(of),
});

test("messages come out once, in the order in which they came", () => {
  const early = new EarlyMessages();
  early.keep(peer("a"), message(1));
  early.keep(peer("b"), message(2));
  early.keep(peer("a"), message(3));
  const kept = early.take().map((one) => one.message);
  expect(kept).toEqual([message(1), message(2), message(3)]);
  expect(early.take()).toEqual([]);
});

test("one peer keeps no more than its share, and the first of it", () => {
  const early = new EarlyMessages();
  for (let i = 0; i < 2 * earlyOfPeerMax; i += 1) early.keep(peer("flood"), message(i));
  early.keep(peer("quiet"), message(99));
  const kept = early.take();
  expect(kept.length).toBe(earlyOfPeerMax + 1);
  expect(kept[0]?.message).toEqual(message(0));
});

test("all peers together keep no more than the bound", () => {
  const early = new EarlyMessages();
  for (let i = 0; i < 2 * earlyMax; i += 1) early.keep(peer(`peer-${i}`), message(i));
  expect(early.size).toBe(earlyMax);
});

/**
 * The small parts that keep peers within bounds: buckets, scores, pings, addresses, the address book.
 * @module
 */
import { expect, test } from "vitest";
import {
  formatAddress,
  isPublicAddress,
  normalAddress,
  parseAddress,
} from "../../../src/network/address.ts";
import { AddressBook } from "../../../src/network/address-book.ts";
import { assertLimits, networkLimits } from "../../../src/network/limits.ts";
import { Pinger } from "../../../src/network/ping.ts";
import { Scores } from "../../../src/network/scoring.ts";
import { AllowanceMeter, TokenBucket } from "../../../src/network/token-bucket.ts";
import { epoch, height, view } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { ManualClock } from "./manual-clock.ts";
import { nodeIdOf } from "./network-lab.ts";

test("a bucket gives its burst, then its rate, and never saves up more than the burst", () => {
  const bucket = new TokenBucket({ perS: 10, burst: 5 }, 0);
  expect(Array.from({ length: 6 }, () => bucket.take(1, 0))).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
  expect([bucket.take(1, 99), bucket.take(1, 100), bucket.take(1, 100)]).toEqual([
    false,
    true,
    false,
  ]);
  expect([bucket.take(6, 1e9), bucket.take(5, 1e9)]).toEqual([false, true]);
});

test("an allowance is of messages and of bytes, and what is refused takes from neither", () => {
  const allowance = { messagesPerS: 1, messagesBurst: 2, bytesPerS: 1, bytesBurst: 100 };
  const meter = new AllowanceMeter(allowance, 0);
  expect(meter.takeMessage(101, 0)).toBe(false);
  expect([meter.takeMessage(60, 0), meter.takeMessage(60, 0), meter.takeMessage(40, 0)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(meter.takeMessage(0, 0)).toBe(false);
});

test("a ban lasts an hour", async () => {
  const clock = new ManualClock();
  const scores = new Scores(networkLimits, { clock });
  scores.ban(nodeIdOf(1));
  expect([scores.isBanned(nodeIdOf(1)), scores.isBanned(nodeIdOf(2))]).toEqual([true, false]);
  await clock.advance(3_599_999);
  expect(scores.isBanned(nodeIdOf(1))).toBe(true);
  await clock.advance(1);
  expect(scores.isBanned(nodeIdOf(1))).toBe(false);
});

test("cost is forgiven at one point a second, and a hundred at once shuts out for a minute", async () => {
  const clock = new ManualClock();
  const scores = new Scores(networkLimits, { clock });
  expect(scores.addCost(nodeIdOf(1), 90)).toBe(false);
  await clock.advance(50_000);
  expect(scores.costOf(nodeIdOf(1))).toBe(40);
  expect(scores.addCost(nodeIdOf(1), 59)).toBe(false);
  expect(scores.addCost(nodeIdOf(1), 1)).toBe(true);
  expect(scores.isBanned(nodeIdOf(1))).toBe(true);
  await clock.advance(60_000);
  expect([scores.isBanned(nodeIdOf(1)), scores.costOf(nodeIdOf(1))]).toEqual([false, 0]);
});

function pinging(): { clock: ManualClock; pinger: Pinger; tokens: number[]; died: number[] } {
  const clock = new ManualClock();
  const tokens: number[] = [];
  const died: number[] = [];
  const pinger = new Pinger(networkLimits, {
    clock,
    standing: () => ({
      epoch: epoch(0),
      view: view(0),
      lastFinalView: view(0),
      finalHeight: height(0),
    }),
    send: (message: Message) => {
      if (message.kind === "ping") tokens.push(message.token);
    },
    dead: () => died.push(clock.monotonicMs()),
  });
  pinger.start();
  return { clock, pinger, tokens, died };
}

test("a peer that answers is asked every two seconds and never dies", async () => {
  const { clock, pinger, tokens, died } = pinging();
  for (let second = 0; second < 60; second += 1) {
    await clock.advance(1_000);
    pinger.answered(tokens.at(-1) ?? 0);
  }
  expect([tokens.length, died.length]).toEqual([31, 0]);
});

test("three pings without an answer, and the peer is dead, once", async () => {
  const { clock, tokens, died } = pinging();
  await clock.advance(60_000);
  expect([tokens.length, died]).toEqual([3, [6_000]]);
  expect(clock.timers).toBe(0);
});

test("an answer that nobody asked for keeps nobody alive", async () => {
  const { clock, pinger, died } = pinging();
  for (let second = 0; second < 10; second += 1) {
    await clock.advance(1_000);
    pinger.answered(999);
  }
  expect(died).toEqual([6_000]);
});

test("a probe asks at once and waits a second, not six", async () => {
  const { clock, pinger, tokens, died } = pinging();
  pinger.answered(tokens.at(-1) ?? 0);
  await clock.advance(500);
  pinger.probe();
  pinger.probe();
  expect(tokens).toHaveLength(2);
  await clock.advance(5_000);
  expect(died).toEqual([1_500]);
});

test("a peer that answers a probe stays", async () => {
  const { clock, pinger, tokens, died } = pinging();
  pinger.probe();
  await clock.advance(900);
  pinger.answered(tokens.at(-1) ?? 0);
  await clock.advance(900);
  expect(died).toEqual([]);
});

test("latency is the round trip, and follows slowly", async () => {
  const { clock, pinger, tokens } = pinging();
  await clock.advance(40);
  pinger.answered(tokens[0] ?? 0);
  expect(pinger.latencyMs).toBe(40);
  await clock.advance(1_960 + 80);
  pinger.answered(tokens[1] ?? 0);
  expect(pinger.latencyMs).toBe(50);
});

test.each([
  ["Example.org:27000", "example.org:27000"],
  ["wss://10.0.0.1:1/", "10.0.0.1:1"],
  ["[2001:DB8::1]:65535", "[2001:db8::1]:65535"],
])("the address %s is %s", (text, normal) => {
  expect(normalAddress(text)).toBe(normal);
  const parsed = parseAddress(text);
  expect(parsed && formatAddress(parsed)).toBe(normal);
});

test.each([
  "",
  "host",
  "host:0",
  "host:65536",
  "host:-1",
  "ws://host:1",
  "wss://user@host:1",
  "host:1/path",
  "a b:1",
  "2001:db8::1:80",
  "host:1\n",
  `${"h".repeat(130)}:1`,
])("%j is no address", (text) => {
  expect(normalAddress(text)).toBeUndefined();
});

test.each([
  ["127.0.0.1:1", false],
  ["10.1.2.3:1", false],
  ["172.16.0.1:1", false],
  ["192.168.1.1:1", false],
  ["169.254.169.254:1", false],
  ["localhost:1", false],
  ["[::1]:1", false],
  ["[fe80::1]:1", false],
  ["[fd00::1]:1", false],
  ["172.32.0.1:1", true],
  ["203.0.113.7:1", true],
  ["node.example.org:1", true],
  ["[2001:db8::1]:1", true],
])("strangers may name %s: %s", (text, open) => {
  const parsed = parseAddress(text);
  expect(parsed && isPublicAddress(parsed)).toBe(open);
});

const book = (privateAllowed = false): AddressBook =>
  new AddressBook(
    { candidatesMax: 4, candidatesPerSourceMax: 2, candidateFailuresMax: 3 },
    { own: { nodeId: nodeIdOf(1), listenAddress: "me.example:1" }, privateAllowed },
  );

test("an address book takes neither itself, nor private addresses, nor more than its bounds", () => {
  const known = book();
  const learn = (address: string, id: number, source: number): boolean =>
    known.learn(address, nodeIdOf(id), nodeIdOf(source));
  expect(learn("me.example:1", 2, 9)).toBe(false);
  expect(learn("other.example:1", 1, 9)).toBe(false);
  expect(learn("127.0.0.1:1", 2, 9)).toBe(false);
  expect(learn("a.example:1", 2, 9)).toBe(true);
  expect(learn("a.example:1", 3, 8)).toBe(false);
  expect(learn("b.example:1", 3, 9)).toBe(true);
  expect(learn("c.example:1", 4, 9)).toBe(false); // Two from one source.
  expect(learn("c.example:1", 4, 8)).toBe(true);
  expect(learn("d.example:1", 5, 8)).toBe(true);
  expect(learn("e.example:1", 6, 7)).toBe(false); // Four in all.
  known.forget("a.example:1");
  expect(learn("e.example:1", 6, 9)).toBe(true);
  expect(book(true).learn("127.0.0.1:1", nodeIdOf(2), nodeIdOf(9))).toBe(true);
});

test("a learned address is forgotten after three failures in a row", () => {
  const known = book();
  known.learn("a.example:1", nodeIdOf(2), nodeIdOf(9));
  known.failed("a.example:1");
  known.failed("a.example:1");
  known.reached("a.example:1");
  known.failed("a.example:1");
  known.failed("a.example:1");
  expect(known.pick(0, () => true)).toBe("a.example:1");
  known.failed("a.example:1");
  expect([known.size, known.pick(0, () => true)]).toEqual([0, undefined]);
});

test("limits that contradict each other are refused", () => {
  expect(() => assertLimits({ ...networkLimits, outboxBytesMax: 1_000 })).toThrow(/empty outbox/);
  expect(() =>
    assertLimits({ ...networkLimits, flushBelowBytes: networkLimits.bufferedBytesMax }),
  ).toThrow(/never fills/);
});

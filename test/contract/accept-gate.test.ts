/**
 * The gate before TLS.
 * @module
 */
import { expect, test } from "vitest";
import { AcceptGate, isLoopback, sourceOf } from "../../node/adapters/accept-gate.ts";

const limits = {
  acceptsPerS: 100,
  acceptsPerSPerAddress: 10,
  halfOpenMax: 32,
  inboundMax: 64,
  inboundPerAddressMax: 8,
};

function gate(options: Partial<typeof limits> = {}, loopbackExempt = false) {
  const time = { nowMs: 0 };
  const opened = new AcceptGate(
    { ...limits, ...options },
    { loopbackExempt, nowMs: () => time.nowMs },
  );
  return { gate: opened, time };
}

test("one address gets ten a second, all together a hundred", () => {
  const { gate: opened, time } = gate({ halfOpenMax: 1_000, inboundPerAddressMax: 1_000 });
  const tries = (address: string, count: number): number =>
    Array.from({ length: count }, () => opened.enter(address)).filter(
      (refusal) => refusal === undefined,
    ).length;
  expect(tries("192.0.2.1", 30)).toBe(10);
  let letIn = 10;
  for (let host = 2; host < 40; host += 1) letIn += tries(`192.0.2.${host}`, 10);
  expect(letIn).toBe(100);
  time.nowMs += 1_000;
  expect(tries("192.0.2.1", 30)).toBe(10);
});

test("half-open connections and links are bounded apart from each other", () => {
  const { gate: opened } = gate({ halfOpenMax: 2, inboundMax: 3, inboundPerAddressMax: 1_000 });
  const enter = (host: number) => opened.enter(`192.0.2.${host}`);
  expect([enter(1), enter(2), enter(3)]).toEqual([undefined, undefined, "half-open"]);
  opened.admit();
  opened.admit();
  expect([enter(3), enter(4), enter(5)]).toEqual([undefined, undefined, "half-open"]);
  opened.admit();
  opened.leave("192.0.2.4", "half-open");
  expect(enter(6)).toBe("full");
  opened.leave("192.0.2.1", "link");
  expect(enter(6)).toBeUndefined();
  expect([opened.connections, opened.halfOpen]).toEqual([3, 1]);
});

test("an address that left makes room for itself", () => {
  const { gate: opened } = gate({ inboundPerAddressMax: 1 });
  expect([opened.enter("192.0.2.1"), opened.enter("192.0.2.1")]).toEqual([
    undefined,
    "per-address",
  ]);
  opened.leave("192.0.2.1", "half-open");
  expect(opened.enter("192.0.2.1")).toBeUndefined();
});

test("loopback is exempt from what is counted per address where that is asked for, and only there", () => {
  const strict = gate({ acceptsPerSPerAddress: 1 }).gate;
  expect([strict.enter("127.0.0.1"), strict.enter("127.0.0.1")]).toEqual([undefined, "rate"]);
  const local = gate({ acceptsPerSPerAddress: 1, inboundPerAddressMax: 1 }, true).gate;
  expect([local.enter("127.0.0.1"), local.enter("127.0.0.1")]).toEqual([undefined, undefined]);
  expect([local.enter("192.0.2.1"), local.enter("192.0.2.1")]).toEqual([undefined, "per-address"]);
});

test.each([
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::9", "2001:db8:1:2"],
  ["2001:db8::9", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
])("the source of %s is %s", (address, source) => {
  expect(sourceOf(address)).toBe(source);
});

test.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["192.0.2.1", false],
  ["2001:db8::1", false],
])("%s is loopback: %s", (address, loopback) => {
  expect(isLoopback(address)).toBe(loopback);
});

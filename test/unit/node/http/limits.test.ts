/**
 * Token buckets refill with time and belong to one client each; pages cover every number once.
 * @module
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pageOfNumbers } from "../../../../node/http/cursor.ts";
import { priceOf } from "../../../../node/http/guards.ts";
import {
  clientName,
  isLoopback,
  siteName,
  TokenBuckets,
} from "../../../../node/http/token-buckets.ts";
import { memoJson } from "../../../../src/api/content-json.ts";

const rate = { perSecond: 10, burst: 3 };

describe("token buckets", () => {
  test("give the burst at once, then one token per tenth of a second", () => {
    const buckets = new TokenBuckets();
    const takes = [0, 0, 0, 0].map((atMs) => buckets.take("a", rate, atMs));
    expect(takes).toEqual([0, 0, 0, 100]);
    expect(buckets.take("a", rate, 99)).toBeGreaterThan(0);
    expect(buckets.take("a", rate, 100)).toBe(0);
    expect(buckets.take("a", rate, 100)).toBe(100);
  });

  test("what costs more takes more, and never more than a full bucket", () => {
    const buckets = new TokenBuckets();
    expect(buckets.take("a", rate, 0, 2)).toBe(0);
    expect(buckets.take("a", rate, 0, 2)).toBe(100);
    expect(buckets.take("a", rate, 100, 2)).toBe(0);
    expect(buckets.take("b", rate, 0, 50)).toBe(0);
    expect(buckets.take("b", rate, 0)).toBe(100);
  });

  test.each([
    ["/v1/status", 1],
    ["/v1/blocks/5", 1],
    ["/v1/blocks/5/transactions", 3],
    ["/v1/blocks/5/proof", 5],
    ["/v1/proofs/state", 5],
    ["/v1/transactions/00/receipt", 5],
    ["/v1/search", 3],
    ["/v1/transactions", 3],
    [`/v1/transactions/${"0a".repeat(32)}`, 3],
    ["/v1/accounts/q1/transactions", 3],
    ["/v1/records", 3],
    ["/v1/records/q1/a/b/versions", 3],
    ["/v1/blocks.csv", 20],
  ])("an answer to %s costs %i", (path, price) => {
    expect(priceOf(path)).toBe(price);
    expect(priceOf(path, "HEAD")).toBe(price);
  });

  test("a submission costs little, a batch of them as much as it may hold", () => {
    expect(priceOf("/v1/transactions", "POST")).toBe(1);
    expect(priceOf("/v1/transactions/batch", "POST")).toBe(50);
  });

  test("are one per client, and never hold more than the burst", () => {
    const buckets = new TokenBuckets();
    for (let i = 0; i < 3; i += 1) buckets.take("a", rate, 0);
    expect(buckets.take("b", rate, 0)).toBe(0);
    const later = Array.from({ length: 4 }, () => buckets.take("a", rate, 3_600_000));
    expect(later).toEqual([0, 0, 0, 100]);
  });

  test.each([
    ["127.0.0.1", "127.0.0.1", true],
    ["::ffff:127.0.0.1", "127.0.0.1", true],
    ["::1", "::1", true],
    ["::ffff:10.1.2.3", "10.1.2.3", false],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", false],
    ["2001:db8::1", "2001:db8:0:0::/64", false],
    ["fe80::1:2:3:4", "fe80:0:0:0::/64", false],
    ["128.0.0.1", "128.0.0.1", false],
  ])("%s is the client %s", (address, name, loopback) => {
    expect(clientName(address)).toBe(name);
    expect(isLoopback(address)).toBe(loopback);
  });

  test("all networks of an IPv6 site have one name, and no two IPv4 addresses have", () => {
    expect(siteName("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1::/48");
    expect(siteName("2001:db8:1:ffff::9")).toBe("2001:db8:1::/48");
    expect(siteName("2001:db8:2:2::9")).not.toBe(siteName("2001:db8:1:2::9"));
    expect(siteName("::ffff:10.1.2.3")).toBe("10.1.2.3");
    expect(siteName("::1")).toBe("::1");
  });
});

describe("pages of numbers", () => {
  test("following next shows every number once, in order, and prev leads back", () => {
    const options = fc.record({
      last: fc.integer({ min: -1, max: 60 }),
      limit: fc.integer({ min: 1, max: 20 }),
      descending: fc.boolean(),
    });
    fc.assert(
      fc.property(options, ({ last, limit, descending }) => {
        const seen: number[] = [];
        let start: number | undefined;
        let before: readonly number[] | undefined;
        for (;;) {
          const page = pageOfNumbers({ start, last, limit, descending });
          if (before !== undefined) {
            const back = pageOfNumbers({ start: page.prev, last, limit, descending });
            expect(back.numbers).toEqual(before);
          } else {
            expect(page.prev).toBeUndefined();
          }
          seen.push(...page.numbers);
          before = page.numbers;
          if (page.next === undefined) break;
          start = page.next;
        }
        const all = Array.from({ length: last + 1 }, (_, i) => i);
        expect(seen).toEqual(descending ? all.toReversed() : all);
      }),
    );
  });

  test("a start beyond the end is the newest page, or an empty one", () => {
    const beyond = { start: 1_000, last: 5, limit: 3 };
    expect(pageOfNumbers({ ...beyond, descending: true }).numbers).toEqual([5, 4, 3]);
    expect(pageOfNumbers({ ...beyond, descending: false }).numbers).toEqual([]);
  });

  test("a page that starts nearer to the begin than its length has the first page before it", () => {
    expect(pageOfNumbers({ start: 2, last: 9, limit: 5, descending: false }).prev).toBe(0);
    expect(pageOfNumbers({ start: 7, last: 9, limit: 5, descending: true }).prev).toBe(9);
  });
});

describe("a memo", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  test.each([
    ["", ""],
    ["Rent, März – 25 €", "Rent, März – 25 €"],
    ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
    ["line\nbreak", null],
    ["\u202e", null],
    ["\u200b", null],
    ["\u001b[2J", null],
    ["\u2028", null],
  ])("of %j is shown as %j", (text, shown) => {
    expect(memoJson(bytes(text)).text).toBe(shown);
  });

  test("that is not UTF-8 is shown in hex alone", () => {
    expect(memoJson(Uint8Array.of(0xc0, 0x80))).toEqual({ hex: "c080", text: null });
  });
});

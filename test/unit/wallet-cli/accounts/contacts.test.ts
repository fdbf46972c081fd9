/**
 * Look-alikes: addresses that a person who compares the ends would take for a known one.
 * @module
 */
import { expect, test } from "vitest";
import { formatAddress } from "../../../../src/protocol/address.ts";
import type { AccountId } from "../../../../src/protocol/ids.ts";
import { lookAlike } from "../../../../wallet-cli/accounts/contacts.ts";

const known = "quo1qqqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0jqqqqqq";
/** The same length as an address; only the ends matter to the rule. */
const withEnds = (start: string, end: string): string =>
  `quo1${start}${"z".repeat(known.length - 4 - start.length - end.length)}${end}`;
const knownBody = known.slice(4);
const like = (address: string) => lookAlike(address, [{ address: known, name: "bob" }]);

test.each([
  [3, 2],
  [2, 3],
  [4, 4],
  [5, 0],
  [0, 5],
])("%i characters at the start and %i at the end are taken for the known one", (start, end) => {
  const address = withEnds(knownBody.slice(0, start), knownBody.slice(knownBody.length - end));
  expect(like(address)?.name).toBe("bob");
});

test.each([
  [0, 0],
  [2, 2],
  [4, 0],
])("%i characters at the start and %i at the end are not", (start, end) => {
  const address = withEnds(knownBody.slice(0, start), knownBody.slice(knownBody.length - end));
  expect(like(address)).toBeUndefined();
});

test("a known address looks like nobody else, also in capitals", () => {
  expect(like(known)).toBeUndefined();
  expect(like(known.toUpperCase())).toBeUndefined();
  const twin = withEnds(knownBody.slice(0, 6), knownBody.slice(-6));
  const both = [{ address: twin }, { address: known }];
  expect(lookAlike(known, both)).toBeUndefined();
});

test("the nearest of several is named", () => {
  const near = { address: withEnds("qqqqs", "qqq") };
  const nearer = { address: withEnds("qqqqsy", "qqqq") };
  const address = withEnds("qqqqsyq", "qqqqq");
  expect(lookAlike(address, [near, nearer, { address: withEnds("qq", "") }])).toBe(nearer);
  expect(lookAlike(address, [nearer, near])).toBe(nearer);
});

test("addresses of another network are no look-alikes: their prefix tells them apart", () => {
  expect(lookAlike(known.replace("quo1", "acme1"), [{ address: known }])).toBeUndefined();
});

test("the prefix counts for nothing", () => {
  const longPrefix = "quoratenet";
  const account = (byte: string) => byte.repeat(32) as AccountId;
  const one = formatAddress(longPrefix, account("11"));
  const other = formatAddress(longPrefix, account("ee"));
  expect(lookAlike(one, [{ address: other }])).toBeUndefined();
});

/**
 * A node that answers a search with something else: what was named exactly is never exchanged.
 */
import { bech32m } from "@scure/base";
import { expect, test } from "vitest";
import { fittingHits, hitHref } from "../../../node/explorer/frame/hits.ts";
import type { SearchHitJson } from "../../../src/api/search-json.ts";

type Kind = SearchHitJson["kind"];
const id = "ab".repeat(32);
const other = "cd".repeat(32);
const addressOf = (hex: string): string =>
  bech32m.encode("quo", bech32m.toWords(Uint8Array.from(Buffer.from(hex, "hex"))));
const alice = addressOf(id);
const mallory = addressOf(other);

/** The title is what a liar would have its reader believe. */
const hit = (kind: Kind, reference: string, title = id): SearchHitJson => ({
  ...{ kind, reference, title, note: "" },
});

test.each<[text: string, kind: Kind, right: string, wrong: string]>([
  ["12", "block", "12", "13"],
  ["#12", "block", "12", "1"],
  [id, "block", id, other],
  [id, "block", id, "12"],
  [id.toUpperCase(), "transaction", id, other],
  [id, "account", alice, mallory],
  [alice, "account", alice, mallory],
  [alice.toUpperCase(), "account", alice, mallory],
  [id, "asset", id, other],
  [`${alice}/deeds/plot 7`, "record", `${alice}/deeds/plot%207`, `${alice}/deeds/plot%2071`],
  [`${alice}/deeds/plot%207`, "record", `${alice}/deeds/plot%207`, `${mallory}/deeds/plot%207`],
  [`${alice}/deeds`, "record", `${alice}/deeds/1`, `${alice}/debts/1`],
  [`${alice}/`, "record", `${alice}/deeds/1`, `${mallory}/deeds/1`],
  [`${alice}/a%2Fb/c/d`, "record", `${alice}/a%2Fb/c%2Fd`, `${alice}/a/b%2Fc%2Fd`],
])("%s finds a %s that it names, and none that it does not", (text, kind, right, wrong) => {
  const [good, bad] = [hit(kind, right), hit(kind, wrong)];
  expect(fittingHits(text, [bad, good])).toEqual([good]);
});

test("a code and a name are only the beginning of many things", () => {
  const found = [hit("asset", other, "GOLD"), hit("validator", mallory, "gold-node")];
  expect(fittingHits("gol", found)).toEqual(found);
});

test("what holds a content is looked up by the content", () => {
  const found = [hit("record", `${mallory}/deeds/1`)];
  expect(fittingHits(id.toUpperCase(), found)).toEqual(found);
  expect(found.map((each) => hitHref(id.toUpperCase(), each))).toEqual([`#/records?hash=${id}`]);
  expect(hitHref(`${mallory}/deeds/1`, hit("record", `${mallory}/deeds/1`))).toBe(
    `#/record/${mallory}/deeds/1`,
  );
});

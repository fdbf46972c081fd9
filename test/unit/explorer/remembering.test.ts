/**
 * What the browser remembers of a network: whatever its storage does, and whatever is in it.
 * @module
 */
import { describe, expect, test } from "vitest";
import { baseUrlOf, readNodes } from "../../../node/explorer/checking/reader-wishes.ts";
import {
  forget,
  isCheckpointText,
  meet,
  readCheckpointText,
  readPin,
  readTipPlace,
  readTipText,
  writeCheckpointText,
  writeTipText,
} from "../../../node/explorer/checking/remembering.ts";
import { BrowserShelf, type Shelf } from "../../../node/explorer/checking/shelf.ts";
import { TipShelf } from "../../../node/explorer/checking/tip-shelf.ts";
import type { RememberedTip } from "../../../src/client/remembered-tip.ts";
import { type BlockId, type ChainId, epoch, height } from "../../../src/protocol/ids.ts";
import { validatorsOf } from "../../fixtures/proof-world.ts";

const chain = "ab".repeat(32) as ChainId;
const stranger = "cd".repeat(32) as ChainId;

/** A storage as browsers have it. */
function storage(full = false) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => {
      if (full) throw new Error("QuotaExceededError");
      kept.set(key, text);
    },
    removeItem: (key: string) => {
      kept.delete(key);
    },
  };
}

const shelfOver = (kept = storage()): Shelf => new BrowserShelf(() => kept);
const switchedOff = (): Shelf =>
  new BrowserShelf(() => {
    throw new Error("SecurityError");
  });

const tipAt = (at: number): RememberedTip => ({
  height: height(at),
  blockId: `${at}`.padStart(64, "0") as BlockId,
  epoch: epoch(0),
  validators: validatorsOf([1, 2, 3, 4]),
  timestampMs: 1_000 + at,
});

describe.each([
  ["a storage", () => shelfOver()],
  ["a full storage", () => shelfOver(storage(true))],
  ["no storage", switchedOff],
])("with %s", (_, shelfOf) => {
  test("the network that is met first is known from then on, and another one is not", () => {
    const shelf = shelfOf();
    expect(meet(shelf, chain, 5)).toEqual({ kind: "new" });
    expect(meet(shelf, chain, 9)).toEqual({ kind: "known", sinceMs: 5 });
    const known = { chainId: chain, sinceMs: 5 };
    expect(meet(shelf, stranger, 9)).toEqual({ kind: "other", known });
    expect(readPin(shelf)).toEqual(known);
  });

  test("the newest proven block never moves back", async () => {
    const tips = new TipShelf(shelfOf(), chain);
    expect(await tips.load()).toBeUndefined();
    await tips.save(tipAt(7));
    await tips.save(tipAt(6));
    expect(await tips.load()).toEqual(tipAt(7));
    await tips.save(tipAt(8));
    expect(await tips.load()).toEqual(tipAt(8));
  });

  test("forgetting takes all of it away, and the next network is taken for the right one", async () => {
    const shelf = shelfOf();
    meet(shelf, chain, 5);
    await new TipShelf(shelf, chain).save(tipAt(7));
    writeCheckpointText(shelf, `7:${"ee".repeat(32)}`);
    forget(shelf);
    expect(readCheckpointText(shelf)).toBeUndefined();
    expect(await new TipShelf(shelf, chain).load()).toBeUndefined();
    expect(meet(shelf, stranger, 9)).toEqual({ kind: "new" });
  });
});

test("another tab's newer block is seen", async () => {
  const kept = storage();
  const [mine, theirs] = [
    new TipShelf(shelfOver(kept), chain),
    new TipShelf(shelfOver(kept), chain),
  ];
  await mine.save(tipAt(3));
  await theirs.save(tipAt(9));
  await mine.save(tipAt(4));
  expect(await mine.load()).toEqual(tipAt(9));
});

test("what is kept of one network is nothing to another", async () => {
  const shelf = shelfOver();
  await new TipShelf(shelf, chain).save(tipAt(7));
  expect(await new TipShelf(shelf, stranger).load()).toBeUndefined();
  writeTipText(shelf, stranger, readTipText(shelf, chain) ?? "");
  expect(await new TipShelf(shelf, stranger).load()).toBeUndefined();
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '"x"',
  "{}",
  '{"chainId":5,"sinceMs":"a","height":-1}',
  "\u0000",
])("rubbish in the storage is as if there were nothing: %s", async (rubbish) => {
  const kept = storage();
  const shelf = shelfOver(kept);
  meet(shelf, chain, 5);
  writeCheckpointText(shelf, `7:${"ee".repeat(32)}`);
  await new TipShelf(shelf, chain).save(tipAt(7));
  for (const key of kept.kept.keys()) kept.kept.set(key, rubbish);
  expect(readPin(shelf)).toBeUndefined();
  expect(readCheckpointText(shelf)).toBeUndefined();
  expect(readTipPlace(shelf, chain)).toBeUndefined();
  const tips = new TipShelf(shelf, chain);
  expect(await tips.load()).toBeUndefined();
  await tips.save(tipAt(3));
  expect(await tips.load()).toEqual(tipAt(3));
  expect(readTipPlace(shelf, chain)).toEqual({ height: 3, blockId: tipAt(3).blockId });
  expect(meet(shelf, stranger, 9)).toEqual({ kind: "new" });
  expect(readNodes({ ...shelf, read: () => rubbish })).toEqual([]);
});

test("a checkpoint is a height and an id", () => {
  expect(isCheckpointText(`12:${"0f".repeat(32)}`)).toBe(true);
  const wrong = [
    "",
    "12",
    `012:${"0f".repeat(32)}`,
    `12:${"0F".repeat(32)}`,
    `-1:${"0f".repeat(32)}`,
  ];
  expect(wrong.filter(isCheckpointText)).toEqual([]);
});

test("the address of a node is one of http, without a query or a password", () => {
  expect(baseUrlOf(" http://10.0.0.1:28000/ ")).toBe("http://10.0.0.1:28000");
  expect(baseUrlOf("node.example:28000")).toBe("http://node.example:28000");
  expect(baseUrlOf("https://example.org/ledger/?x=1#y")).toBe("https://example.org/ledger");
  const wrong = [
    "",
    "javascript:alert(1)",
    "ftp://a",
    "http://a:b@c",
    "http://",
    "a b",
    "x".repeat(300),
  ];
  expect(wrong.map(baseUrlOf).filter((url) => url !== undefined)).toEqual([]);
});

test("kept nodes are addresses, each once and not too many", () => {
  const kept = ["http://a:1", "http://a:1", "javascript:x", 5, "http://b:1/", "http://c:1"];
  const many = Array.from({ length: 20 }, (_, i) => `http://n${i}:1`);
  const read = (list: unknown) => readNodes({ ...shelfOver(), read: () => JSON.stringify(list) });
  expect(read(kept)).toEqual(["http://a:1", "http://c:1"]);
  expect(read(many)).toHaveLength(7);
});

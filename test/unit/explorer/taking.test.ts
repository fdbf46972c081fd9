/**
 * Files given to the receipt checker: nothing is taken that its giver did not mean.
 * @module
 */
import { expect, test } from "vitest";
import { type GivenFile, takeFiles } from "../../../node/explorer/verify/taking.ts";

const file = (name: string, text: string): GivenFile => ({
  name,
  size: text.length,
  text: async () => text,
});
const receipt = file("receipt.json", '{"kind":"quorate-receipt"}');
const genesis = file("genesis.json", '{"networkName":"main","validators":[]}');
const forged = file("forged.json", '{"networkName":"main","validators":[1]}');
const words = ({ notes }: { readonly notes: readonly string[] }): string => notes.join("\n");

test("a receipt, and a genesis that was not given before, are taken in any order", async () => {
  for (const files of [
    [receipt, genesis],
    [genesis, receipt],
  ]) {
    const taken = await takeFiles(files, "");
    expect(taken).toMatchObject({ receipt: await receipt.text(), genesis: await genesis.text() });
    expect(words(taken)).toContain("came along with the receipt");
  }
  expect(words(await takeFiles([receipt], ""))).toBe("");
});

test("a genesis that was given is not replaced by what comes along with a receipt", async () => {
  const trusted = await genesis.text();
  const taken = await takeFiles([receipt, forged], trusted);
  expect(taken.genesis).toBeUndefined();
  expect(taken.receipt).toBe(await receipt.text());
  expect(words(taken)).toContain("forged.json is another genesis");
  expect((await takeFiles([receipt, genesis], `${trusted}\n`)).notes).toEqual([]);
  // Chosen on purpose, in its own field, it is.
  expect((await takeFiles([forged], trusted, "genesis")).genesis).toBe(await forged.text());
});

test("of several receipts none is taken: one verdict is of one", async () => {
  const taken = await takeFiles([receipt, file("other.json", await receipt.text())], "");
  expect(taken.receipt).toBeUndefined();
  expect(words(taken)).toContain("receipt.json, other.json");
});

test("what cannot be read, is too large, or is neither, is named, and its name is only text", async () => {
  const folder: GivenFile = {
    name: "folder",
    size: 4096,
    text: () => Promise.reject(new Error("NotFoundError")),
  };
  const large: GivenFile = { ...receipt, name: "large", size: 100_000_000 };
  const hostile = file("a\u202ebc", "not JSON");
  const taken = await takeFiles([folder, large, hostile], "");
  expect(taken).toEqual({
    notes: [
      "folder cannot be read: a folder, or a file that is gone.",
      "large is too large to be a receipt.",
      "a\\u{202e}bc is neither a receipt nor a genesis.",
    ],
  });
  expect(words(await takeFiles(Array(1_000).fill(receipt), ""))).toContain("too many");
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { equalBytes, toHex } from "../../../src/base/bytes.ts";
import { encodeBlock } from "../../../src/protocol/block.ts";
import { epoch, height } from "../../../src/protocol/ids.ts";
import { accountKey, statePath } from "../../../src/protocol/state.ts";
import type { FinalBlock } from "../../../src/storage/chain-writes.ts";
import { StorageCorruption } from "../../../src/storage/corruption.ts";
import { MemoryStore, type StoreImage } from "../../../src/storage/memory-store.ts";
import { openChain } from "../../../src/storage/open-chain.ts";
import { accountOf, TestChain } from "../../unit/storage/test-chain.ts";

/** Everything that a ledger can be asked, by name. The state is read as the ledger does: against the tree. */
async function answersOf(
  image: StoreImage,
  chain: TestChain,
  finals: readonly FinalBlock[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const opened = await openChain(new MemoryStore(image), chain.openOptions);
  if (!opened.ok) return undefined;
  const { chain: found, tree, version } = opened.value;
  const answers = new Map<string, string>();
  const ask = async (name: string, question: () => unknown): Promise<void> => {
    try {
      answers.set(name, format(await question()));
    } catch (error) {
      if (!(error instanceof StorageCorruption)) throw error;
    }
  };
  await ask("tip", () => [found.tip, found.totals]);
  for (const { block } of finals) {
    const at = block.header.height;
    await ask(`block ${at}`, () => toHex(encodeBlock(found.blockAt(at) ?? block)));
    await ask(`header ${at}`, () => found.headerAt(at));
    await ask(`block ${block.id}`, () => found.blockById(block.id));
    await ask(`validators ${at}`, () => found.setAt(at));
    await ask(`finality ${at}`, () => found.finalityAt(at));
    await ask(`finalization ${at}`, () => found.finalizationAt(at));
    await ask(`blocks ${at}`, async () => (await found.blocksFrom(at, 9, 1e6)).map(toHex));
    for (const { id } of block.transactions) {
      await ask(`transaction ${id}`, () => found.transactionById(id));
    }
  }
  for (const of of [0, 1]) await ask(`boundary ${of}`, () => found.boundaryOf(epoch(of)));
  for (const number of [1, 2, 3, 4]) {
    const account = accountOf(number);
    await ask(`history ${number}`, () => found.history.page(account, undefined, 100));
    await ask(`nonce ${number}`, () => found.history.byNonce(account, 1));
    await ask(`state ${number}`, () => {
      const value = found.state(accountKey(account));
      const leaf = tree.valueHash(version, statePath(nativeHasher, accountKey(account)));
      const isSound =
        value === undefined || leaf === undefined
          ? value === leaf
          : equalBytes(nativeHasher.sha256(value), leaf);
      if (!isSound) throw new StorageCorruption(`state ${number}`);
      return value;
    });
  }
  return answers;
}

const format = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array) return toHex(part);
    return typeof part === "bigint" ? `${part}n` : part;
  }) ?? "undefined";

/**
 * Blocks with and without transactions, one that begins an epoch with other validators and that only a later
 * finalization covers, one above the tip.
 */
async function sampleChain(): Promise<{
  readonly chain: TestChain;
  readonly finals: readonly FinalBlock[];
  readonly image: StoreImage;
}> {
  const sets = [
    [1, 2, 3, 4],
    [1, 2, 3, 5],
  ];
  const chain = new TestChain({ epochLength: 3, sets });
  const store = new MemoryStore();
  const found = await chain.create(store);
  const finals = [
    chain.next([
      { from: 1, to: 2 },
      { from: 2, to: 3 },
    ]),
    chain.next([]),
    chain.next([{ from: 2, to: 4, payer: 1 }]),
    chain.next([{ from: 1, to: 4 }]),
  ];
  const last = chain.next([]);
  for (const [i, final] of finals.entries()) {
    const finality =
      i === finals.length - 1
        ? { certificate: last.finality.certificate, covering: [last.block.header] }
        : final.finality;
    await found.commit({ ...final, finality });
  }
  await found.storeBlock(last.block);
  return { chain, finals, image: store.snapshot() };
}

test("one flipped bit in any stored value is refused, thrown or harmless, and never an answer", async () => {
  const { chain, finals, image } = await sampleChain();
  const sound = await answersOf(image, chain, finals);
  if (sound === undefined) throw new Error("the sound ledger opens");
  expect(sound.size).toBe(1 + 4 * 7 + 4 + 2 + 4 * 3);
  const keys = [...image.keys()];
  let noticed = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(keys.length - 1), fc.nat(), fc.nat(7), async (row, byte, bit) => {
      const key = keys[row] ?? "";
      const value = (image.get(key) ?? new Uint8Array(0)).slice();
      const at = byte % value.length;
      value[at] = (value[at] ?? 0) ^ (1 << bit);
      const answers = await answersOf(new Map(image).set(key, value), chain, finals);
      if (answers === undefined || answers.size < sound.size) noticed += 1;
      for (const [question, answer] of answers ?? []) {
        expect(`${question}: ${answer}`).toBe(`${question}: ${sound.get(question)}`);
      }
    }),
    { numRuns: 600 },
  );
  // All but the block above the tip, which is dropped.
  expect(noticed).toBeGreaterThan(400);
});

test("a row that took another row's place of the same kind is refused, thrown or harmless", async () => {
  const { chain, finals, image } = await sampleChain();
  const sound = await answersOf(image, chain, finals);
  for (const [key, value] of image) {
    for (const [other, otherValue] of image) {
      if (other === key || other[0] !== key[0]) continue;
      if (equalBytes(value, otherValue)) continue;
      const swapped = new Map(image).set(key, otherValue);
      for (const [question, answer] of (await answersOf(swapped, chain, finals)) ?? []) {
        expect(`${question}: ${answer}`).toBe(`${question}: ${sound?.get(question)}`);
      }
    }
  }
});

test("heights above the tip have no answers", async () => {
  const { chain, image } = await sampleChain();
  const opened = await openChain(new MemoryStore(image), chain.openOptions);
  if (!opened.ok) throw new Error(opened.reason.message);
  const found = opened.value.chain;
  expect(found.blockAt(height(5))).toBeUndefined();
  expect(found.headerAt(height(5))).toBeUndefined();
  expect(await found.finalityAt(height(5))).toBeUndefined();
  expect(found.finalizationAt(height(5))).toBeUndefined();
  expect(found.setAt(height(5))).toBeUndefined();
  expect(found.boundaryOf(epoch(2))).toBeUndefined();
  expect(await found.blocksFrom(height(5), 9, 1e6)).toEqual([]);
});

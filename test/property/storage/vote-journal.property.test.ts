import fc from "fast-check";
import { expect, test } from "vitest";
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { utf8 } from "../../../src/base/bytes.ts";
import type { ChainId, PublicKey } from "../../../src/protocol/ids.ts";
import { inspectJournal } from "../../../src/storage/journal-inspection.ts";
import {
  type JournalImage,
  type JournalStep,
  MemoryVoteJournal,
} from "../../../src/storage/memory-vote-journal.ts";

const options = {
  chainId: "c1".repeat(32) as ChainId,
  consensusKey: "5e".repeat(32) as PublicKey,
  hasher: nativeHasher,
};
const at = (view: number) => ({ epoch: 0, view });

const texts = (image: JournalImage): string[] | string => {
  const { state } = MemoryVoteJournal.open(image, options);
  if (state.kind !== "sound") return state.kind === "damaged" ? state.reason : state.kind;
  return state.entries.map((entry) => new TextDecoder().decode(entry));
};

async function journalWith(...turns: readonly (readonly string[])[]): Promise<JournalImage> {
  const journal = MemoryVoteJournal.open(MemoryVoteJournal.create(options), options);
  for (const [view, turn] of turns.entries()) await journal.append(turn.map(utf8), at(view));
  return journal.crash();
}

/** The disk after a crash right before a step of the action, or undefined when there are fewer steps. */
async function crashedBefore(
  image: JournalImage,
  step: number,
  act: (journal: MemoryVoteJournal) => Promise<void>,
  survivors: (unsynced: number) => number,
): Promise<{ readonly image: JournalImage; readonly step: JournalStep } | undefined> {
  let steps = 0;
  let reached: (step: JournalStep) => void = () => {};
  const stopped = new Promise<JournalStep>((resolve) => {
    reached = resolve;
  });
  const journal = MemoryVoteJournal.open(image, {
    ...options,
    beforeStep: (name) => {
      steps += 1;
      if (steps <= step) return Promise.resolve();
      reached(name);
      return new Promise(() => {});
    },
  });
  const ended = act(journal).then(() => undefined);
  const name = await Promise.race([stopped, ended]);
  return name === undefined ? undefined : { image: journal.crash(survivors), step: name };
}

test("a journal survives a crash that tears its last turn at any byte", async () => {
  const image = await journalWith(["a", "b"], ["c"]);
  const append = (journal: MemoryVoteJournal) => journal.append(["d", "e"].map(utf8), at(9));
  const sizes = new Set<string>();
  for (let kept = 0; ; kept += 1) {
    let unsynced = 0;
    const crashed = await crashedBefore(image, 1, append, (bytes) => {
      unsynced = bytes;
      return kept;
    });
    if (crashed === undefined) throw new Error("an append has two steps or more");
    const found = texts(crashed.image);
    expect(["a,b,c", "a,b,c,d", "a,b,c,d,e"]).toContain(String(found));
    sizes.add(String(found));
    // What is left can be continued, and counts at the next start.
    const journal = MemoryVoteJournal.open(crashed.image, options);
    await journal.append([utf8("f")], at(10));
    expect(texts(journal.crash())).toEqual([...found, "f"]);
    if (kept === unsynced) break;
  }
  expect(sizes.size).toBe(3);
});

test("a crash before any step of an append keeps all earlier turns, and of this one a beginning", async () => {
  const image = await journalWith(["a"], ["b"]);
  const append = (journal: MemoryVoteJournal) => journal.append(["c", "d"].map(utf8), at(9));
  const seen: string[] = [];
  for (let step = 0; ; step += 1) {
    const none = await crashedBefore(image, step, append, () => 0);
    const all = await crashedBefore(image, step, append, (bytes) => bytes);
    const half = await crashedBefore(image, step, append, (bytes) => Math.floor(bytes / 2));
    if (none === undefined || all === undefined || half === undefined) break;
    seen.push(`${none.step} ${texts(none.image)} ${texts(all.image)} ${texts(half.image)}`);
  }
  expect(seen).toEqual([
    "write a,b a,b a,b",
    "sync a,b a,b,c,d a,b,c",
    "write-mark a,b,c,d a,b,c,d a,b,c,d",
    "sync-mark a,b,c,d a,b,c,d a,b,c,d",
  ]);
});

test("a crash before any step of a rewrite leaves the old entries or the kept ones", async () => {
  const image = await journalWith(["a", "b"], ["c"]);
  const rewrite = (journal: MemoryVoteJournal) => journal.rewrite([utf8("c")], at(9));
  const seen: string[] = [];
  for (let step = 0; ; step += 1) {
    const none = await crashedBefore(image, step, rewrite, () => 0);
    const half = await crashedBefore(image, step, rewrite, (bytes) => Math.floor(bytes / 2));
    if (none === undefined || half === undefined) break;
    seen.push(`${none.step} ${texts(none.image)} ${texts(half.image)}`);
  }
  expect(seen).toEqual(["replace a,b,c a,b,c", "write-mark c c", "sync-mark c c"]);
});

test("a crash before any step of a renewal leaves a flaw or the new, empty journal, whatever was there", async () => {
  const { journal: old = new Uint8Array(0), mark } = await journalWith(["a", "bb"], ["c"], ["d"]);
  const start = MemoryVoteJournal.create(options);
  const rewritten = MemoryVoteJournal.open({ journal: old, mark }, options);
  await rewritten.rewrite([utf8("d")], at(4));
  const { journal: kept } = rewritten.crash();
  const cuts = Array.from({ length: old.length }, (_, length) => old.subarray(0, length));
  const flips = Array.from(old, (byte, i) => old.with(i, byte ^ 0x20));
  const journals = [undefined, old, kept, start.journal, ...cuts, ...flips];
  const marks = [undefined, mark, start.mark, mark?.with(0, 7).with(4_096, 7)];
  // The position of a first start makes the very record that every journal begins with.
  const positions = [
    { epoch: 0, view: 0 },
    { epoch: 2, view: 0 },
  ];
  const seen = new Set<string>();
  for (const journal of journals) {
    for (const mark of marks) {
      const before = texts({ journal, mark });
      if (Array.isArray(before)) continue; // Sound: not renewed.
      for (const position of positions) {
        const renew = (renewed: MemoryVoteJournal) => renewed.renew(position);
        for (let step = 0; ; step += 1) {
          const crashed = await crashedBefore({ journal, mark }, step, renew, () => 0);
          if (crashed === undefined) break;
          const found = texts(crashed.image);
          expect(Array.isArray(found) ? found : []).toEqual([]);
          seen.add(`${crashed.step} ${Array.isArray(found) ? "empty" : "flaw"}`);
          // Whatever is left can be renewed to the end.
          const again = MemoryVoteJournal.open(crashed.image, options);
          if (again.state.kind !== "sound") await again.renew(position);
          await again.append([utf8("e")], position);
          expect(texts(again.crash())).toEqual(["e"]);
        }
      }
    }
  }
  // Empty before the new mark: under the mark of a first start, which names the record that the new journal is.
  expect([...seen].sort()).toEqual(["replace flaw", "replace-mark empty", "replace-mark flaw"]);
});

test("until a renewal is complete, the old mark goes on saying its epoch", async () => {
  const journal = MemoryVoteJournal.open(MemoryVoteJournal.create(options), options);
  await journal.append([utf8("a")], { epoch: 7, view: 1 });
  const { mark } = journal.crash();
  const renew = (renewed: MemoryVoteJournal) => renewed.renew({ epoch: 9, view: 0 });
  for (const step of [0, 1]) {
    const crashed = await crashedBefore({ journal: undefined, mark }, step, renew, () => 0);
    const left = MemoryVoteJournal.open(crashed?.image, options);
    expect([left.state.kind, left.markEpoch]).toEqual(["damaged", 7]);
  }
});

test("kept entries that are lost before the mark of a rewrite was written are damage", async () => {
  const image = await journalWith(["a"], ["b"]);
  const rewrite = (journal: MemoryVoteJournal) => journal.rewrite(["a", "b"].map(utf8), at(9));
  const crashed = await crashedBefore(image, 1, rewrite, () => 0);
  const journal = crashed?.image.journal ?? new Uint8Array(0);
  const cut = { journal: journal.subarray(0, journal.length - 1), mark: crashed?.image.mark };
  expect(texts(cut)).toBe("entries that were kept are damaged");
});

test("any flipped bit at or below the mark is damage", async () => {
  const { journal = new Uint8Array(0), mark } = await journalWith(["a", "bb"], ["ccc"]);
  for (let byte = 0; byte < journal.length; byte += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = journal.slice();
      flipped[byte] = (flipped[byte] ?? 0) ^ (1 << bit);
      const found = inspectJournal(nativeHasher, options, { journal: flipped, mark });
      expect(`${byte}.${bit} ${found.ok}`).toBe(`${byte}.${bit} false`);
    }
  }
});

test("any end before the mark is damage", async () => {
  const { journal = new Uint8Array(0), mark } = await journalWith(["a", "bb"], ["ccc"]);
  for (let length = 0; length < journal.length; length += 1) {
    const cut = { journal: journal.subarray(0, length), mark };
    expect(inspectJournal(nativeHasher, options, cut).ok).toBe(false);
  }
});

test("a torn mark leaves the one before it in force", async () => {
  const start = MemoryVoteJournal.create(options);
  const { journal: whole = new Uint8Array(0) } = await journalWith(["a"], ["b"], ["c"]);
  const append = async (journal: MemoryVoteJournal) => {
    for (const [view, text] of ["a", "b", "c", "d"].entries()) {
      await journal.append([utf8(text)], at(view));
    }
  };
  for (let kept = 0; kept < 64; kept += 1) {
    const crashed = await crashedBefore(start, 15, append, () => kept);
    expect(crashed?.step).toBe("sync-mark");
    const mark = crashed?.image.mark;
    expect(texts({ journal: whole, mark })).toEqual(["a", "b", "c"]);
    // "c" was marked, and sent, before: without it the journal is not sound.
    const cut = { journal: whole.subarray(0, whole.length - 1), mark };
    expect(inspectJournal(nativeHasher, options, cut).ok).toBe(false);
  }
});

test("any flipped bit of the mark leaves every entry, as the other slot is whole", async () => {
  const { journal, mark = new Uint8Array(0) } = await journalWith(["a", "bb"], ["ccc"]);
  for (let byte = 0; byte < mark.length; byte += 1) {
    const flipped = mark.slice();
    flipped[byte] = (flipped[byte] ?? 0) ^ 0x40;
    const found = inspectJournal(nativeHasher, options, { journal, mark: flipped });
    expect(found.ok ? found.value.entries.length : 0).toBe(3);
  }
});

test("any turns, rewrites and starts keep what was appended since the last rewrite", async () => {
  const action = fc.oneof(
    fc.record({ append: fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 }) }),
    fc.record({ keep: fc.nat(3) }),
    fc.record({ restart: fc.constant(true) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 20 }), async (actions) => {
      let journal = MemoryVoteJournal.open(MemoryVoteJournal.create(options), options);
      let expected: string[] = [];
      for (const [view, next] of actions.entries()) {
        if ("append" in next) {
          await journal.append(next.append.map(utf8), at(view));
          expected = [...expected, ...next.append];
        } else if ("keep" in next) {
          expected = expected.slice(Math.max(0, expected.length - next.keep));
          await journal.rewrite(expected.map(utf8), at(view));
        } else {
          journal = MemoryVoteJournal.open(journal.crash(), options);
        }
      }
      expect(texts(journal.crash())).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

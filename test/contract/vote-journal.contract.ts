/**
 * What every VoteJournal must do: run on the memory twin and on real files.
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { nativeHasher } from "../../node/adapters/native-crypto.ts";
import { utf8 } from "../../src/base/bytes.ts";
import type { ChainId, PublicKey } from "../../src/protocol/ids.ts";
import { type JournalIdentity, readMark, slotOffset } from "../../src/storage/journal-format.ts";
import type { JournalFilesContent } from "../../src/storage/journal-inspection.ts";
import type { VoteJournal } from "../../src/storage/vote-journal.ts";

export const identity: JournalIdentity = {
  chainId: "c1".repeat(32) as ChainId,
  consensusKey: "5e".repeat(32) as PublicKey,
};

export interface JournalHarness {
  /** The files of a new journal. */
  create(): Promise<JournalFilesContent>;
  /** A disk with these files, opened. */
  open(content: JournalFilesContent, whose?: JournalIdentity): Promise<VoteJournal>;
  /** What the opened journal's disk holds durably. */
  content(): Promise<JournalFilesContent>;
  clean(): Promise<void>;
}

const texts = (journal: VoteJournal): string[] | string =>
  journal.state.kind === "sound"
    ? journal.state.entries.map((entry) => new TextDecoder().decode(entry))
    : journal.state.kind;

export function voteJournalContract(name: string, harness: JournalHarness): void {
  describe(name, () => {
    let open: VoteJournal | undefined;
    const opened = async (
      content: JournalFilesContent,
      whose?: JournalIdentity,
    ): Promise<VoteJournal> => {
      await open?.close();
      open = await harness.open(content, whose);
      return open;
    };
    const reopened = async (): Promise<VoteJournal> => await opened(await harness.content());
    const append = async (journal: VoteJournal, view: number, ...entries: string[]) =>
      await journal.append(entries.map(utf8), { epoch: 0, view });

    afterEach(async () => {
      await open?.close();
      open = undefined;
      await harness.clean();
    });

    test("a new journal is sound and empty", async () => {
      const journal = await opened(await harness.create());
      expect(texts(journal)).toEqual([]);
    });

    test("no files are no journal, which takes nothing", async () => {
      const journal = await opened({ journal: undefined, mark: undefined });
      expect(journal.state.kind).toBe("absent");
      await expect(append(journal, 1, "vote")).rejects.toThrow("absent");
      await expect(journal.rewrite([], { epoch: 0, view: 1 })).rejects.toThrow("absent");
    });

    test("one file without the other is damage", async () => {
      const { journal, mark } = await harness.create();
      for (const content of [
        { journal, mark: undefined },
        { journal: undefined, mark },
      ]) {
        const half = await opened(content);
        expect(half.state.kind).toBe("damaged");
        await expect(append(half, 1, "vote")).rejects.toThrow("damaged");
      }
    });

    test("a journal of another chain or another key is damage", async () => {
      const content = await harness.create();
      for (const other of [
        { ...identity, chainId: "c2".repeat(32) as ChainId },
        { ...identity, consensusKey: `${identity.consensusKey.slice(0, 62)}00` as PublicKey },
      ]) {
        expect((await opened(content, other)).state.kind).toBe("damaged");
      }
    });

    test("entries come back in order, over several turns and several starts", async () => {
      let journal = await opened(await harness.create());
      await append(journal, 1, "a", "b");
      await append(journal, 2, "c");
      journal = await reopened();
      expect(texts(journal)).toEqual(["a", "b", "c"]);
      await append(journal, 3, "d", "");
      journal = await reopened();
      expect(texts(journal)).toEqual(["a", "b", "c", "d", ""]);
    });

    test("appends that were not awaited are written in order", async () => {
      const journal = await opened(await harness.create());
      await Promise.all(["a", "b", "c"].map((text, i) => append(journal, i, text)));
      expect(texts(await reopened())).toEqual(["a", "b", "c"]);
    });

    test("an entry of the largest size is kept, a larger one is a bug", async () => {
      const journal = await opened(await harness.create());
      const largest = "x".repeat(64 * 1024);
      await append(journal, 1, largest);
      expect(texts(await reopened())).toEqual([largest]);
      const next = await reopened();
      await expect(append(next, 2, `${largest}x`)).rejects.toThrow("within its bound");
    });

    test("a rewrite keeps what it is given, and the journal goes on after it", async () => {
      let journal = await opened(await harness.create());
      await append(journal, 1, "a", "b", "c");
      await journal.rewrite([utf8("c")], { epoch: 0, view: 1 });
      await append(journal, 2, "d");
      journal = await reopened();
      expect(texts(journal)).toEqual(["c", "d"]);
      await journal.rewrite([], { epoch: 0, view: 2 });
      await journal.rewrite([utf8("e")], { epoch: 0, view: 2 });
      journal = await reopened();
      expect(texts(journal)).toEqual(["e"]);
    });

    test("an older copy of the journal under a newer mark is damage", async () => {
      const old = await harness.create();
      const journal = await opened(old);
      await append(journal, 1, "a");
      const { mark } = await harness.content();
      expect((await opened({ journal: old.journal, mark })).state.kind).toBe("damaged");
    });

    test("a journal under the mark of another history of the same length is damage", async () => {
      const start = await harness.create();
      await append(await opened(start), 1, "a");
      const first = await harness.content();
      await append(await opened(start), 1, "b");
      const second = await harness.content();
      expect((await opened({ ...first, mark: second.mark })).state.kind).toBe("damaged");
    });

    test("a journal from before a rewrite, under the mark from after it, is damage", async () => {
      const journal = await opened(await harness.create());
      await append(journal, 1, "a", "b");
      const before = await harness.content();
      await journal.rewrite([utf8("b")], { epoch: 0, view: 1 });
      const { mark } = await harness.content();
      expect((await opened({ journal: before.journal, mark })).state.kind).toBe("damaged");
    });

    test("any one changed byte of the journal is damage", async () => {
      const journal = await opened(await harness.create());
      await append(journal, 1, "a", "b");
      const { journal: bytes = new Uint8Array(0), mark } = await harness.content();
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ 0x10;
        const found = await opened({ journal: changed, mark });
        expect(`${at} ${found.state.kind}`).toBe(`${at} damaged`);
      }
    });

    test("a mark without a valid slot is damage; one valid slot is enough for a whole journal", async () => {
      const journal = await opened(await harness.create());
      await append(journal, 1, "a");
      await append(journal, 2, "b");
      const { journal: bytes, mark = new Uint8Array(0) } = await harness.content();
      const without = (...offsets: number[]): Uint8Array => {
        const changed = mark.slice();
        for (const offset of offsets) changed[offset] = (changed[offset] ?? 0) ^ 1;
        return changed;
      };
      for (const offset of [0, 4_096]) {
        expect(texts(await opened({ journal: bytes, mark: without(offset) }))).toEqual(["a", "b"]);
      }
      expect((await opened({ journal: bytes, mark: without(0, 4_096) })).state.kind).toBe(
        "damaged",
      );
    });

    test("a torn tail beyond the mark is cut, and whole entries there count from then on", async () => {
      const journal = await opened(await harness.create());
      await append(journal, 1, "a");
      const { mark: oldMark } = await harness.content();
      await append(journal, 2, "b");
      await append(journal, 3, "c");
      const { journal: bytes = new Uint8Array(0) } = await harness.content();
      const torn = { journal: bytes.subarray(0, bytes.length - 1), mark: oldMark };
      expect(texts(await opened(torn))).toEqual(["a", "b"]);
      // The mark reached "b" when it was opened: to lose it now is damage.
      const { journal: cut = new Uint8Array(0), mark } = await harness.content();
      const lost = { journal: cut.subarray(0, cut.length - 1), mark };
      expect((await opened(lost)).state.kind).toBe("damaged");
      const again = await opened({ journal: cut, mark });
      await append(again, 4, "d");
      expect(texts(await reopened())).toEqual(["a", "b", "d"]);
    });

    test("the epoch of the mark is that of the newest turn, and survives a start", async () => {
      let journal = await opened(await harness.create());
      expect(journal.markEpoch).toBe(0);
      await journal.append([utf8("a")], { epoch: 3, view: 9 });
      expect(journal.markEpoch).toBe(3);
      await journal.rewrite([], { epoch: 4, view: 1 });
      expect((await reopened()).markEpoch).toBe(4);
      // A damaged journal says it too: either slot may be the one that is left.
      const { mark = new Uint8Array(0) } = await harness.content();
      journal = await opened({ journal: undefined, mark });
      expect([journal.state.kind, journal.markEpoch]).toEqual(["damaged", 4]);
      const newest = readMark(nativeHasher, mark)?.slot ?? 0;
      const torn = mark.slice();
      torn.fill(0, slotOffset(newest), slotOffset(newest) + 8);
      expect((await opened({ journal: undefined, mark: torn })).markEpoch).toBe(3);
    });

    test("no valid slot says no epoch, and neither does a mark that is not there", async () => {
      const { journal } = await harness.create();
      const zeros = new Uint8Array(slotOffset(1) + 64);
      expect((await opened({ journal, mark: zeros })).markEpoch).toBeUndefined();
      expect((await opened({ journal, mark: undefined })).markEpoch).toBeUndefined();
      expect((await opened({ journal: undefined, mark: undefined })).markEpoch).toBeUndefined();
    });

    test("a journal that is damaged or absent is renewed: empty, sound, and it goes on", async () => {
      const { journal: bytes, mark } = await harness.create();
      for (const content of [
        { journal: undefined, mark: undefined },
        { journal: undefined, mark },
        { journal: bytes, mark: undefined },
        { journal: bytes?.subarray(1), mark },
      ]) {
        let journal = await opened(content);
        await journal.renew({ epoch: 5, view: 0 });
        expect([texts(journal), journal.markEpoch]).toEqual([[], 5]);
        await journal.append([utf8("a")], { epoch: 5, view: 1 });
        await journal.rewrite([utf8("b")], { epoch: 5, view: 2 });
        await journal.append([utf8("c")], { epoch: 6, view: 1 });
        journal = await reopened();
        expect([texts(journal), journal.markEpoch]).toEqual([["b", "c"], 6]);
      }
    });

    test("a renewal is for a flawed journal, once, and of no earlier epoch than its mark", async () => {
      const sound = await opened(await harness.create());
      await expect(sound.renew({ epoch: 9, view: 0 })).rejects.toThrow("is sound");
      await sound.append([utf8("a")], { epoch: 3, view: 1 });
      const { mark } = await harness.content();
      const earlier = await opened({ journal: undefined, mark });
      await expect(earlier.renew({ epoch: 2, view: 7 })).rejects.toThrow("no earlier epoch");
      const renewed = await opened({ journal: undefined, mark });
      await renewed.renew({ epoch: 4, view: 0 });
      await expect(renewed.renew({ epoch: 5, view: 0 })).rejects.toThrow("already");
      expect(renewed.markEpoch).toBe(4);
    });

    test("the journal from before a renewal, under the mark from after it, is damage", async () => {
      const journal = await opened(await harness.create());
      await append(journal, 1, "a", "b");
      const { journal: old = new Uint8Array(0), mark: oldMark } = await harness.content();
      const flawed = await opened({ journal: old.subarray(0, old.length - 1), mark: oldMark });
      await flawed.renew({ epoch: 1, view: 0 });
      const { mark } = await harness.content();
      expect((await opened({ journal: old, mark })).state.kind).toBe("damaged");
    });
  });
}

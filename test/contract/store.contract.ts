/**
 * What every Store must do: run on the memory twin and on the real one.
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import type { Entry, Store, Write } from "../../src/storage/store.ts";

export interface StoreHarness {
  open(): Promise<Store>;
  /** Closes the store and opens what it left. */
  reopen(store: Store): Promise<Store>;
  /** After a test: closes the last store and removes what it left. */
  clean(store: Store | undefined): Promise<void>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const put = (key: Uint8Array, value: Uint8Array): Write => ({ kind: "put", key, value });
const numbers = (entries: readonly Entry[]): (number | undefined)[] =>
  entries.map(({ key }) => key[0]);

export function storeContract(name: string, harness: StoreHarness): void {
  describe(name, () => {
    let store: Store | undefined;
    const open = async (): Promise<Store> => {
      store = await harness.open();
      return store;
    };
    afterEach(async () => {
      await harness.clean(store);
      store = undefined;
    });

    test("gives back what was committed, and nothing for other keys", async () => {
      const s = await open();
      await s.commit([put(bytes(1), bytes(2, 3)), put(bytes(1, 0), bytes())]);
      expect(s.get(bytes(1))).toStrictEqual(bytes(2, 3));
      expect(s.get(bytes(1, 0))).toStrictEqual(bytes());
      expect(s.get(bytes(2))).toBeUndefined();
    });

    test("the later of two writes to a key counts, also within one commit", async () => {
      const s = await open();
      await s.commit([put(bytes(1), bytes(1)), put(bytes(2), bytes(1))]);
      await s.commit([
        put(bytes(1), bytes(2)),
        put(bytes(1), bytes(3)),
        { kind: "delete", key: bytes(2) },
      ]);
      expect(s.get(bytes(1))).toStrictEqual(bytes(3));
      expect(s.get(bytes(2))).toBeUndefined();
    });

    test("commits that were not awaited take effect in order", async () => {
      const s = await open();
      await Promise.all([
        s.commit([put(bytes(1), bytes(1))]),
        s.commit([{ kind: "delete", key: bytes(1) }]),
        s.commit([put(bytes(2), bytes(1))]),
        s.commit([put(bytes(2), bytes(2))]),
      ]);
      expect(s.get(bytes(1))).toBeUndefined();
      expect(s.get(bytes(2))).toStrictEqual(bytes(2));
    });

    test("a range holds its start and not its end, in the order of unsigned bytes", async () => {
      const s = await open();
      await s.commit([200, 3, 127, 128, 1].map((key) => put(bytes(key), bytes(key))));
      const range = { from: bytes(3), to: bytes(200), limit: 10 };
      expect(numbers(await s.range(range))).toEqual([3, 127, 128]);
      expect(await s.range({ ...range, limit: 1 })).toStrictEqual([
        { key: bytes(3), value: bytes(3) },
      ]);
      expect(numbers(await s.range({ ...range, reverse: true, limit: 2 }))).toEqual([128, 127]);
      expect(await s.range({ ...range, from: bytes(4), to: bytes(4) })).toEqual([]);
    });

    test("a shorter key comes before the keys that begin with it", async () => {
      const s = await open();
      await s.commit([put(bytes(7, 0), bytes()), put(bytes(7), bytes()), put(bytes(8), bytes())]);
      const found = await s.range({ from: bytes(7), to: bytes(8), limit: 10 });
      expect(found.map(({ key }) => key)).toStrictEqual([bytes(7), bytes(7, 0)]);
    });

    test("a range sees keys that came and went since the last one", async () => {
      const s = await open();
      const range = { from: bytes(0), to: bytes(255), limit: 10 };
      await s.commit([put(bytes(1), bytes()), put(bytes(3), bytes())]);
      expect(numbers(await s.range(range))).toEqual([1, 3]);
      await s.commit([put(bytes(2), bytes()), { kind: "delete", key: bytes(1) }]);
      expect(numbers(await s.range(range))).toEqual([2, 3]);
    });

    test("what is given and what is taken are copies", async () => {
      const s = await open();
      const value = bytes(1, 2, 3);
      await s.commit([put(bytes(1), value)]);
      value.fill(0);
      const found = s.get(bytes(1));
      found?.slice().fill(9);
      expect(found).toStrictEqual(bytes(1, 2, 3));
      found?.fill(9);
      expect(s.get(bytes(1))).toStrictEqual(bytes(1, 2, 3));
    });

    test("everything committed is there after closing and opening", async () => {
      let s = await open();
      const writes = Array.from({ length: 3_000 }, (_, i) => put(bytes(i >> 8, i & 255), bytes(1)));
      await s.commit(writes);
      s = await harness.reopen(s);
      store = s;
      const found = await s.range({ from: bytes(0), to: bytes(255), limit: 10_000 });
      expect(found.length).toBe(3_000);
    });

    test("a closed store takes no commit", async () => {
      const s = await open();
      await s.close();
      await expect(s.commit([put(bytes(1), bytes(1))])).rejects.toThrow("closed");
    });
  });
}

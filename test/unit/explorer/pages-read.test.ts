/**
 * A list as far as it was read, while it goes on at its top: each row once, none between lost, and no more than was asked.
 * @module
 */
import { expect, test } from "vitest";
import {
  newsAbove,
  newsIn,
  onePage,
  withFirst,
  withNext,
} from "../../../node/explorer/parts/pages-read.ts";

interface Row {
  readonly id: number;
  readonly text?: string;
}
const keyOf = ({ id }: Row): number => id;
/** From a number downwards. */
const rows = (from: number, to: number): readonly Row[] =>
  Array.from({ length: from - to + 1 }, (_, i) => ({ id: from - i }));
const ids = ({ items }: { readonly items: readonly Row[] }): readonly number[] => items.map(keyOf);

const first = { items: rows(30, 21), next: "20" };
const second = { items: rows(20, 11), next: "10" };

test("what comes anew takes the place of the first page, and the list grows no longer by it", () => {
  const read = withFirst(onePage(first), { items: rows(33, 24), next: "23" }, keyOf);
  expect(ids(read)).toEqual(ids({ items: rows(33, 24) }));
  expect(read.next).toBe("23");
});

test("what was read beyond the first page stays below what is new, each row once", () => {
  const read = withNext(onePage(first), second, keyOf);
  const now = withFirst(read, { items: rows(33, 24), next: "23" }, keyOf);
  expect(ids(now)).toEqual(ids({ items: rows(33, 11) }));
  expect(now.next).toBe("10");
  // A page that has moved on meanwhile brings a row a second time.
  expect(ids(withNext(read, { items: rows(12, 5), next: null }, keyOf))).toEqual(
    ids({ items: rows(30, 5) }),
  );
});

test("with a gap between, the list begins anew: no row is left out in its middle", () => {
  const read = withNext(onePage(first), second, keyOf);
  const now = withFirst(read, { items: rows(99, 90), next: "89" }, keyOf);
  expect(ids(now)).toEqual(ids({ items: rows(99, 90) }));
  expect(now.next).toBe("89");
});

test("a row that changed is shown as it is now", () => {
  const read = withNext(onePage(first), second, keyOf);
  const now = withFirst(
    read,
    { items: [{ id: 30, text: "new" }, ...rows(29, 21)], next: "20" },
    keyOf,
  );
  expect(now.items[0]).toEqual({ id: 30, text: "new" });
  expect(now.items).toHaveLength(20);
});

test("only rows that were not there are news", () => {
  expect(newsIn(onePage(first), undefined, keyOf)).toBe(0);
  expect(newsIn(onePage(first), first, keyOf)).toBe(0);
  expect(newsIn(onePage(first), { items: rows(33, 24), next: "23" }, keyOf)).toBe(3);
});

test("what came above a held list is counted, and said to be more where not all of it is kept", () => {
  const shown = rows(30, 21);
  expect(newsAbove(shown, shown, keyOf)).toEqual({ count: 0, isMore: false });
  expect(newsAbove(rows(33, 21), shown, keyOf)).toEqual({ count: 3, isMore: false });
  expect(newsAbove(rows(60, 31), shown, keyOf)).toEqual({ count: 30, isMore: true });
  expect(newsAbove(shown, [], keyOf)).toEqual({ count: 10, isMore: false });
});

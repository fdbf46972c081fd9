/**
 * A list as far as its reader has asked for it: its first page, which may come anew, and what was read beyond it.
 * @module
 */
import type { ListJson } from "../../../src/api/json.ts";

export type Page<Item> = Pick<ListJson<Item>, "items" | "next">;
export type KeyOf<Item> = (item: Item) => string | number;

export interface PagesRead<Item> extends Page<Item> {
  /** Of the items, those of pages after the first; they stay when the first comes anew. */
  readonly isLonger: boolean;
}

export const onePage = <Item>({ items, next }: Page<Item>): PagesRead<Item> => ({
  items,
  next,
  isLonger: false,
});

/** Each once: what moved on while the list was read may come a second time. */
export function withNext<Item>(
  read: PagesRead<Item>,
  { items, next }: Page<Item>,
  keyOf: KeyOf<Item>,
): PagesRead<Item> {
  return { items: distinct([...read.items, ...items], keyOf), next, isLonger: true };
}

/**
 * The first page, come anew, in place of what was there. What was read beyond it stays below, unless there is a gap
 * between: then the list begins anew.
 */
export function withFirst<Item>(
  read: PagesRead<Item>,
  first: Page<Item>,
  keyOf: KeyOf<Item>,
): PagesRead<Item> {
  if (!read.isLonger || first.next === null) return onePage(first);
  const known = new Set(read.items.map(keyOf));
  if (!first.items.some((item) => known.has(keyOf(item)))) return onePage(first);
  const items = distinct([...first.items, ...read.items], keyOf);
  return { items, next: read.next, isLonger: true };
}

/** How many of them the reader has not seen. */
export function newsIn<Item>(
  read: PagesRead<Item>,
  first: Page<Item> | undefined,
  keyOf: KeyOf<Item>,
): number {
  if (first === undefined) return 0;
  const known = new Set(read.items.map(keyOf));
  return first.items.filter((item) => !known.has(keyOf(item))).length;
}

/** How many came above what is shown; `isMore`: what is shown is not among those any more that are kept. */
export function newsAbove<Item>(
  items: readonly Item[],
  shown: readonly Item[],
  keyOf: KeyOf<Item>,
): { readonly count: number; readonly isMore: boolean } {
  const [newest] = shown;
  if (newest === undefined) return { count: items.length, isMore: false };
  const at = items.findIndex((item) => keyOf(item) === keyOf(newest));
  return at === -1 ? { count: items.length, isMore: true } : { count: at, isMore: false };
}

/** The first one of each key. */
function distinct<Item>(items: readonly Item[], keyOf: KeyOf<Item>): readonly Item[] {
  const seen = new Map<string | number, Item>();
  for (const item of items) if (!seen.has(keyOf(item))) seen.set(keyOf(item), item);
  return [...seen.values()];
}

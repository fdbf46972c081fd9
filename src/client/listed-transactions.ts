/**
 * What several nodes say that an account's transactions are: one list of ids, and who left what out.
 *
 * These are words. Which of them are final, and where, is proven one by one; that an outgoing one is missing shows in
 * the nonces, that an incoming one is missing only if another node names it.
 * @module
 */
import { askNode } from "../api/asking.ts";
import type { ListJson, TransactionJson } from "../api/json.ts";
import type { RawAnswer } from "./evidence.ts";
import type { LightClientOptions } from "./ports.ts";
import { RecordingWeb } from "./recording-web.ts";

export interface ListedPlace {
  readonly height: number;
  readonly index: number;
}

export interface Listed extends ListedPlace {
  readonly id: string;
}

/** One node's page, newest first. */
export interface ListedPage {
  readonly node: string;
  readonly items: readonly Listed[];
  readonly next: string | null;
  readonly raw: readonly RawAnswer[];
}

export interface PageWish {
  readonly address: string;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Undefined: no answer. */
export async function listedBy(
  { web, timeoutMs }: LightClientOptions,
  node: string,
  { address, limit, cursor }: PageWish,
): Promise<ListedPage | undefined> {
  const recording = new RecordingWeb(web);
  const { result } = await askNode(
    recording,
    node,
    (client) => client.accountTransactions(address, { limit, cursor }),
    { timeoutMs },
  );
  return result.ok ? { node, ...pageOf(result.value), raw: recording.answers } : undefined;
}

const pageOf = ({
  items,
  next,
}: ListJson<TransactionJson>): Pick<ListedPage, "items" | "next"> => ({
  items: items.flatMap((item) =>
    item.status === "final" ? [{ id: item.id, height: item.height, index: item.index }] : [],
  ),
  next,
});

/** Newest first: by height, in a block from the last transaction to the first. */
export const newestFirst = (a: ListedPlace, b: ListedPlace): number =>
  b.height - a.height || b.index - a.index;

/** Every transaction that a node lists, once, with the nodes that list it; newest first. */
export function unionOf(
  pages: readonly ListedPage[],
  limit: number,
): readonly (Listed & { readonly nodes: readonly string[] })[] {
  const found = new Map<string, Listed & { readonly nodes: string[] }>();
  for (const { node, items } of pages) {
    for (const item of items) {
      const known = found.get(item.id);
      if (known === undefined) found.set(item.id, { ...item, nodes: [node] });
      else known.nodes.push(node);
    }
  }
  return [...found.values()].toSorted(newestFirst).slice(0, limit);
}

/** Whether the page reaches over a place without having the transaction that is there. */
export function leavesOut({ items, next }: ListedPage, proven: Listed): boolean {
  if (items.some(({ id }) => id === proven.id)) return false;
  const last = items.at(-1);
  return next === null || (last !== undefined && newestFirst(proven, last) < 0);
}

/** Where the next page begins: by a node whose page ends where this one does, else by any. */
export function nextAfter(pages: readonly ListedPage[], last: Listed | undefined): string | null {
  const same = pages.find(({ items }) => last !== undefined && items.at(-1)?.id === last.id);
  return (same ?? pages.find(({ next }) => next !== null))?.next ?? null;
}

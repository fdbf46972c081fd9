/**
 * The rows of the history tree at opening: checked where LevelDB may have lost something, and made anew for a ledger
 * that was written before there were any.
 *
 * The check begins with the frontier of an older height, as the rows have it, appends the ids that follow, compares
 * each row with what comes out, and must end with the frontier that the tip's historyRoot was checked against. So a
 * wrong row in between shows, and so does a wrong beginning. Rows below are checked by every path that they give.
 * @module
 */
import { equalBytes } from "../base/bytes.ts";
import { emptyFrontier, type Frontier } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import { blockIdCodec, type Height, height } from "../protocol/ids.ts";
import type { BlockRows } from "./block-rows.ts";
import { decodeRow, type TipRow } from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import { appendId, HistoryRows } from "./history-rows.ts";
import { heightRange, parseHeightKey, prefixes } from "./keys.ts";
import type { Entry, Store, Write } from "./store.ts";

interface Source {
  readonly store: Store;
  readonly hasher: Hasher;
}

/** Heights whose rows are recomputed: as many as a damaged log of LevelDB can have lost. */
const checkedHeights = 10_000;
const heightsPerPage = 2_000;

/** Throws StorageCorruption. The tip's row and its frontier are checked already. */
export async function checkHistory(
  tip: TipRow,
  source: Source & { readonly blocks: BlockRows },
): Promise<void> {
  const { store, hasher } = source;
  const from = Math.max(0, tip.height - checkedHeights);
  let frontier = new HistoryRows(source).frontier(from);
  for await (const page of idPages(store, { from, end: tip.height + 1 })) {
    const [first, end] = [height(frontier.size), height(frontier.size + page.length)];
    const range = heightRange(prefixes.history, { from: first, to: end, limit: page.length });
    const rows = await store.range(range);
    const written = new Map(rows.map(({ key, value }) => [parseHeightKey(key), value]));
    for (const row of page) {
      const appended = append(hasher, frontier, row);
      compare(written.get(height(frontier.size)), appended.write, frontier.size);
      frontier = appended.frontier;
    }
  }
  const whole = appendId(hasher, tip.frontier, tip.id).frontier;
  if (!sameFrontier(frontier, whole)) {
    throw new StorageCorruption("the rows of the history tree are not those of the tip's history");
  }
}

function compare(found: Uint8Array | undefined, expected: Write | undefined, at: number): void {
  const value = expected?.kind === "put" ? expected.value : undefined;
  const isSame =
    found === undefined || value === undefined ? found === value : equalBytes(found, value);
  if (!isSame) throw new StorageCorruption(`the history row of height ${at} is wrong or missing`);
}

const sameFrontier = (a: Frontier, b: Frontier): boolean =>
  a.size === b.size &&
  a.peaks.length === b.peaks.length &&
  a.peaks.every((peak, i) => equalBytes(peak, b.peaks[i] ?? new Uint8Array(0)));

/**
 * Writes the rows of all heights. Killed on the way it begins anew: rows that were written already are written again,
 * equal. Throws StorageCorruption.
 */
export async function addHistoryRows(tip: Height, { store, hasher }: Source): Promise<void> {
  let frontier = emptyFrontier;
  for await (const page of idPages(store, { from: 0, end: tip + 1 })) {
    const writes: Write[] = [];
    for (const row of page) {
      const appended = append(hasher, frontier, row);
      if (appended.write !== undefined) writes.push(appended.write);
      frontier = appended.frontier;
    }
    await store.commit(writes);
  }
  if (frontier.size !== tip + 1) {
    throw new StorageCorruption(`${frontier.size} block ids are there, the tip is at ${tip}`);
  }
}

/** Rows `h` of the heights from ≤ h < end, which must all be there. Throws StorageCorruption. */
async function* idPages(
  store: Store,
  span: { readonly from: number; readonly end: number },
): AsyncGenerator<readonly Entry[], void, undefined> {
  for (let from = span.from; from < span.end; from += heightsPerPage) {
    const to = Math.min(span.end, from + heightsPerPage);
    const limits = { from: height(from), to: height(to), limit: heightsPerPage };
    const page = await store.range(heightRange(prefixes.finalId, limits));
    if (page.length !== to - from) {
      throw new StorageCorruption(`block ids are missing between heights ${from} and ${to}`);
    }
    yield page;
  }
}

function append(hasher: Hasher, frontier: Frontier, row: Entry): ReturnType<typeof appendId> {
  if (parseHeightKey(row.key) !== frontier.size) {
    throw new StorageCorruption(`height ${frontier.size} has no block id`);
  }
  return appendId(hasher, frontier, decodeRow(blockIdCodec, row));
}

/**
 * The JSON contract of the series behind charts: what one node saw become final, by time.
 *
 * Types only, like json.ts; series-schemas.ts holds the same shapes as schemas.
 * @module
 */
import type { TipJson } from "./json.ts";

export interface SeriesPointJson {
  /** Unix ms, a multiple of pointMs: a point stays what it was when the series is asked for again. */
  readonly fromMs: number;
  readonly blocks: number;
  readonly transactions: number;
  /** From first sight of a proposal to its finality, as this node measured; null: none was measured. */
  readonly finalityMsMedian: number | null;
  /** Bytes of a block by the most it may have, 0 to 1; null: no block. */
  readonly fillMean: number | null;
}

export interface SeriesJson {
  /** pointMs × the number of points. */
  readonly windowMs: number;
  /** A whole number of seconds. */
  readonly pointMs: number;
  /** This node has counted since then, Unix ms: of points before it, nothing is known. */
  readonly sinceMs: number;
  /** Oldest first; the last one is not over yet. */
  readonly points: readonly SeriesPointJson[];
  readonly tip: TipJson;
}

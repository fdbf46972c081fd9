/**
 * Cursors: where a page starts. Opaque to a client; here a height.
 *
 * Blocks and their stream are numbered by height, transactions of an account by height and index (src/api/position.ts).
 * A cursor names the first item of a page, in the order in which the page is read.
 * @module
 */

/** Digits that are always a safe integer. */
const heightText = /^(?:0|[1-9][0-9]{0,14})$/;

export function parseNumber(text: string): number | undefined {
  return heightText.test(text) ? Number(text) : undefined;
}

/** A page over the numbers 0 … last, forwards or backwards. */
export interface NumberPage {
  readonly numbers: readonly number[];
  readonly next: number | undefined;
  readonly prev: number | undefined;
}

/** @param start number of the first item; clamped to what there is. */
export function pageOfNumbers(options: {
  readonly start: number | undefined;
  readonly last: number;
  readonly limit: number;
  readonly descending: boolean;
}): NumberPage {
  const { last, limit, descending } = options;
  if (last < 0) return { numbers: [], next: undefined, prev: undefined };
  const step = descending ? -1 : 1;
  const begin = descending ? last : 0;
  const start = descending ? Math.min(options.start ?? last, last) : (options.start ?? 0);
  const isThere = (n: number): boolean => n >= 0 && n <= last;
  const numbers = Array.from({ length: limit }, (_, i) => start + step * i).filter(isThere);
  const next = start + step * limit;
  const prev = start - step * limit;
  return {
    numbers,
    next: isThere(next) ? next : undefined,
    prev: start === begin ? undefined : isThere(prev) ? prev : begin,
  };
}

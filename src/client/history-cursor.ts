/**
 * Where the next page of a proven history begins: `height.index`, and the nonce below which outgoing ones are to come.
 *
 * It is made of what was proven, never of a node's word. So nobody can make a page skip anything, and an outgoing
 * transaction that is hidden between two pages is missed on the later one.
 * @module
 */
import { formatPosition, type Position, parsePosition, placeBelow } from "../api/position.ts";

export interface HistoryCursor {
  /** The page has what is at this place or below. */
  readonly from: Position;
  /** All outgoing transactions with a lower nonce are at this place or below; undefined: not known. */
  readonly nonce: number | undefined;
}

const cursorText = /^(\d{1,15}\.\d{1,15})(?:\.(\d{1,15}))?$/;

export function parseHistoryCursor(text: string): HistoryCursor | undefined {
  const [, place, nonce] = cursorText.exec(text) ?? [];
  const from = place === undefined ? undefined : parsePosition(place);
  return from && { from, nonce: nonce === undefined ? undefined : Number(nonce) };
}

/** Undefined: there is no place below the last one. */
export function cursorBelow(last: Position, nonce: number | undefined): string | undefined {
  const from = placeBelow(last);
  if (from === undefined) return undefined;
  return formatPosition(from) + (nonce === undefined ? "" : `.${nonce}`);
}

/**
 * Positions in the final history, and their text: the ids of stream events.
 *
 * `12` is the end of block 12, `12.3` the place after its transaction 3; in a block the transactions come before its
 * end. All nodes number alike, so a reader goes on at any of them: the stream goes on *after* a position. A list begins
 * *with* what its cursor names, so the same text leads an account's list to the event and what was before it.
 * @module
 */
import type { Position } from "./position.ts";

export interface StreamPosition {
  readonly height: number;
  /** The last transaction before it; undefined: the whole block is before it. */
  readonly index: number | undefined;
}

/** Digits that are always a safe integer. */
const text = /^(0|[1-9][0-9]{0,14})(?:\.(0|[1-9][0-9]{0,14}))?$/;
/** Above every index that there is. */
const indexMax = 0xffff_ffff;

export function parseStreamPosition(given: string): StreamPosition | undefined {
  const [, height, index] = text.exec(given) ?? [];
  if (height === undefined) return undefined;
  return { height: Number(height), index: index === undefined ? undefined : Number(index) };
}

export const formatStreamPosition = ({ height, index }: StreamPosition): string =>
  index === undefined ? `${height}` : `${height}.${index}`;

/** Oldest first: below zero when `a` is before `b`. */
export function inOrder(a: StreamPosition, b: StreamPosition): number {
  return a.height - b.height || indexOf(a) - indexOf(b);
}

/** Where a list of transactions that is read newest first begins for a position: with its event, or its block's last. */
export function parseNewestAt(given: string): Position | undefined {
  const position = parseStreamPosition(given);
  return position && { height: position.height, index: Math.min(indexOf(position), indexMax) };
}

/** Where a list of blocks begins for a position. */
export const parseBlockAt = (given: string): number | undefined =>
  parseStreamPosition(given)?.height;

const indexOf = ({ index }: StreamPosition): number => index ?? Number.MAX_SAFE_INTEGER;

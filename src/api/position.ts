/**
 * Places of transactions, and their text: the cursors of an account's list, `height.index`.
 *
 * A page goes on at or below its cursor, newest first. So a client that knows where it is can name the next page
 * itself, whatever a node says.
 * @module
 */
export interface Position {
  readonly height: number;
  /** In its block. */
  readonly index: number;
}

/** Digits that are always a safe integer. */
const positionText = /^(0|[1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,14})$/;
/** Above every index that there is. */
const indexMax = 0xffff_ffff;

export function parsePosition(text: string): Position | undefined {
  const [, height, index] = positionText.exec(text) ?? [];
  return height === undefined || index === undefined
    ? undefined
    : { height: Number(height), index: Number(index) };
}

export const formatPosition = ({ height, index }: Position): string => `${height}.${index}`;

/** Newest first: by height, in a block from the last transaction to the first. */
export const newestFirst = (a: Position, b: Position): number =>
  b.height - a.height || b.index - a.index;

/** The newest place below this one; undefined: there is none. */
export function placeBelow({ height, index }: Position): Position | undefined {
  if (index > 0) return { height, index: index - 1 };
  return height > 0 ? { height: height - 1, index: indexMax } : undefined;
}

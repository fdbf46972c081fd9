/**
 * How facts are written on a terminal: a name and a value on a line, the values below each other.
 * @module
 */
import { visible } from "../../src/api/visible.ts";

export type Line = readonly [name: string, value: string];

export function lines(list: readonly Line[]): string {
  const width = Math.max(...list.map(([name]) => name.length));
  return list.map(([name, value]) => `${name.padEnd(width)}  ${visible(value)}`).join("\n");
}

export const timeText = (ms: number): string =>
  ms >= 0 && ms <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`;

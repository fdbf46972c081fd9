import { expect, test } from "vitest";
import { formatCheckpoint, parseCheckpoint } from "../../../src/protocol/checkpoint.ts";

const id = "ab".repeat(32);

test("a checkpoint that is written is read as the same", () => {
  for (const height of [0, 1, 9_007_199_254_740_991]) {
    const text = `${height}:${id}`;
    const checkpoint = parseCheckpoint(text);
    expect(checkpoint).toEqual({ height, blockId: id });
    if (checkpoint !== undefined) expect(formatCheckpoint(checkpoint)).toBe(text);
  }
});

test.each([
  "",
  id,
  `1:${id}0`,
  `1:${id.toUpperCase()}`,
  `01:${id}`,
  `-1:${id}`,
  `1.5:${id}`,
  `9007199254740992:${id}`,
  ` 1:${id}`,
  `1:${id}\n`,
])("%j is no checkpoint", (text) => {
  expect(parseCheckpoint(text)).toBeUndefined();
});

/**
 * Cursors of a proven history: places, and the nonce that is to come.
 * @module
 */
import { expect, test } from "vitest";
import { cursorBelow, parseHistoryCursor } from "../../../src/client/history-cursor.ts";

test("the next page begins right below the last item, also across blocks", () => {
  expect(cursorBelow({ height: 7, index: 3 }, 12)).toBe("7.2.12");
  expect(cursorBelow({ height: 7, index: 0 }, 12)).toBe("6.4294967295.12");
  expect(cursorBelow({ height: 7, index: 1 }, undefined)).toBe("7.0");
  expect(cursorBelow({ height: 0, index: 0 }, 12)).toBeUndefined();
});

test("a cursor is read as it was written; a node's own is one without a nonce", () => {
  expect(parseHistoryCursor("7.2.12")).toEqual({ from: { height: 7, index: 2 }, nonce: 12 });
  expect(parseHistoryCursor("7.2")).toEqual({ from: { height: 7, index: 2 }, nonce: undefined });
});

test.each(["", "7", "7.", "7.2.", "7.2.1.0", "07.2", "-7.2", "7.2;ls", "7.2.1e3", "9".repeat(16)])(
  "%j is no cursor",
  (text) => {
    expect(parseHistoryCursor(text)).toBeUndefined();
  },
);

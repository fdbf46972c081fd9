/**
 * What others wrote, as it is shown: two texts that differ look different, and none is empty to the eye.
 * @module
 */
import { expect, test } from "vitest";
import { visible } from "../../../src/api/visible.ts";

test.each([
  ["a control character", "a\u001bb", "a\\u{1b}b"],
  ["a right-to-left override", "a\u202eb", "a\\u{202e}b"],
  ["a space without width", "a\u200bb", "a\\u{200b}b"],
  ["a line separator", "a\u2028b", "a\\u{2028}b"],
  ["a Hangul filler", "a\u3164b", "a\\u{3164}b"],
  ["a grapheme joiner", "a\u034fb", "a\\u{34f}b"],
  ["a selector behind a letter", "al\ufe0fice", "al\\u{fe0f}ice"],
  ["a far selector", "a\u{e0100}b", "a\\u{e0100}b"],
  ["an empty Braille pattern", "\u2800", "\\u{2800}"],
])("%s is written as its number", (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test.each(["Zürich", "e\u0301", "한국어", "नमस्ते", "עברית", "❤\ufe0f", "🚀", ""])(
  "what can be seen stays as it is: %s",
  (text) => {
    expect(visible(text)).toBe(text);
  },
);

/**
 * Other people's text as it can be shown: nothing in it can hide, move the cursor or change the direction of writing.
 * @module
 */

/**
 * Control and format characters, line separators, fillers and joiners that are drawn as nothing, the empty Braille
 * pattern, and selectors of a form, unless they choose that of a picture.
 */
const hidden =
  /[\p{C}\p{Zl}\p{Zp}\u2800]|(?<!\p{Extended_Pictographic})[\ufe0e\ufe0f]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/gu;

/** What cannot be seen, or changes the direction, is written as its code point: `\u{1b}`. */
export const visible = (text: string): string =>
  text.replaceAll(hidden, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);

/** Of words that a node may choose, a person is shown so many characters. */
const wordsMax = 200;

/** A node's own words, visible and not too many of them. */
export function nodeWords(text: string): string {
  const letters = [...text.slice(0, 2 * wordsMax)];
  const isCut = letters.length > wordsMax || text.length > 2 * wordsMax;
  return visible(letters.slice(0, wordsMax).join("")) + (isCut ? " …" : "");
}

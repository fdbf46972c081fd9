/**
 * Text that others chose, as it can be shown on a terminal.
 * @module
 */

/** Control and direction characters are shown as what they are: no name or memo can rewrite the terminal. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);

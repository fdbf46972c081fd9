/**
 * How a page says that it was asked for one thing and shows another. Apart, since the first view needs no more of it.
 * @module
 */
import { nodeWords } from "../../../src/api/visible.ts";

/** Both may be any text: one from an address, one from a node. */
export const strayOf = (asked: readonly string[], shown: readonly string[]): string =>
  `It was asked for ${nodeWords(asked.join(" / "))}, and shows ${nodeWords(shown.join(" / "))}.`;

/**
 * From words to a key, and what to say about words that are none.
 * @module
 */
import { deriveSeed } from "../../src/keys/derivation.ts";
import { accountIndexMax, accountPath } from "../../src/keys/derivation-path.ts";
import { type MnemonicFlaw, masterSeedOf, parseMnemonic } from "../../src/keys/mnemonic.ts";
import { usageFailure } from "../failure.ts";
import type { Secret } from "./keystore.ts";

/** The key of this index. The words must be sound: `wordsIn`, or just made. */
export function secretOfWords(mnemonic: string, index: number): Secret {
  const path = accountPath(index);
  const derived = deriveSeed(masterSeedOf(mnemonic), path);
  if (!derived.ok) throw new Error(derived.reason); // An account's path is always sound.
  return { seed: derived.value, words: { mnemonic, path } };
}

/** Exit 2 names the flaw, never a word. */
export function wordsIn(text: string): string {
  const parsed = parseMnemonic(text);
  if (parsed.ok) return parsed.value;
  throw usageFailure(
    codeOf[parsed.reason.code],
    flawText(parsed.reason),
    fixOf[parsed.reason.code],
  );
}

export function flawText(flaw: MnemonicFlaw): string {
  switch (flaw.code) {
    case "word_count":
      return `a mnemonic has 12, 15, 18, 21 or 24 words, this has ${flaw.count}`;
    case "word_unknown":
      return `word ${flaw.position} is not in the English list of BIP-39`;
    case "checksum":
      return "all words are in the list, but their checksum is wrong (BIP-39)";
  }
}

const codeOf = {
  word_count: "words_count",
  word_unknown: "words_unknown",
  checksum: "words_checksum",
} as const;

const fixOf = {
  word_count: "Give all of the words, in their order.",
  word_unknown: "Correct that word: the first four letters of each word are enough to find it.",
  checksum:
    "A word is another one of the list, or two are swapped. Compare with what you wrote down.",
} as const;

export function indexOf(text: string): number {
  const index = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (index <= accountIndexMax) return index;
  throw usageFailure(
    "bad_index",
    `"${text}" is not an index`,
    `Give --index 0 to ${accountIndexMax}.`,
  );
}

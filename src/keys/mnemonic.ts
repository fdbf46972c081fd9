/**
 * Mnemonics: a key's entropy as English words that a person can write down.
 *
 * The only door of `@scure/bip39`. BIP-39 with the English list and without a passphrase; a passphrase is a
 * parameter only because the standard's own vectors have one.
 * https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
 * @module
 */
import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeedSync } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";

/** Words of a new mnemonic. Any of the standard's five lengths can be read. */
export type WordCount = 12 | 24;

const wordCountsRead: readonly number[] = [12, 15, 18, 21, 24];
const positions = new Map(wordlist.map((word, position) => [word, position]));

/** Bytes of entropy behind so many words: 16 or 32. */
export const entropyBytes = (words: WordCount): number => (words / 3) * 4;

/** The words of 16, 20, 24, 28 or 32 bytes of entropy, one space apart. */
export function mnemonicOf(entropy: Uint8Array): string {
  assert(wordCountsRead.includes((entropy.length * 3) / 4), "entropy is 16 to 32 bytes, by fours");
  return entropyToMnemonic(entropy, wordlist);
}

/** What is wrong with a text that should be a mnemonic. Says where, never which word: it is a secret. */
export type MnemonicFlaw =
  | { readonly code: "word_count"; readonly count: number }
  | { readonly code: "word_unknown"; readonly position: number }
  | { readonly code: "checksum" };

/** The words in their one form: lower case, one space apart. `position` counts from 1. */
export function parseMnemonic(text: string): Result<string, MnemonicFlaw> {
  const words = text.normalize("NFKD").trim().toLowerCase().split(/\s+/);
  const count = words[0] === "" ? 0 : words.length;
  if (!wordCountsRead.includes(count)) return fail({ code: "word_count", count });
  const unknown = words.findIndex((word) => !positions.has(word));
  if (unknown >= 0) return fail({ code: "word_unknown", position: unknown + 1 });
  const mnemonic = words.join(" ");
  try {
    mnemonicToEntropy(mnemonic, wordlist);
  } catch {
    return fail({ code: "checksum" }); // Length and words were checked above, so nothing else is left.
  }
  return ok(mnemonic);
}

/** The 64-byte seed of a parsed mnemonic: PBKDF2 with 2,048 rounds, some tens of milliseconds. */
export function masterSeedOf(mnemonic: string, passphrase = ""): Uint8Array {
  return mnemonicToSeedSync(mnemonic, passphrase);
}

/**
 * `quorate-wallet import [NAME]`: a key from its words or from a key file.
 * @module
 */
import { readFile } from "node:fs/promises";
import { usageFailure } from "../failure.ts";
import { openStored, storedIn } from "../keys/key-files.ts";
import type { Secret } from "../keys/keystore.ts";
import { passwordsOf, readSecret } from "../keys/passwords.ts";
import { indexOf, secretOfWords, wordsIn } from "../keys/words.ts";
import { type PasswordPlace, passwordPlace } from "../settings.ts";
import { askSecret, canAsk } from "../terminal/prompts.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { nameStandard, protectionOf, requireNewName, storeKey } from "./new-key.ts";

export interface ImportFlags {
  readonly wordsFile?: string;
  readonly wordsFd?: string;
  readonly keyFile?: string;
  readonly index?: string;
  readonly plain?: boolean;
}

export async function importKey(
  wallet: Wallet,
  nameGiven: string | undefined,
  flags: ImportFlags,
): Promise<Report> {
  const name = nameGiven ?? nameStandard;
  const index = indexOf(flags.index ?? "0");
  const place = passwordPlace("--words", flags.wordsFile, flags.wordsFd);
  requireOneSource(wallet, flags, place);
  await requireNewName(wallet.settings, name);
  const secret =
    flags.keyFile === undefined
      ? secretOfWords(wordsIn(await wordsFrom(place)), index)
      : await secretInFile(wallet, flags.keyFile);
  const password = await protectionOf(wallet, name, { plain: flags.plain === true });
  const { address, data } = await storeKey(wallet, name, secret, password);
  return { data, text: address };
}

function requireOneSource(
  { settings }: Wallet,
  flags: ImportFlags,
  words: PasswordPlace | undefined,
): void {
  if (words !== undefined && flags.keyFile !== undefined) {
    throw usageFailure("two_sources", "words and a key file are given", "Give one of them.");
  }
  if (flags.keyFile !== undefined && flags.index !== undefined) {
    throw usageFailure(
      "index_of_words",
      "--index is for words, not for a key file",
      "Leave it out.",
    );
  }
  if (
    words?.kind === "descriptor" &&
    settings.password?.kind === "descriptor" &&
    words.descriptor === settings.password.descriptor
  ) {
    throw usageFailure("two_sources", "words and password come from one descriptor", "Give two.");
  }
}

async function wordsFrom(place: PasswordPlace | undefined): Promise<string> {
  if (place !== undefined) {
    return readSecret(place, place.kind === "file" ? "--words-file" : "--words-fd");
  }
  if (canAsk()) return await askSecret("The words, one space apart (nothing will be shown)");
  throw usageFailure(
    "words_needed",
    "there is no terminal to ask for the words",
    "Add --words-file FILE, --words-fd NUMBER or --key-file FILE.",
  );
}

/** An encrypted file is opened with the password that will protect the copy, unless a person is asked for both. */
async function secretInFile({ settings }: Wallet, path: string): Promise<Secret> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageFailure("key_unreadable", reason, "Correct --key-file.");
  }
  const stored = storedIn(path, text);
  return await openStored(stored, { name: path, path, passwords: passwordsOf(settings) });
}

/**
 * `quorate-wallet export NAME`: the words of a key, or its unencrypted key file, for a person who insists.
 * @module
 */
import { open } from "node:fs/promises";
import { createNobleSigner } from "../../src/crypto/ed25519.ts";
import { formatKeyFile } from "../../src/keys/key-file.ts";
import { usageFailure } from "../failure.ts";
import { hasCode } from "../files.ts";
import { requireStored } from "../keys/key-changes.ts";
import { keyPath, openStored } from "../keys/key-files.ts";
import { passwordsOf } from "../keys/passwords.ts";
import { requireTyped } from "../terminal/confirmation.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface ExportFlags {
  readonly key?: boolean;
  readonly out?: string;
  readonly confirm?: string;
}

export async function exportKey(
  { settings, terminal }: Wallet,
  name: string,
  flags: ExportFlags,
): Promise<Report> {
  const { home } = settings;
  const stored = await requireStored(home, name);
  await requireTyped(name, {
    given: flags.confirm,
    question: `Whoever sees what comes now can spend everything of ${name}.`,
  });
  const passwords = passwordsOf(settings);
  const secret = await openStored(stored, { name, path: keyPath(home, name), passwords });
  const { seed, words } = secret;
  const keyFile = formatKeyFile(name, seed, createNobleSigner, words);
  if (flags.key !== true && words === undefined) {
    throw usageFailure(
      "no_words",
      `"${name}" was not made from words`,
      "Add --key for its key file.",
    );
  }
  const text = flags.key === true || words === undefined ? keyFile.trimEnd() : words.mnemonic;
  if (flags.out !== undefined) {
    await writeNew(flags.out, `${text}\n`);
    terminal.note("That file is NOT encrypted.");
    return { data: { name, file: flags.out }, text: flags.out };
  }
  if (flags.key === true) return { data: { name, keyFile: JSON.parse(keyFile) }, text };
  return { data: { name, words: text, path: words?.path ?? null }, text };
}

/** Readable by its owner alone, on the disk when it returns; never over another file. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    throw usageFailure("file_exists", `there is a file ${path} already`, "Give another --out.");
  }
}

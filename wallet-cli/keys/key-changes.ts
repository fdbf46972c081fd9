/**
 * Changes to the wallet's own keys: made, rewritten, renamed, deleted, one process at a time.
 *
 * Each is one atomic step on the disk, so a process that is killed at any moment leaves the old file or the new one,
 * whole. A rewrite that was cut short leaves its temporary file; the next change of that key removes it.
 * @module
 */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "../../src/base/bytes.ts";
import { createNobleSigner } from "../../src/crypto/ed25519.ts";
import { formatKeyFile } from "../../src/keys/key-file.ts";
import { notFoundFailure, usageFailure } from "../failure.ts";
import { isMissing, readIfExists, writeDurably } from "../files.ts";
import { withLock } from "../lock.ts";
import {
  keyNames,
  keyPath,
  keysOf,
  loadStored,
  requireAccountName,
  type StoredKey,
} from "./key-files.ts";
import { formatKeystore, type Secret, sealKeystore } from "./keystore.ts";

const whileLocked = async <Value>(home: string, act: () => Promise<Value>): Promise<Value> =>
  await withLock(join(home, "locks", "keys"), act);

/** The file's text: encrypted, unless there is no password. About half a second when there is one. */
export async function textOfKey(
  name: string,
  secret: Secret,
  password: string | undefined,
): Promise<string> {
  return password === undefined
    ? formatKeyFile(name, secret.seed, createNobleSigner, secret.words)
    : await sealKeystore(name, secret, password);
}

/** Fails with `name_taken` where a key would replace one, before a person is asked for anything. */
export async function requireFreeName(home: string, name: string): Promise<void> {
  requireAccountName(name);
  if ((await readIfExists(keyPath(home, name))) === undefined) return;
  throw usageFailure("name_taken", `there is a key "${name}" already`, "Choose another name.");
}

/** Never replaces one, and never keeps the same key under two names. */
export async function addKey(home: string, name: string, text: string): Promise<void> {
  await mkdir(keysOf(home), { recursive: true, mode: 0o700 });
  await whileLocked(home, async () => {
    await requireFreeName(home, name);
    await writeDurably(keyPath(home, name), text);
  });
}

/** The name of the key with this public key, if it is here. */
export async function nameOfKey(home: string, publicKey: Uint8Array): Promise<string | undefined> {
  const wanted = toHex(publicKey);
  for (const name of await keyNames(home)) {
    const stored = await loadStored(home, name);
    if (stored !== undefined && toHex(publicKeyOf(stored)) === wanted) return name;
  }
  return undefined;
}

/** Rewrites a key in place. `from` is what it was made from: fails if the file has become another one since. */
export async function replaceKey(
  home: string,
  name: string,
  { from, text }: { readonly from: StoredKey; readonly text: string },
): Promise<void> {
  await whileLocked(home, async () => {
    const now = await requireStored(home, name);
    if (toHex(publicKeyOf(now)) !== toHex(publicKeyOf(from))) {
      throw usageFailure("key_changed", `"${name}" is another key by now`, "Run it again.");
    }
    await writeDurably(keyPath(home, name), text);
    await removeLeftovers(home, name);
  });
}

export async function renameKey(home: string, name: string, newName: string): Promise<void> {
  await whileLocked(home, async () => {
    const stored = await requireStored(home, name);
    await requireFreeName(home, newName);
    await rename(keyPath(home, name), keyPath(home, newName)); // From here on it has the new name.
    await writeDurably(keyPath(home, newName), renamedText(stored, newName));
    await removeLeftovers(home, name);
    await removeLeftovers(home, newName);
  });
}

function renamedText(stored: StoredKey, name: string): string {
  if (stored.kind === "encrypted") return formatKeystore({ ...stored.keystore, name });
  return formatKeyFile(name, stored.secret.seed, createNobleSigner, stored.secret.words);
}

export async function deleteKey(home: string, name: string): Promise<void> {
  await whileLocked(home, async () => {
    await rm(keyPath(home, name), { force: true });
    await removeLeftovers(home, name);
  });
}

/** Exit 3 when there is no such key. */
export async function requireStored(home: string, name: string): Promise<StoredKey> {
  const stored = await loadStored(home, name);
  if (stored !== undefined) return stored;
  const names = await keyNames(home);
  throw notFoundFailure(
    "key_unknown",
    `this wallet has no key "${name}"`,
    names.length === 0
      ? "Make one with: quorate-wallet create NAME"
      : `Its keys: ${names.join(", ")}.`,
  );
}

export function publicKeyOf(stored: StoredKey): Uint8Array {
  return stored.kind === "encrypted"
    ? stored.keystore.publicKey
    : createNobleSigner(stored.secret.seed).publicKey;
}

/** Under the lock, nobody else is writing here: a temporary file is one of a process that is gone. */
async function removeLeftovers(home: string, name: string): Promise<void> {
  for (const file of await filesOf(keysOf(home))) {
    if (file.startsWith(`${name}.json.`) && file.endsWith(".tmp")) {
      await rm(join(keysOf(home), file), { force: true });
    }
  }
}

async function filesOf(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

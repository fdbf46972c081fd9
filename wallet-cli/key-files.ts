/**
 * The wallet's own keys: one file for each account, readable by its owner alone, not encrypted.
 *
 * `<home>/keys/NAME.json` is an own key of src/keys/key-file.ts. The account is named by the hash of its one-key
 * policy, so the same file serves every network.
 * @module
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createNobleSigner } from "../src/crypto/ed25519.ts";
import { nobleHasher } from "../src/crypto/hash.ts";
import type { Signer } from "../src/crypto/ports.ts";
import { formatKeyFile, type KeyOrigin, parseKeyFile, seedBytes } from "../src/keys/key-file.ts";
import type { AccountId } from "../src/protocol/ids.ts";
import { accountIdOf, type Policy, singleKeyPolicy } from "../src/protocol/policy.ts";
import { usageFailure } from "./failure.ts";
import { isMissing, readIfExists, writeDurably } from "./files.ts";
import { withLock } from "./lock.ts";

/** An account that this machine can sign for. */
export interface OwnAccount {
  readonly name: string;
  readonly account: AccountId;
  readonly policy: Policy;
  readonly publicKey: Uint8Array;
  readonly origin: KeyOrigin;
  /** Opens the key; may ask for a password, so it is called only when there is something to sign. */
  readonly open: () => Promise<Signer>;
}

const accountName = /^[a-z][a-z0-9_-]{0,31}$/;
/** 1 to 32 of a–z, 0–9, `_` and `-`, first a letter: never an address, never a path. */
export const isAccountName = (text: string): boolean => accountName.test(text);

export function requireAccountName(text: string): string {
  if (isAccountName(text)) return text;
  throw usageFailure(
    "bad_name",
    `"${text}" is not a name for an account`,
    "Use 1 to 32 of a-z, 0-9, - and _, beginning with a letter.",
  );
}

const keysOf = (home: string): string => join(home, "keys");
const keyPath = (home: string, name: string): string => join(keysOf(home), `${name}.json`);

/** Makes a new key from the system's randomness. Never replaces one. */
export async function createKey(home: string, name: string): Promise<OwnAccount> {
  const path = keyPath(home, requireAccountName(name));
  const seed = randomBytes(seedBytes);
  await mkdir(keysOf(home), { recursive: true, mode: 0o700 });
  await withLock(join(home, "locks", "keys"), async () => {
    if ((await readIfExists(path)) !== undefined) {
      throw usageFailure("name_taken", `there is a key "${name}" already`, "Choose another name.");
    }
    await writeDurably(path, formatKeyFile(name, seed, createNobleSigner));
  });
  return ownAccount(name, createNobleSigner(seed), "own");
}

/** Undefined when there is no key of that name. */
export async function loadKey(home: string, name: string): Promise<OwnAccount | undefined> {
  if (!isAccountName(name)) return undefined;
  const path = keyPath(home, name);
  const text = await readIfExists(path);
  if (text === undefined) return undefined;
  await refuseLoosePermissions(path);
  return accountIn(path, text, { name, origin: "own" });
}

/** Names of the wallet's own keys, ascending. */
export async function keyNames(home: string): Promise<readonly string[]> {
  return await namesIn(keysOf(home));
}

/** The names that the JSON files of a directory stand for, ascending; none when it does not exist. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    const files = await readdir(directory);
    return files
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length))
      .filter(isAccountName)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The account of a key file's text; a failure names the path. */
export function accountIn(
  path: string,
  text: string,
  { name, origin }: { readonly name: string; readonly origin: KeyOrigin },
): OwnAccount {
  const file = parseKeyFile(text, createNobleSigner);
  if (!file.ok || file.value.origin !== origin) throw malformedKey(path);
  return ownAccount(name, file.value.signer, origin);
}

export function ownAccount(name: string, signer: Signer, origin: KeyOrigin): OwnAccount {
  const policy = singleKeyPolicy(signer.publicKey);
  const { publicKey } = signer;
  const account = accountIdOf(nobleHasher, policy);
  return { name, account, policy, publicKey, origin, open: async () => signer };
}

function malformedKey(path: string): Error {
  return usageFailure(
    "key_malformed",
    `${path} is not a sound key file`,
    "Restore it from a backup, or move it away.",
  );
}

async function refuseLoosePermissions(path: string): Promise<void> {
  if (process.platform === "win32") return; // Its modes say nothing about access.
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  throw usageFailure(
    "key_permissions",
    `${path} can be read by others (mode ${(mode & 0o777).toString(8)})`,
    `Run: chmod 600 ${path}`,
  );
}

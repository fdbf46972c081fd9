/**
 * The wallet's own keys: one file for each account, readable by its owner alone.
 *
 * `<home>/keys/NAME.json` is a keystore (wallet-cli/keys/keystore.ts) or, where a person has asked for it, an unencrypted
 * key (src/keys/key-file.ts). The file's name is the account's name; the name inside is only a hint. The account is
 * named by the hash of its one-key policy, so the same file serves every network. What changes them: key-changes.ts.
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "../../src/base/bytes.ts";
import { createNobleSigner } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { Signer } from "../../src/crypto/ports.ts";
import { type KeyOrigin, parseKeyFile } from "../../src/keys/key-file.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { accountIdOf, type Policy, singleKeyPolicy } from "../../src/protocol/policy.ts";
import { usageFailure } from "../failure.ts";
import { isMissing, readIfExists } from "../files.ts";
import {
  isKeystoreText,
  type Keystore,
  openKeystore,
  parseKeystore,
  type Secret,
} from "./keystore.ts";
import type { Passwords } from "./passwords.ts";

/** An account that this machine can sign for. */
export interface OwnAccount {
  readonly name: string;
  readonly account: AccountId;
  readonly policy: Policy;
  readonly publicKey: Uint8Array;
  readonly origin: KeyOrigin;
  readonly isEncrypted: boolean;
  /** Opens the key; may ask for a password, so it is called only when there is something to sign. */
  readonly open: () => Promise<Signer>;
}

/** A key file's content. */
export type StoredKey =
  | { readonly kind: "encrypted"; readonly keystore: Keystore }
  | { readonly kind: "plain"; readonly secret: Secret };

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

export const keysOf = (home: string): string => join(home, "keys");
export const keyPath = (home: string, name: string): string => join(keysOf(home), `${name}.json`);

/** Undefined when there is no key of that name. */
export async function loadKey(
  home: string,
  name: string,
  passwords: Passwords,
): Promise<OwnAccount | undefined> {
  const stored = await loadStored(home, name);
  if (stored === undefined) return undefined;
  if (stored.kind === "plain")
    return ownAccount(name, createNobleSigner(stored.secret.seed), "own");
  const { publicKey, account } = stored.keystore;
  const path = keyPath(home, name);
  const open = async (): Promise<Signer> =>
    await passwords.signerOnce(toHex(publicKey), async () =>
      createNobleSigner((await openStored(stored, { name, path, passwords })).seed),
    );
  const policy = singleKeyPolicy(publicKey);
  return { name, account, policy, publicKey, origin: "own", isEncrypted: true, open };
}

/** What the key file of this name holds; undefined when there is none. */
export async function loadStored(home: string, name: string): Promise<StoredKey | undefined> {
  if (!isAccountName(name)) return undefined;
  const path = keyPath(home, name);
  const text = await readIfExists(path);
  if (text === undefined) return undefined;
  await refuseLoosePermissions(path);
  return storedIn(path, text);
}

/** The key in an own key file's text; a failure names the path. */
export function storedIn(path: string, text: string): StoredKey {
  if (!isKeystoreText(text)) {
    const file = parseKeyFile(text, createNobleSigner);
    if (!file.ok || file.value.origin !== "own") throw malformedKey(path);
    return { kind: "plain", secret: { seed: file.value.seed, words: file.value.words } };
  }
  const keystore = parseKeystore(text);
  if (keystore.ok) return { kind: "encrypted", keystore: keystore.value };
  if (keystore.reason === "malformed") throw malformedKey(path);
  throw usageFailure(
    "keystore_version",
    `${path} was written by a newer version of this program`,
    "Use that version.",
  );
}

/** The secret itself, after its password when it has one. */
export async function openStored(
  stored: StoredKey,
  from: { readonly name: string; readonly path: string; readonly passwords: Passwords },
): Promise<Secret> {
  const { name, path, passwords } = from;
  if (stored.kind === "plain") return stored.secret;
  return await passwords.unlock(name, async (password) => {
    const opened = await openKeystore(stored.keystore, password);
    if (opened.ok) return opened.value;
    if (opened.reason === "wrong_password") return undefined;
    if (opened.reason === "malformed") throw malformedKey(path);
    throw usageFailure(
      "keystore_work_factor",
      `${path} asks for more or less work than is allowed (scrypt 2^15 to 2^18)`,
      "If you trust it, open it with: jq -r .secret FILE | age -d, and import the words.",
    );
  });
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

/** The account of a development key's text; a failure names the path. */
export function devAccountIn(path: string, text: string, name: string): OwnAccount {
  const file = parseKeyFile(text, createNobleSigner);
  if (!file.ok || file.value.origin !== "dev") throw malformedKey(path);
  return ownAccount(name, file.value.signer, "dev");
}

/** An account whose key lies open. */
export function ownAccount(name: string, signer: Signer, origin: KeyOrigin): OwnAccount {
  const policy = singleKeyPolicy(signer.publicKey);
  const { publicKey } = signer;
  const account = accountIdOf(nobleHasher, policy);
  const open = async (): Promise<Signer> => signer;
  return { name, account, policy, publicKey, origin, isEncrypted: false, open };
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

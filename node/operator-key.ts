/**
 * Operators' keys: the accounts that vote on membership. The same files as the wallet's (src/keys/key-file.ts).
 *
 * A node needs none: it is the person at the command line who votes.
 * @module
 */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeFileSync } from "node:fs";
import type { Signer } from "../src/crypto/ports.ts";
import { formatKeyFile, parseKeyFile, seedBytes } from "../src/keys/key-file.ts";
import type { AccountId } from "../src/protocol/ids.ts";
import { accountIdOf, type Policy, singleKeyPolicy } from "../src/protocol/policy.ts";
import { createNativeSigner, nativeHasher } from "./adapters/native-crypto.ts";
import { Refusal } from "./refusal.ts";
import { readPrivate } from "./validator-key.ts";

export interface OperatorKey {
  readonly account: AccountId;
  readonly policy: Policy;
  readonly signer: Signer;
}

const keyFileMode = 0o600;

export function operatorKeyOf(signer: Signer): OperatorKey {
  const policy = singleKeyPolicy(signer.publicKey);
  return { account: accountIdOf(nativeHasher, policy), policy, signer };
}

/** A key of the wallet, of a home or of a local network. Throws a Refusal that says what is wrong with the file. */
export function loadOperatorKey(path: string): OperatorKey {
  const parsed = parseKeyFile(readPrivate(path), createNativeSigner);
  if (parsed.ok) return operatorKeyOf(parsed.value.signer);
  throw new Refusal({
    code: "key_damaged",
    message: `${path} is no key file of an account`,
    fix: "Name the file of the operator's key: one of the wallet, or <home>/keys/operator.key.",
  });
}

/** Makes a key and its file, durably; throws if there is one: keys are never overwritten. */
export function createOperatorKey(path: string): OperatorKey {
  const seed = new Uint8Array(randomBytes(seedBytes));
  saveOperatorKey(path, formatKeyFile("operator", seed, createNativeSigner));
  return operatorKeyOf(createNativeSigner(seed));
}

/** Writes the text of a key file, durably and for its owner alone; throws if there is a file. */
export function saveOperatorKey(path: string, content: string): void {
  const file = openSync(path, "wx", keyFileMode);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

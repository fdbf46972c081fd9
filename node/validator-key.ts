/**
 * A validator's consensus key on disk: one small JSON file, readable by its owner alone, that says what it is.
 *
 * A file that others can read is refused: a key that leaked must be replaced, not quietly used.
 * @module
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { parseHex, toHex } from "../src/base/bytes.ts";
import type { PublicKey } from "../src/protocol/ids.ts";
import { createNativeSigner } from "./adapters/native-crypto.ts";
import { Refusal } from "./refusal.ts";

const kind = "quorate-validator-key";
const warning =
  "Secret. Whoever has it votes as this validator. Never start a second node with a copy of it: two votes that contradict each other are proof of a fault.";

const seedBytes = 32;
const othersMask = 0o077;
const keyFileMode = 0o600;
const fileBytesMax = 4_096;

export interface SecretKey {
  readonly publicKey: PublicKey;
  /** 32 bytes, an RFC 8032 seed. */
  readonly seed: Uint8Array;
}

/** The key pair of a 32-byte RFC 8032 seed. */
export function secretKeyOf(seed: Uint8Array): SecretKey {
  return { seed, publicKey: toHex(createNativeSigner(seed).publicKey) as PublicKey };
}

/**
 * Writes a new file, whole or not at all, and makes it durable; throws if one exists: keys are never overwritten.
 */
export function saveValidatorKey(path: string, { publicKey, seed }: SecretKey): void {
  if (existsSync(path)) throw new Error(`EEXIST: ${path} exists`);
  const content = { kind, warning, publicKey, seed: toHex(seed) };
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const file = openSync(draft, "wx", keyFileMode);
  try {
    writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Throws a Refusal when others can read the file, or when it is no such key. */
export function loadValidatorKey(path: string): SecretKey {
  const text = readPrivate(path);
  const found = parse(text);
  const seed = typeof found?.["seed"] === "string" ? parseHex(found["seed"]) : undefined;
  if (found?.["kind"] !== kind || seed === undefined || seed.length !== seedBytes) {
    throw damaged(path, `${path} is no ${kind}`);
  }
  const key = secretKeyOf(seed);
  if (key.publicKey !== found["publicKey"]) {
    throw damaged(path, `the public key in ${path} does not belong to its seed`);
  }
  return key;
}

/** The text of a secret file; throws a Refusal when others can read it, or when it is no file of a key's size. */
export function readPrivate(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw new Refusal({
      code: "key_unreadable",
      message: `cannot read ${path}: ${(error as Error).message}`,
      fix: "Restore the file, or make it readable to the user that runs the node.",
    });
  }
  try {
    const { mode, size } = fstatSync(file);
    if ((mode & othersMask) !== 0) {
      throw new Refusal({
        code: "key_exposed",
        message: `other users of this machine can read the secret key ${path}`,
        fix: `If nobody else has read it: chmod 600 ${path}. If in doubt, replace the key.`,
      });
    }
    if (size > fileBytesMax) throw damaged(path, `${path} is too large to be a key`);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

const damaged = (path: string, message: string): Refusal =>
  new Refusal({ code: "key_damaged", message, fix: `Restore ${path} from a safe copy.` });

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Key files of accounts: the JSON of one key, unencrypted. The wallet and the node's commands read the same.
 *
 *   own   { kind: "quorate-key", encryption: "unencrypted", warning, name, publicKey, seed, words?, path? }
 *   dev   { kind: "quorate-dev-key", warning, name, address, seed }, made with a local network
 *
 * Seed and public key are 64 lowercase hex digits; a seed is that of RFC 8032. The words are the mnemonic that the
 * seed was derived from, at the path. An encrypted own key has another format: wallet-cli/keys/keystore.ts.
 * @module
 */
import { parseHex, toHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { CreateSigner, Signer } from "../crypto/ports.ts";

/** `dev`: the key came with a local network and is no secret. */
export type KeyOrigin = "own" | "dev";

export interface KeyFile {
  readonly name: string;
  readonly origin: KeyOrigin;
  readonly seed: Uint8Array;
  readonly signer: Signer;
  readonly words?: MnemonicOrigin | undefined;
}

/** Where a seed comes from, when it was not made by itself. */
export interface MnemonicOrigin {
  readonly mnemonic: string;
  /** SLIP-0010. */
  readonly path: string;
}

export const seedBytes = 32;
const originOfKind: ReadonlyMap<unknown, KeyOrigin> = new Map([
  ["quorate-key", "own"],
  ["quorate-dev-key", "dev"],
]);
const warning =
  "This file holds a secret key and is NOT encrypted. Whoever reads it can spend everything.";

/** The text of an own key's file. */
export function formatKeyFile(
  name: string,
  seed: Uint8Array,
  createSigner: CreateSigner,
  words?: MnemonicOrigin,
): string {
  const content = {
    kind: "quorate-key",
    encryption: "unencrypted",
    warning,
    name,
    publicKey: toHex(createSigner(seed).publicKey),
    seed: toHex(seed),
    ...(words === undefined ? {} : { words: words.mnemonic, path: words.path }),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** The text of a development key's file. */
export function formatDevKeyFile(key: {
  readonly name: string;
  readonly address: string;
  readonly seed: Uint8Array;
}): string {
  const content = {
    kind: "quorate-dev-key",
    warning:
      "development key, never use elsewhere: it lies here unprotected, and whoever reads it can spend everything",
    name: key.name,
    address: key.address,
    seed: toHex(key.seed),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** The key in a file of either kind; an own key must state the public key of its seed. */
export function parseKeyFile(
  text: string,
  createSigner: CreateSigner,
): Result<KeyFile, "malformed"> {
  const object = parseObject(text);
  const origin = originOfKind.get(object?.["kind"]);
  const name = object?.["name"];
  const seedText = object?.["seed"];
  const seed = typeof seedText === "string" ? parseHex(seedText) : undefined;
  if (origin === undefined || typeof name !== "string") return fail("malformed");
  if (seed?.length !== seedBytes) return fail("malformed");
  const signer = createSigner(seed);
  const isOwnKey = origin === "dev" || object?.["publicKey"] === toHex(signer.publicKey);
  if (!isOwnKey) return fail("malformed");
  return ok({ name, origin, seed, signer, words: wordsIn(object) });
}

function wordsIn(
  object: Readonly<Record<string, unknown>> | undefined,
): MnemonicOrigin | undefined {
  const mnemonic = object?.["words"];
  const path = object?.["path"];
  return typeof mnemonic === "string" && typeof path === "string" ? { mnemonic, path } : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keystore files: one key, encrypted under a password.
 *
 *   { kind: "quorate-keystore", version: 1, name, account, publicKey, path, encryption: "age-scrypt", secret }
 *
 * What is outside the encryption shows the account without a password; it holds no secret, and is checked against
 * the key whenever that is opened. `path` is null for a key without words. `secret` is an armored age file of
 * `{ kind: "quorate-secret", version: 1, seed, words?, path? }`, so it can be read without this program:
 * `jq -r .secret FILE | age -d`. The format: https://age-encryption.org/v1
 *
 * The only door of `age-encryption`, which is loaded when something is opened or sealed.
 * @module
 */
import { parseHex, toHex } from "../../src/base/bytes.ts";
import { fail, ok, type Result } from "../../src/base/result.ts";
import { createNobleSigner } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { isHardenedPath } from "../../src/keys/derivation-path.ts";
import { type MnemonicOrigin, seedBytes } from "../../src/keys/key-file.ts";
import { type AccountId, isIdText } from "../../src/protocol/ids.ts";
import { accountIdOf, singleKeyPolicy } from "../../src/protocol/policy.ts";
import { parseJsonObject, stringIn } from "../json-fields.ts";

/** What a keystore protects. */
export interface Secret {
  /** RFC 8032. */
  readonly seed: Uint8Array;
  readonly words: MnemonicOrigin | undefined;
}

export interface Keystore {
  readonly name: string;
  readonly account: AccountId;
  readonly publicKey: Uint8Array;
  readonly path: string | undefined;
  /** Armored age text. */
  readonly secret: string;
}

/**
 * log2 of scrypt's N for what we write; r = 8, p = 1. 17 costs a guess 128 MiB and, here, 0.5 s of one core (measured:
 * 15: 0.13 s, 16: 0.25 s, 17: 0.5 s, 18: 1.0 s). 18 would double what every signature makes a person wait, and
 * 256 MiB for each of many parallel sends is too much for a small machine.
 */
export const workFactor = 17;
/** Less would not protect; more would let a hostile file cost minutes and gigabytes. 18 is what `age -p` writes. */
const workFactorMin = 15;
const workFactorMax = 18;

const kind = "quorate-keystore";
const version = 1;
const encryption = "age-scrypt";
const fileLengthMax = 16_384;

/** The text of a keystore file. About half a second. */
export async function sealKeystore(
  name: string,
  secret: Secret,
  password: string,
): Promise<string> {
  const { armor, Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  encrypter.setPassphrase(password);
  encrypter.setScryptWorkFactor(workFactor);
  const content = {
    kind: "quorate-secret",
    version,
    seed: toHex(secret.seed),
    ...(secret.words === undefined
      ? {}
      : { words: secret.words.mnemonic, path: secret.words.path }),
  };
  const encrypted = await encrypter.encrypt(`${JSON.stringify(content)}\n`);
  const { publicKey } = createNobleSigner(secret.seed);
  return formatKeystore({
    name,
    account: accountOf(publicKey),
    publicKey,
    path: secret.words?.path,
    secret: armor.encode(encrypted),
  });
}

export function formatKeystore(keystore: Keystore): string {
  const { name, account, publicKey, path, secret } = keystore;
  const content = {
    kind,
    version,
    name,
    account,
    publicKey: toHex(publicKey),
    path: path ?? null,
    encryption,
    secret,
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

export const isKeystoreText = (text: string): boolean =>
  text.length <= fileLengthMax && parseJsonObject(text)?.["kind"] === kind;

/** What is outside the encryption. `unknown_version`: a newer program wrote it. */
export function parseKeystore(text: string): Result<Keystore, "malformed" | "unknown_version"> {
  const object = text.length <= fileLengthMax ? parseJsonObject(text) : undefined;
  if (object?.["kind"] !== kind) return fail("malformed");
  if (object["version"] !== version || object["encryption"] !== encryption) {
    return fail("unknown_version");
  }
  const name = stringIn(object, "name");
  const account = stringIn(object, "account");
  const secret = stringIn(object, "secret");
  const keyText = stringIn(object, "publicKey") ?? "";
  const publicKey = isIdText(keyText) ? parseHex(keyText) : undefined;
  if (name === undefined || secret === undefined || publicKey === undefined) {
    return fail("malformed");
  }
  const path = object["path"] === null ? undefined : stringIn(object, "path");
  if (object["path"] !== null && (path === undefined || !isHardenedPath(path))) {
    return fail("malformed");
  }
  const expected = accountOf(publicKey);
  return account === expected
    ? ok({ name, account: expected, publicKey, path, secret })
    : fail("malformed");
}

export type OpenFlaw = "wrong_password" | "malformed" | "work_factor";

/** The one header that `age` writes for a password; group 1 is the work factor. Anything else could hide costs. */
const header =
  /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} ([1-9]\d?)\n[A-Za-z0-9+/]{43}\n--- [A-Za-z0-9+/]{43}\n/;
const headerBytesMax = 256;
/** age-encryption's sentence when the password does not open the file key. */
const noMatch = "no identity matched any of the file's recipients";

/** `work_factor`: outside of what is allowed, refused before it costs anything. */
export async function openKeystore(
  keystore: Keystore,
  password: string,
): Promise<Result<Secret, OpenFlaw>> {
  const { armor, Decrypter } = await import("age-encryption");
  let text: string;
  try {
    const encrypted = armor.decode(keystore.secret);
    const start = Buffer.from(encrypted.subarray(0, headerBytesMax)).toString("latin1");
    const factor = Number(header.exec(start)?.[1]);
    if (Number.isNaN(factor)) return fail("malformed");
    if (factor < workFactorMin || factor > workFactorMax) return fail("work_factor");
    const decrypter = new Decrypter();
    decrypter.addPassphrase(password);
    text = await decrypter.decrypt(encrypted, "text");
  } catch (error) {
    const isWrong = error instanceof Error && error.message === noMatch;
    return fail(isWrong ? "wrong_password" : "malformed");
  }
  return secretIn(text, keystore);
}

function secretIn(text: string, { publicKey, path }: Keystore): Result<Secret, "malformed"> {
  const object = parseJsonObject(text);
  if (object?.["kind"] !== "quorate-secret" || object["version"] !== version) {
    return fail("malformed");
  }
  const seed = parseHex(stringIn(object, "seed") ?? "");
  const mnemonic = stringIn(object, "words");
  if (seed?.length !== seedBytes || stringIn(object, "path") !== path) return fail("malformed");
  if ((mnemonic === undefined) !== (path === undefined)) return fail("malformed");
  if (toHex(createNobleSigner(seed).publicKey) !== toHex(publicKey)) return fail("malformed");
  const words = mnemonic === undefined || path === undefined ? undefined : { mnemonic, path };
  return ok({ seed, words });
}

const accountOf = (publicKey: Uint8Array): AccountId =>
  accountIdOf(nobleHasher, singleKeyPolicy(publicKey));

/**
 * Keystore files: opened by an age reader written here from the format's text, and refused when they are not sound.
 * @module
 */
import { createDecipheriv, hkdfSync, scryptSync } from "node:crypto";
import { armor, Encrypter } from "age-encryption";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../../../src/base/bytes.ts";
import { createNobleSigner } from "../../../../src/crypto/ed25519.ts";
import {
  isKeystoreText,
  type Keystore,
  openKeystore,
  parseKeystore,
  sealKeystore,
  workFactor,
} from "../../../../wallet-cli/keys/keystore.ts";

/** RFC 8032, 7.1, test 1. */
const seed = fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
const publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const words = { mnemonic: "legal winner thank", path: "m/44'/5330255'/0'" };
const password = "correct horse battery";

const sealed = await sealKeystore("main", { seed, words }, password);

function parsed(text: string): Keystore {
  const keystore = parseKeystore(text);
  if (!keystore.ok) throw new Error(keystore.reason);
  return keystore.value;
}

/** https://age-encryption.org/v1, for one password, with the primitives of OpenSSL. */
function ageDecrypt(armored: string, passphrase: string): string {
  const body = armored.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  const file = Buffer.from(body.join(""), "base64");
  const headerEnd = file.indexOf("\n---") + 4;
  const macEnd = file.indexOf("\n", headerEnd);
  const [version, stanza = "", wrapped = ""] = file.toString("latin1", 0, headerEnd).split("\n");
  expect(version).toBe("age-encryption.org/v1");
  const [, kind, salt = "", factor] = stanza.split(" ");
  expect(kind).toBe("scrypt");
  const label = Buffer.from("age-encryption.org/v1/scrypt");
  const N = 2 ** Number(factor);
  const wrapKey = scryptSync(passphrase, Buffer.concat([label, Buffer.from(salt, "base64")]), 32, {
    N,
    r: 8,
    p: 1,
    maxmem: 2 ** 29,
  });
  const fileKey = chachaOpen(wrapKey, Buffer.alloc(12), Buffer.from(wrapped, "base64"));
  const payload = file.subarray(macEnd + 1);
  const streamKey = Buffer.from(
    hkdfSync("sha256", fileKey, payload.subarray(0, 16), "payload", 32),
  );
  const nonce = Buffer.alloc(12);
  nonce[11] = 1; // The first chunk is the last one.
  return chachaOpen(streamKey, nonce, payload.subarray(16)).toString("utf8");
}

function chachaOpen(key: Buffer, nonce: Buffer, box: Buffer): Buffer {
  const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  decipher.setAuthTag(box.subarray(-16));
  return Buffer.concat([decipher.update(box.subarray(0, -16)), decipher.final()]);
}

test("any age program opens the secret with the password", () => {
  const { secret } = JSON.parse(sealed) as { readonly secret: string };
  expect(JSON.parse(ageDecrypt(secret, password))).toEqual({
    kind: "quorate-secret",
    version: 1,
    seed: toHex(seed),
    words: words.mnemonic,
    path: words.path,
  });
});

test("outside the encryption are name, key, account and path, and nothing secret", () => {
  expect(JSON.parse(sealed)).toMatchObject({ name: "main", publicKey, path: words.path });
  expect(isKeystoreText(sealed)).toBe(true);
  for (const secret of [toHex(seed), words.mnemonic, password])
    expect(sealed).not.toContain(secret);
});

test("the password opens it, another one does not", async () => {
  const keystore = parsed(sealed);
  const opened = await openKeystore(keystore, password);
  expect(opened).toEqual({ ok: true, value: { seed, words } });
  const wrong = await openKeystore(keystore, `${password}!`);
  expect(wrong).toEqual({ ok: false, reason: "wrong_password" });
});

test("the same key sealed twice has nothing secret in common: salt and file key are new", async () => {
  const again = parsed(await sealKeystore("main", { seed, words }, password));
  expect(again.secret.slice(80, 200)).not.toBe(parsed(sealed).secret.slice(80, 200));
});

/** The header is text, so a hostile one is easily made. */
function withHeader(change: (header: string) => string): Keystore {
  const keystore = parsed(sealed);
  const bytes = Buffer.from(armor.decode(keystore.secret));
  const end = bytes.indexOf("\n--- ");
  const header = Buffer.from(change(bytes.toString("latin1", 0, end)), "latin1");
  return { ...keystore, secret: armor.encode(Buffer.concat([header, bytes.subarray(end)])) };
}

test("what we write has the work factor that the header states", () => {
  let header = "";
  withHeader((text) => {
    header = text;
    return text;
  });
  expect(header).toMatch(new RegExp(`^age-encryption.org/v1\n-> scrypt \\S{22} ${workFactor}\n`));
  expect(workFactor).toBeGreaterThanOrEqual(15);
});

test.each([1, 2, 14, 19, 20, 22, 30, 63, 99])(
  "a file that asks for 2^%i of work is refused before any of it is done",
  async (factor) => {
    const hostile = withHeader((text) => text.replace(` ${workFactor}\n`, ` ${factor}\n`));
    const begun = performance.now();
    expect(await openKeystore(hostile, password)).toEqual({ ok: false, reason: "work_factor" });
    expect(performance.now() - begun).toBeLessThan(1_000); // 2^20 takes several seconds.
  },
);

test.each([
  ["two passwords", (text: string) => `${text}\n${text.split("\n").slice(1).join("\n")}`],
  [
    "a key beside the password",
    (text: string) => `${text}\n-> X25519 ${"A".repeat(43)}\n${"A".repeat(43)}`,
  ],
  [
    "a work factor with zeros before it",
    (text: string) => text.replace(` ${workFactor}\n`, " 017\n"),
  ],
  [
    "a work factor of many digits",
    (text: string) => text.replace(` ${workFactor}\n`, " 1700000\n"),
  ],
  ["another version", (text: string) => text.replace("/v1", "/v2")],
])("a file with %s is malformed", async (_what, change) => {
  expect(await openKeystore(withHeader(change), password)).toMatchObject({ reason: "malformed" });
});

test("a weak file is refused even with its password", async () => {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(password);
  encrypter.setScryptWorkFactor(10);
  const secret = armor.encode(await encrypter.encrypt("{}"));
  const opened = await openKeystore({ ...parsed(sealed), secret }, password);
  expect(opened).toEqual({ ok: false, reason: "work_factor" });
});

test("a secret of another key than the file states is malformed", async () => {
  const { publicKey: stated } = createNobleSigner(new Uint8Array(32));
  const opened = await openKeystore({ ...parsed(sealed), publicKey: stated }, password);
  expect(opened).toEqual({ ok: false, reason: "malformed" });
});

test("a bit that is flipped in the sealed part is noticed", async () => {
  const keystore = parsed(sealed);
  const bytes = Buffer.from(armor.decode(keystore.secret));
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
  const opened = await openKeystore({ ...keystore, secret: armor.encode(bytes) }, password);
  expect(opened).toEqual({ ok: false, reason: "malformed" });
});

const without = (change: object): string =>
  JSON.stringify({ ...(JSON.parse(sealed) as object), ...change });
const otherKey = toHex(createNobleSigner(new Uint8Array(32)).publicKey);

test.each([
  ["no JSON", "{", "malformed"],
  ["another kind", without({ kind: "quorate-key" }), "malformed"],
  ["another version", without({ version: 2 }), "unknown_version"],
  ["another encryption", without({ encryption: "none" }), "unknown_version"],
  ["a public key that is not the account's", without({ publicKey: otherKey }), "malformed"],
  ["an account that is not the key's", without({ account: "00".repeat(32) }), "malformed"],
  ["a public key in capitals", without({ publicKey: publicKey.toUpperCase() }), "malformed"],
  ["a path that is none", without({ path: "m/0" }), "malformed"],
  ["no secret", without({ secret: 1 }), "malformed"],
  ["megabytes", without({ padding: "x".repeat(20_000) }), "malformed"],
])("%s is no keystore of ours", (_what, text, reason) => {
  expect(parseKeystore(text)).toEqual({ ok: false, reason });
});

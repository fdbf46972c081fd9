/**
 * Key files: what one program writes the other reads, and nothing else.
 * @module
 */
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../../src/base/bytes.ts";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { formatDevKeyFile, formatKeyFile, parseKeyFile } from "../../../src/keys/key-file.ts";

/** RFC 8032, 7.1, test 1. */
const seed = fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
const publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

const read = (text: string) => parseKeyFile(text, createNobleSigner);
const own = formatKeyFile("main", seed, createNobleSigner);
const dev = formatDevKeyFile({ name: "alice", address: "quo1", seed });

test("an own key and a development key are read with their names and origins", () => {
  for (const [text, name, origin] of [
    [own, "main", "own"],
    [dev, "alice", "dev"],
  ] as const) {
    const parsed = read(text);
    expect(parsed).toMatchObject({ ok: true, value: { name, origin } });
    if (parsed.ok) expect(toHex(parsed.value.signer.publicKey)).toBe(publicKey);
  }
});

test("an own key states its public key and says that it is not encrypted", () => {
  expect(JSON.parse(own)).toMatchObject({ publicKey, encryption: "unencrypted" });
});

const without = (text: string, change: object): string =>
  JSON.stringify({ ...(JSON.parse(text) as object), ...change });

test.each([
  ["no JSON", "{"],
  ["no object", "null"],
  ["another kind", without(own, { kind: "quorate-validator-key" })],
  ["the name of an inherited property as kind", without(own, { kind: "constructor" })],
  ["a public key of another seed", without(own, { publicKey: "00".repeat(32) })],
  ["a short seed", without(dev, { seed: "00" })],
  ["no seed", without(dev, { seed: null })],
  ["no name", without(dev, { name: 1 })],
])("%s is no key file", (_what, text) => {
  expect(read(text)).toEqual({ ok: false, reason: "malformed" });
});

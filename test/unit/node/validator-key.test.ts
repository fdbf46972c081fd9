import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Refusal } from "../../../node/refusal.ts";
import { loadValidatorKey, saveValidatorKey, secretKeyOf } from "../../../node/validator-key.ts";
import { fromHex } from "../../../src/base/bytes.ts";

// RFC 8032, 7.1, test 1.
const seed = fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
const publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-key-"));
  path = join(folder, "validator.key");
  saveValidatorKey(path, secretKeyOf(seed));
});
afterEach(() => rmSync(folder, { recursive: true }));

function codeOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return "none";
}

test("a saved key is loaded again, and its owner alone can read it", () => {
  expect(loadValidatorKey(path)).toEqual({ publicKey, seed });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a key that others can read is refused", () => {
  chmodSync(path, 0o640);
  expect(codeOf(() => loadValidatorKey(path))).toBe("key_exposed");
});

test("a file of another kind is refused", () => {
  writeFileSync(path, readFileSync(path, "utf8").replace("quorate-validator-key", "quorate-key"));
  expect(codeOf(() => loadValidatorKey(path))).toBe("key_damaged");
});

test("one changed digit in seed or public key is noticed", () => {
  const text = readFileSync(path, "utf8");
  for (const [from, to] of [
    ["9d61", "9d62"],
    ["d75a", "d75b"],
  ] as const) {
    writeFileSync(path, text.replace(from, to));
    expect(codeOf(() => loadValidatorKey(path))).toBe("key_damaged");
  }
});

test("a key file is never overwritten", () => {
  expect(() => saveValidatorKey(path, secretKeyOf(seed))).toThrow(/EEXIST/);
});

test("a missing key is refused by name", () => {
  expect(codeOf(() => loadValidatorKey(join(folder, "no.key")))).toBe("key_unreadable");
});

/**
 * A node's identity on disk: saved once, owner only, and refused when it is anything but what was saved.
 * @module
 */
import { createPublicKey, X509Certificate } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createNodeIdentity,
  loadNodeIdentity,
  saveNodeIdentity,
} from "../../node/adapters/tls-identity.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quorate-identity-"));
  path = join(folder, "node.pem");
});
afterEach(() => rm(folder, { recursive: true }));

test("a new identity is an ed25519 certificate signed by its own key, and the node id is that key", async () => {
  const { certificatePem, keyPem, nodeId } = await createNodeIdentity();
  const certificate = new X509Certificate(certificatePem);
  expect(certificate.publicKey.asymmetricKeyType).toBe("ed25519");
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  // The last 32 bytes of an ed25519 key in DER are the key (RFC 8410).
  const der = createPublicKey(keyPem).export({ format: "der", type: "spki" });
  expect(der.subarray(-32).toString("hex")).toBe(nodeId);
  expect((await createNodeIdentity()).nodeId).not.toBe(nodeId);
});

test("the identity of a seed has the public key of RFC 8032 section 7.1, test 1", async () => {
  const seed = Buffer.from(
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "hex",
  );
  const first = await createNodeIdentity(seed);
  expect(first.nodeId).toBe("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  expect(await createNodeIdentity(seed)).toEqual(first);
});

test("what is saved is loaded, and only its owner can read it", async () => {
  const identity = await createNodeIdentity();
  await saveNodeIdentity(path, identity);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await loadNodeIdentity(path)).toEqual({ ok: true, value: identity });
});

test("an identity is never overwritten", async () => {
  const identity = await createNodeIdentity();
  await saveNodeIdentity(path, identity);
  await expect(saveNodeIdentity(path, identity)).rejects.toMatchObject({ code: "EEXIST" });
});

test.each([0o640, 0o604, 0o620])("a file with mode %o is refused as exposed", async (mode) => {
  await saveNodeIdentity(path, await createNodeIdentity());
  await chmod(path, mode);
  expect(await loadNodeIdentity(path)).toEqual({ ok: false, reason: "exposed" });
});

test("no file is absent, and is told apart from a bad one", async () => {
  expect(await loadNodeIdentity(path)).toEqual({ ok: false, reason: "absent" });
});

test("a key with another key's certificate, half a file and an empty one are malformed", async () => {
  const [one, two] = [await createNodeIdentity(), await createNodeIdentity()];
  await saveNodeIdentity(path, { ...one, certificatePem: two.certificatePem });
  const whole = await readFile(path, "utf8");
  for (const text of [whole, whole.slice(0, 200), ""]) {
    await writeFile(path, text);
    expect(await loadNodeIdentity(path)).toEqual({ ok: false, reason: "malformed" });
  }
});

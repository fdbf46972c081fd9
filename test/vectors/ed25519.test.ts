/**
 * Ed25519 under the strict rule: RFC 8032's own vectors, and one frozen accept-bitmap over edge cases, to
 * which every verifier is held. A changed bit is a protocol change.
 *
 * data/ed25519-strict.json is our own: constructed in ed25519-construction.ts.
 * @module
 */
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createNativeSigner,
  loadNativeCrypto,
  nativeVerifier,
} from "../../node/adapters/native-crypto.ts";
import { fromHex, toHex, utf8 } from "../../src/base/bytes.ts";
import { createNobleSigner, nobleVerifier } from "../../src/crypto/ed25519.ts";
import { type CaseGroup, constructCases } from "./ed25519-construction.ts";

const frozen = JSON.parse(
  readFileSync(new URL("data/ed25519-strict.json", import.meta.url), "utf8"),
) as CaseGroup[];

/** RFC 8032 section 7.1: seed, public key, message, signature. */
const rfc8032 = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
  [
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    createHash("sha512").update("abc").digest("hex"),
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
] as const;

const implementations = [
  { name: "noble", verifier: nobleVerifier, createSigner: createNobleSigner },
  { name: "sodium", verifier: nativeVerifier, createSigner: createNativeSigner },
];

test("sodium is what answers natively on this machine", () => {
  expect(loadNativeCrypto().name).toBe("sodium");
});

test("the frozen cases are the constructed ones, each group with its verdicts", () => {
  expect(frozen).toEqual(constructCases());
});

test("the frozen cases tell the rules apart: strict accepts some of mixed order, none of small order", () => {
  const accepted = Object.fromEntries(frozen.map((group) => [group.name, ones(group.accepted)]));
  expect(frozen[0]?.cases.length).toBe(196);
  expect(accepted["small order A and R, all encodings"]).toBe(0);
  expect(accepted["small order A or R"]).toBe(0);
  expect(accepted["mixed order A and R"]).toBeGreaterThan(8);
  expect(accepted["S not reduced"]).toBe(4);
  expect(accepted["wrong lengths"]).toBe(2);
});

describe.each(implementations)("$name", ({ verifier, createSigner }) => {
  test.each(frozen)("accepts exactly the frozen cases: $name", ({ cases, accepted }) => {
    const bits = new Uint8Array(accepted.length / 2);
    for (const [n, text] of cases.entries()) {
      const [key = "", signature = "", message = ""] = text.split(" ");
      const isAccepted = verifier.verify(fromHex(signature), fromHex(message), fromHex(key));
      if (isAccepted) bits[n >> 3] = (bits[n >> 3] ?? 0) | (0x80 >> (n & 7));
    }
    expect(toHex(bits)).toBe(accepted);
  });

  test.each(rfc8032)("signs and verifies as RFC 8032 says: seed %s", (...vector) => {
    const [seed, publicKey, message, signature] = vector;
    const signer = createSigner(fromHex(seed));
    expect(toHex(signer.publicKey)).toBe(publicKey);
    expect(toHex(signer.sign(fromHex(message)))).toBe(signature);
    expect(verifier.verify(fromHex(signature), fromHex(message), fromHex(publicKey))).toBe(true);
  });

  test("what it signs, OpenSSL verifies", () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
      fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(32), fc.uint8Array({ maxLength: 300 }), (seed, message) => {
        const signer = createSigner(seed);
        const x = Buffer.from(signer.publicKey).toString("base64url");
        const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
        expect(verify(null, message, key, signer.sign(message))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test("a signer keeps its own copy of the seed", () => {
    const seed = new Uint8Array(32).fill(7);
    const signer = createSigner(seed);
    seed.fill(0);
    expect(verifier.verify(signer.sign(utf8("m")), utf8("m"), signer.publicKey)).toBe(true);
  });
});

test("bytes are read in place: views into a larger buffer verify the same", () => {
  for (const { verifier, createSigner } of implementations) {
    const signer = createSigner(new Uint8Array(32).fill(9));
    const message = utf8("in the middle");
    const whole = new Uint8Array(200).fill(0xaa);
    whole.set(signer.sign(message), 3);
    whole.set(signer.publicKey, 71);
    whole.set(message, 111);
    const key = whole.subarray(71, 103);
    const viewed = whole.subarray(111, 111 + message.length);
    expect(verifier.verify(whole.subarray(3, 67), viewed, key)).toBe(true);
    expect(verifier.verify(whole.subarray(4, 68), viewed, key)).toBe(false);
  }
});

function ones(bitmap: string): number {
  return [...fromHex(bitmap)].reduce(
    (sum, byte) => sum + byte.toString(2).split("1").length - 1,
    0,
  );
}

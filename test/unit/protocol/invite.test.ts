/**
 * An invitation says what its signer signed, and a change of any part of it is seen.
 * @module
 */
import { bcs } from "@mysten/bcs";
import { expect, test } from "vitest";
import { fromHex } from "../../../src/base/bytes.ts";
import { createNobleSigner, nobleVerifier } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { chainIdOf, type Genesis } from "../../../src/protocol/genesis.ts";
import { type AccountId, type BlockId, height, type PublicKey } from "../../../src/protocol/ids.ts";
import { formatInvite, openInvite, signInvite } from "../../../src/protocol/invite.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";

const id = (byte: number): string => byte.toString(16).padStart(2, "0").repeat(32);
const signer = createNobleSigner(new Uint8Array(32).fill(7));
const crypto = { hasher: nobleHasher, verifier: nobleVerifier };

const genesis: Genesis = {
  networkName: "riverside",
  addressPrefix: "quo",
  asset: { code: "QRT", decimals: 6 },
  timestampMs: 1_767_225_600_000,
  parameters: standardParameters,
  validators: [
    {
      consensusKey: id(1) as PublicKey,
      operator: id(0x11) as AccountId,
      name: "one",
      endpoint: "one.example:27000",
    },
  ],
  accounts: [{ account: id(0x21) as AccountId, balance: 5n }],
  previous: undefined,
};
const chainId = chainIdOf(nobleHasher, genesis);
const checkpoint = { height: height(1_234), blockId: id(0x33) as BlockId };
const peers = ["one.example:27000", "[::1]:3"];
const body = {
  checkpoint,
  peers,
  from: { name: "one", keyKind: "validator" },
  timestampMs: 1_767_225_700_000,
} as const;
const invite = signInvite({ genesis, chainId }, body, signer);
const file = formatInvite(invite);

test("what was signed is read, with the whole genesis", () => {
  expect(openInvite(file, crypto)).toEqual({ ok: true, value: invite });
});

test("the signature covers domain, chain id and the BCS of everything that it names", () => {
  const layout = bcs.struct("InviteBody", {
    height: bcs.u64(),
    blockId: bcs.fixedArray(32, bcs.u8()),
    peers: bcs.vector(bcs.string()),
    name: bcs.string(),
    keyKind: bcs.u8(),
    key: bcs.fixedArray(32, bcs.u8()),
    timestampMs: bcs.u64(),
  });
  const payload = layout.serialize({
    height: checkpoint.height,
    blockId: [...fromHex(checkpoint.blockId)],
    peers,
    name: "one",
    keyKind: 0,
    key: [...signer.publicKey],
    timestampMs: body.timestampMs,
  });
  const message = Buffer.concat([
    Buffer.from("quorate/invite/1\0"),
    fromHex(chainId),
    payload.toBytes(),
  ]);
  expect(nobleVerifier.verify(invite.signature, message, signer.publicKey)).toBe(true);
});

type Json = Record<string, unknown>;
const changed = (change: (json: Json) => void): string => {
  const json = JSON.parse(file) as Json;
  change(json);
  return JSON.stringify(json);
};
const part = (json: Json, name: string): Json => json[name] as Json;

test.each<readonly [string, (json: Json) => void]>([
  ["the checkpoint's height", (json) => Object.assign(part(json, "checkpoint"), { height: 1_235 })],
  ["the checkpoint's block", (json) => Object.assign(part(json, "checkpoint"), { blockId: id(4) })],
  ["an address", (json) => Object.assign(json, { peers: ["evil.example:1", peers[1]] })],
  ["the order of addresses", (json) => Object.assign(json, { peers: [...peers].reverse() })],
  ["the inviter's name", (json) => Object.assign(part(json, "from"), { name: "two" })],
  ["the kind of key", (json) => Object.assign(part(json, "from"), { keyKind: "node" })],
  ["the key", (json) => Object.assign(part(json, "from"), { key: id(1) })],
  ["the time", (json) => Object.assign(json, { timestampMs: body.timestampMs + 1 })],
  ["the signature", (json) => Object.assign(json, { signature: "00".repeat(64) })],
])("%s cannot be changed", (_what, change) => {
  const opened = openInvite(changed(change), crypto);
  expect(opened).toMatchObject({ ok: false, reason: { code: "invite_bad_signature" } });
});

test("a genesis that is not the one of the named chain is refused", () => {
  const withOther = changed((json) => {
    Object.assign(part(json, "genesis"), { timestampMs: 1 });
  });
  const opened = openInvite(withOther, crypto);
  expect(opened).toMatchObject({ ok: false, reason: { code: "invite_wrong_genesis" } });
});

test("a genesis and a chain id that fit each other do not help without the signature", () => {
  const other = { ...genesis, timestampMs: 1 };
  const otherChain = chainIdOf(nobleHasher, other);
  const forged = changed((json) => {
    Object.assign(part(json, "genesis"), { timestampMs: 1 });
    Object.assign(json, { chainId: otherChain });
  });
  const opened = openInvite(forged, crypto);
  expect(opened).toMatchObject({ ok: false, reason: { code: "invite_bad_signature" } });
});

test.each([
  ["no JSON", "{"],
  ["another kind", changed((json) => Object.assign(json, { kind: "quorate-genesis" }))],
  ["a later version", changed((json) => Object.assign(json, { version: 2 }))],
  ["an unknown key", changed((json) => Object.assign(json, { more: 1 }))],
  ["a missing key", changed((json) => delete json["peers"])],
  ["a broken genesis", changed((json) => Object.assign(json, { genesis: {} }))],
  ["65 addresses", changed((json) => Object.assign(json, { peers: Array(65).fill("a.b:1") }))],
  ["control characters", changed((json) => Object.assign(json, { peers: ["a\u0007"] }))],
  ["a short signature", changed((json) => Object.assign(json, { signature: "00" }))],
])("%s is malformed", (_what, text) => {
  const opened = openInvite(text, crypto);
  expect(opened).toMatchObject({ ok: false, reason: { code: "invite_malformed" } });
});

/**
 * A request for membership is taken only with the signature of the key that it wants in.
 * @module
 */
import { expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { createNobleSigner, nobleVerifier } from "../../../src/crypto/ed25519.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { AccountId, ChainId, PublicKey } from "../../../src/protocol/ids.ts";
import { type PutChange, signPossession } from "../../../src/protocol/membership.ts";
import {
  formatMembershipRequest,
  openMembershipRequest,
} from "../../../src/protocol/membership-request.ts";

const id = (byte: number): string => byte.toString(16).padStart(2, "0").repeat(32);
const network = { chainId: id(9) as ChainId, addressPrefix: "quo" };
const signer = createNobleSigner(new Uint8Array(32).fill(3));
const validator = {
  consensusKey: toHex(signer.publicKey) as PublicKey,
  operator: id(0x44) as AccountId,
  name: "acme",
  endpoint: "acme.example:27000",
};
const possession = signPossession(network.chainId, validator, signer);
const change: PutChange = { kind: "put", validator, possession };
const file = formatMembershipRequest(network, change);

type Json = Record<string, unknown>;
const changed = (change: (json: Json, validator: Json) => void): string => {
  const json = JSON.parse(file) as Json;
  change(json, json["validator"] as Json);
  return JSON.stringify(json);
};
const open = (text: string) => openMembershipRequest(text, network, nobleVerifier);

test("a request that is written is read as the same change", () => {
  expect(open(file)).toEqual({ ok: true, value: change });
});

test.each<readonly [string, (json: Json, validator: Json) => void]>([
  ["name", (_, entry) => Object.assign(entry, { name: "other" })],
  ["endpoint", (_, entry) => Object.assign(entry, { endpoint: "evil.example:1" })],
  [
    "operator",
    (_, entry) => Object.assign(entry, { operator: formatAddress("quo", id(5) as AccountId) }),
  ],
  ["key", (_, entry) => Object.assign(entry, { consensusKey: id(1) })],
  ["possession", (json) => Object.assign(json, { possession: "11".repeat(64) })],
])("with another %s than its key has signed it is refused", (_what, change) => {
  expect(open(changed(change))).toMatchObject({ reason: { code: "request_bad_possession" } });
});

test("a possession of another network shows nothing here", () => {
  const elsewhere = { ...network, chainId: id(8) as ChainId };
  const moved = changed((json) => Object.assign(json, { chainId: elsewhere.chainId }));
  expect(open(moved)).toMatchObject({ reason: { code: "request_wrong_chain" } });
  expect(openMembershipRequest(moved, elsewhere, nobleVerifier)).toMatchObject({
    reason: { code: "request_bad_possession" },
  });
});

test.each([
  ["no JSON", "[", "the text is not JSON"],
  ["another kind", changed((json) => Object.assign(json, { kind: "x" })), "kind"],
  ["an unknown key", changed((json) => Object.assign(json, { more: 1 })), "more"],
  ["no name", changed((_, entry) => Object.assign(entry, { name: "" })), "validator.name"],
  [
    "a long name",
    changed((_, entry) => Object.assign(entry, { name: "n".repeat(33) })),
    "validator.name",
  ],
  [
    "a long endpoint",
    changed((_, entry) => Object.assign(entry, { endpoint: "e".repeat(129) })),
    "validator.endpoint",
  ],
  [
    "an address of another network",
    changed((_, entry) =>
      Object.assign(entry, { operator: formatAddress("abc", id(5) as AccountId) }),
    ),
    "validator.operator",
  ],
  [
    "a short key",
    changed((_, entry) => Object.assign(entry, { consensusKey: "00" })),
    "validator.consensusKey",
  ],
  [
    "a short possession",
    changed((json) => Object.assign(json, { possession: "00" })),
    "possession",
  ],
])("%s is malformed, and the place is named", (_what, text, place) => {
  const opened = open(text);
  expect(opened).toMatchObject({ ok: false, reason: { code: "request_malformed" } });
  if (!opened.ok) expect(opened.reason.detail).toContain(place);
});

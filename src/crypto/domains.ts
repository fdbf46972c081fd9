/**
 * The closed list of domains: what a hash or a signature is about is part of what is hashed or signed.
 *
 * A domain is ASCII text followed by a zero byte. No domain is a prefix of another with its zero byte, so
 * a preimage of one role can never be read as one of another.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fromHex } from "../base/bytes.ts";
import { domainBytes } from "./hash.ts";

/** Domains of hashes: SHA-256(domain ‖ 0 ‖ …). */
export type HashDomain =
  | "quorate/genesis/1"
  | "quorate/account/1"
  | "quorate/transaction/1"
  | "quorate/asset/1"
  | "quorate/block/1"
  | "quorate/validators/1"
  | "quorate/leader/1";

/** Domains of signatures: Ed25519 over domain ‖ 0 ‖ chainId ‖ payload. */
export type SigningDomain =
  | "quorate/transaction/1"
  | "quorate/notarize/1"
  | "quorate/nullify/1"
  | "quorate/finalize/1"
  | "quorate/handshake/1"
  | "quorate/validator/1"
  | "quorate/address/1"
  | "quorate/invite/1";

export type Domain = HashDomain | SigningDomain;

const chainIdBytes = 32;

/** The bytes that are signed: domain ‖ 0 ‖ chainId (32 bytes, given in hex) ‖ payload. */
export function signingBytes(
  domain: SigningDomain,
  chainId: string,
  payload: Uint8Array,
): Uint8Array {
  const prefix = domainBytes(domain);
  const chain = chainBytes(chainId);
  const bytes = new Uint8Array(prefix.length + chainIdBytes + payload.length);
  bytes.set(prefix, 0);
  bytes.set(chain, prefix.length);
  bytes.set(payload, prefix.length + chainIdBytes);
  return bytes;
}

/** A program works on one chain nearly always: its id is converted once. */
let lastChain: { readonly id: string; readonly bytes: Uint8Array } | undefined;

function chainBytes(chainId: string): Uint8Array {
  if (lastChain?.id === chainId) return lastChain.bytes;
  assert(chainId.length === 2 * chainIdBytes, "a chain id is 32 bytes");
  lastChain = { id: chainId, bytes: fromHex(chainId) };
  return lastChain.bytes;
}

/**
 * Policy: who may act for an account, as a threshold over weighted public keys.
 *
 * An account's id is the hash of its first policy, so an address commits to its keys before it exists.
 * @module
 */
import { fromHex, toHex } from "../base/bytes.ts";
import { type Codec, checked, encode, struct, u8, u16, vector } from "../codec/codec.ts";
import { hashWithDomain } from "../crypto/hash.ts";
import type { Hasher } from "../crypto/ports.ts";
import { type AccountId, type Digest, type PublicKey, publicKeyCodec } from "./ids.ts";
import { policyKeysMax } from "./limits.ts";

export interface WeightedKey {
  readonly publicKey: PublicKey;
  /** 1 to 255. */
  readonly weight: number;
}

export interface Policy {
  /** 1 to the sum of all weights. */
  readonly threshold: number;
  /** 1 to 16, strictly ascending by public key. */
  readonly keys: readonly WeightedKey[];
}

/** What is wrong with a policy's shape, or undefined. Decoding applies it, so a decoded policy is sound. */
export function policyFlaw(policy: Policy): string | undefined {
  let sum = 0;
  let previous = "";
  for (const { publicKey, weight } of policy.keys) {
    if (publicKey <= previous) return "policy keys are not strictly ascending";
    if (weight < 1) return "a policy key has no weight";
    previous = publicKey;
    sum += weight;
  }
  if (policy.threshold < 1 || policy.threshold > sum) return "policy threshold cannot be met";
  return undefined;
}

export const policyCodec: Codec<Policy> = checked(
  struct<Policy>({
    threshold: u16,
    keys: vector(struct<WeightedKey>({ publicKey: publicKeyCodec, weight: u8 }), {
      lengthMin: 1,
      lengthMax: policyKeysMax,
    }),
  }),
  policyFlaw,
);

/** SHA-256(`quorate/account/1\0` ‖ BCS(policy)): the authHash, and of an account's first policy its id. */
export function policyHash(hasher: Hasher, policy: Policy): Digest {
  return toHex(hashWithDomain(hasher, "quorate/account/1", encode(policyCodec, policy))) as Digest;
}

export function accountIdOf(hasher: Hasher, policy: Policy): AccountId {
  return policyHash(hasher, policy) as string as AccountId;
}

/** The policy of an account with one key. */
export function singleKeyPolicy(publicKey: Uint8Array): Policy {
  return { threshold: 1, keys: [{ publicKey: toHex(publicKey) as PublicKey, weight: 1 }] };
}

export const publicKeyBytes = (key: PublicKey): Uint8Array => fromHex(key);

/**
 * Whether a policy is the one with a given hash, remembering the answers for policies of one key.
 *
 * Almost all accounts have one key and send more than once; comparing their policy with the one seen before costs a
 * tenth of encoding and hashing it again. Only what was found equal is remembered.
 * @module
 */
import { RecentMap } from "../base/recent-map.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Digest, PublicKey } from "./ids.ts";
import { type Policy, policyHash } from "./policy.ts";

/** About 300 bytes each. */
const knownMax = 32_768;

interface SingleKey {
  readonly threshold: number;
  readonly publicKey: PublicKey;
  readonly weight: number;
}

export class KnownPolicies {
  readonly #hasher: Hasher;
  readonly #known = new RecentMap<Digest, SingleKey>({ entriesMax: knownMax });

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  /** Whether the policy's hash is this one. */
  isPolicyOf(hash: Digest, policy: Policy): boolean {
    const [key, second] = policy.keys;
    const isSingle = key !== undefined && second === undefined;
    if (isSingle) {
      const known = this.#known.get(hash);
      if (
        known?.publicKey === key.publicKey &&
        known.weight === key.weight &&
        known.threshold === policy.threshold
      ) {
        return true;
      }
    }
    if (policyHash(this.#hasher, policy) !== hash) return false;
    if (isSingle) this.#known.set(hash, { threshold: policy.threshold, ...key });
    return true;
  }
}

/**
 * Keys of accounts, in memory. Where they are kept is the program's own care.
 * @module
 */
import { createNobleSigner } from "../crypto/ed25519.ts";
import { nobleHasher } from "../crypto/hash.ts";
import type { Signer } from "../crypto/ports.ts";
import { deriveSeed } from "../keys/derivation.ts";
import { accountPath } from "../keys/derivation-path.ts";
import {
  entropyBytes,
  masterSeedOf,
  mnemonicOf,
  parseMnemonic,
  type WordCount,
} from "../keys/mnemonic.ts";
import type { AccountId } from "../protocol/ids.ts";
import { accountIdOf, type Policy, singleKeyPolicy } from "../protocol/policy.ts";
import { QuorateError } from "./failure.ts";
import { type Host, systemHost } from "./host.ts";

/** A key, and the account whose only key it is at first. */
export interface Key {
  readonly account: AccountId;
  readonly policy: Policy;
  readonly signer: Signer;
}

const seedBytes = 32;

/** @param seed 32 bytes, an RFC 8032 seed. Throws `bad_input`. */
export function keyFromSeed(seed: Uint8Array): Key {
  if (seed.length !== seedBytes) throw new QuorateError("bad_input", "a seed has 32 bytes");
  const signer = createNobleSigner(seed);
  const policy = singleKeyPolicy(signer.publicKey);
  return { account: accountIdOf(nobleHasher, policy), policy, signer };
}

/** The key that the wallet derives from these words too: BIP-39, then SLIP-0010 `m/44'/5330255'/index'`. Throws `bad_input`. */
export function keyFromMnemonic(words: string, index = 0): Key {
  const parsed = parseMnemonic(words);
  if (!parsed.ok) {
    throw new QuorateError("bad_input", `these are no mnemonic: ${parsed.reason.code}`);
  }
  const seed = deriveSeed(masterSeedOf(parsed.value), accountPath(index));
  if (!seed.ok) throw new QuorateError("bad_input", `${index} is no index of a key`);
  return keyFromSeed(seed.value);
}

/** New words, of 128 or 256 bits that nobody can guess. */
export function newMnemonic(
  words: WordCount = 24,
  host: Pick<Host, "entropy"> = systemHost,
): string {
  return mnemonicOf(host.entropy(entropyBytes(words)));
}

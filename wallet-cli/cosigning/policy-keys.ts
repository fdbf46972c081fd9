/**
 * Policies as a person gives them: keys by name, contact, address or in hex, each with its weight.
 * @module
 */
import { toHex } from "../../src/base/bytes.ts";
import { isIdText, type PublicKey } from "../../src/protocol/ids.ts";
import { policyKeysMax } from "../../src/protocol/limits.ts";
import { type Policy, policyFlaw, type WeightedKey } from "../../src/protocol/policy.ts";
import { usageFailure } from "../failure.ts";
import type { KnownNetwork } from "../network/known-network.ts";
import type { Wallet } from "../wallet.ts";
import { policyToSignWith } from "./parties.ts";
import { weightOf } from "./signatures.ts";

const weightMax = 255;

/** `KEY` or `KEY=WEIGHT` each; the keys end up in the order that policies have. */
export async function policyGiven(
  wallet: Wallet,
  known: KnownNetwork,
  given: { readonly keys: readonly string[]; readonly threshold: string | undefined },
): Promise<Policy> {
  if (given.keys.length > policyKeysMax) {
    throw usageFailure(
      "too_many_keys",
      `a policy has at most ${policyKeysMax} keys`,
      "Give fewer.",
    );
  }
  const keys: WeightedKey[] = [];
  for (const text of given.keys) {
    const [name = "", ...weights] = text.split("=");
    const publicKey = await publicKeyGiven(wallet, known, name);
    if (keys.some((key) => key.publicKey === publicKey)) {
      throw usageFailure("key_twice", `"${name}" is a key that is given already`, "Give it once.");
    }
    const weight = weights.length === 0 ? undefined : weights.join("="); // "2=3" is none.
    keys.push({ publicKey, weight: weightGiven(weight, text) });
  }
  const policy: Policy = {
    threshold: thresholdGiven(given.threshold, keys),
    keys: keys.toSorted((a, b) => (a.publicKey < b.publicKey ? -1 : 1)),
  };
  const flaw = policyFlaw(policy);
  if (flaw !== undefined) throw usageFailure("policy_invalid", flaw, "Give other keys or weights.");
  return policy;
}

function weightGiven(text: string | undefined, whole: string): number {
  const weight = text === undefined ? 1 : /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (weight >= 1 && weight <= weightMax) return weight;
  throw usageFailure(
    "bad_weight",
    `"${whole}" does not end in a weight`,
    `Give KEY=WEIGHT with a weight from 1 to ${weightMax}, or KEY alone.`,
  );
}

/** All of them together when nothing is given and there is one key; else it has to be said. */
function thresholdGiven(text: string | undefined, keys: readonly WeightedKey[]): number {
  const sum = weightOf(keys);
  if (text === undefined && keys.length === 1) return sum;
  const threshold = /^\d{1,5}$/.test(text ?? "") ? Number(text) : 0;
  if (threshold >= 1 && threshold <= sum) return threshold;
  throw usageFailure(
    "bad_threshold",
    text === undefined ? "--threshold is missing" : `a threshold of ${text} cannot be met`,
    `Give --threshold with the weight that must sign: 1 to ${sum}, the sum of all weights.`,
  );
}

/** The one key that a text names. */
async function publicKeyGiven(
  wallet: Wallet,
  known: KnownNetwork,
  text: string,
): Promise<PublicKey> {
  if (isIdText(text)) return text as PublicKey;
  const own = await known.network.accounts.findOwn(text);
  if (own !== undefined) return toHex(own.publicKey) as PublicKey;
  const { account, address } = await known.network.accounts.resolve(text);
  const policy = await policyToSignWith(wallet, known, account);
  const [only, ...others] = policy?.keys ?? [];
  if (only !== undefined && others.length === 0) return only.publicKey;
  throw usageFailure(
    "public_key_unknown",
    policy === undefined
      ? `the public key of ${address} is not known: it has signed nothing that is final`
      : `${address} is an account of several keys`,
    "Give the public key itself, which its holder sees with: quorate-wallet show NAME",
  );
}

/**
 * With what an account signs: the policy that acts for it now, and the place of the wallet's key in it.
 * @module
 */
import { toHex } from "../../src/base/bytes.ts";
import type { AccountId, Digest } from "../../src/protocol/ids.ts";
import type { Policy } from "../../src/protocol/policy.ts";
import type { Authorization } from "../../src/protocol/transaction.ts";
import { usageFailure } from "../failure.ts";
import type { OwnAccount } from "../keys/key-files.ts";
import { policyFor } from "./policies.ts";

export interface Authority {
  readonly account: AccountId;
  readonly policy: Policy;
  /** The position of the own key in the policy. */
  readonly keyIndex: number;
}

const buildInstead =
  "Build it, let the others sign, and send it: " +
  "quorate-wallet tx build … | tx sign | tx merge | tx send";

/** Fails with exit 2 when the wallet's key alone cannot act for the account. */
export async function authorityOf(
  home: string,
  payer: OwnAccount,
  authHash: string,
): Promise<Authority> {
  const { account } = payer;
  const isFirst = authHash === account;
  const policy = isFirst ? payer.policy : await policyFor(home, account, authHash as Digest);
  if (policy === undefined) {
    throw usageFailure(
      "policy_unknown",
      `the keys of "${payer.name}" have changed, and this wallet does not know to which`,
      "Import the policy that acts for it now: quorate-wallet policy import FILE",
    );
  }
  const publicKey = toHex(payer.publicKey);
  const keyIndex = policy.keys.findIndex((key) => key.publicKey === publicKey);
  const key = policy.keys[keyIndex];
  if (key === undefined) {
    throw usageFailure(
      "key_not_in_policy",
      `the key "${payer.name}" may not act for its account any more`,
      "Use a key that the account's policy names.",
    );
  }
  if (key.weight < policy.threshold) throw moreSignatures(payer.name);
  return { account, policy, keyIndex };
}

export function moreSignatures(name: string): Error {
  return usageFailure(
    "more_signatures_needed",
    `the key "${name}" alone cannot sign this`,
    buildInstead,
  );
}

export function authorizationOf(
  { account, policy, keyIndex }: Authority,
  signature: Uint8Array,
): Authorization {
  return { account, policy, signatures: [{ keyIndex, signature }] };
}

/**
 * What is known of an account's policy without the file that states one, so that a file's word is never taken for it.
 *
 * Whoever makes a transaction file can state any policy for any account: one of their own keys for an account that has
 * signed nothing, or somebody else's key for their own. Signatures under a policy mean something only when the policy
 * is the account's.
 * @module
 */
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { AccountId, Digest } from "../../src/protocol/ids.ts";
import { type Policy, policyHash } from "../../src/protocol/policy.ts";
import { type Account, accountKey, readAccount } from "../../src/protocol/state.ts";
import { savedPolicies } from "../accounts/policies.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { provenEntries } from "../ledger/ledger-entries.ts";
import type { KnownNetwork } from "../network/known-network.ts";
import type { Wallet } from "../wallet.ts";
import type { PartialTransaction } from "./transaction-file.ts";

/**
 * Why a stated policy may be believed: the ledger names it now; this wallet has saved it, or made its key; the address
 * is its hash, so that it was the first one; or not at all, because nothing but the file speaks for it.
 */
export type PolicyBasis = "proven" | "saved" | "first" | "claimed";

/** Of one account. */
export interface PolicyTruth {
  /** Proven; undefined when no node was asked. */
  readonly state: Account | undefined;
  /** Hashes of the policies that can be the one that counts; empty: nothing is known. */
  readonly authHashes: readonly Digest[];
}

export type PolicyTruths = ReadonlyMap<AccountId, PolicyTruth>;

/** From the ledger, proven, where a node can be asked; else from the wallet's keys and saved policies. */
export async function policyTruths(
  wallet: Wallet,
  { network, isOnline }: KnownNetwork,
  accounts: readonly AccountId[],
): Promise<PolicyTruths> {
  if (isOnline) {
    const entries = await provenEntries(wallet, network, accounts.map(accountKey));
    const states = accounts.map((account) => [account, readAccount(entries, account)] as const);
    return new Map(
      states.map(([account, state]) => [account, { state, authHashes: [state.authHash] }]),
    );
  }
  const known = [
    ...(await savedPolicies(wallet.settings.home)),
    ...(await network.accounts.own()),
  ].map(({ account, policy }) => ({ account, authHash: policyHash(nobleHasher, policy) }));
  const hashesOf = (account: AccountId): readonly Digest[] =>
    known.filter((each) => each.account === account).map(({ authHash }) => authHash);
  return new Map(
    accounts.map((account) => [account, { state: undefined, authHashes: hashesOf(account) }]),
  );
}

export interface StatedPolicy {
  readonly account: AccountId;
  readonly policy: Policy;
}

/** Undefined: what is known contradicts it. */
export function basisOf(
  truths: PolicyTruths,
  { account, policy }: StatedPolicy,
): PolicyBasis | undefined {
  const stated = policyHash(nobleHasher, policy);
  const truth = truths.get(account);
  if (truth !== undefined && truth.authHashes.length > 0) {
    if (!truth.authHashes.includes(stated)) return undefined;
    return truth.state === undefined ? "saved" : "proven";
  }
  return (stated as string) === account ? "first" : "claimed";
}

/** On what each stated policy rests. Exit 8, naming the account, when one is not what is known of the account. */
export function basesOf(
  truths: PolicyTruths,
  { id, authorizations }: PartialTransaction,
  { source, addressOf }: { readonly source: string; addressOf(account: AccountId): string },
): ReadonlyMap<AccountId, PolicyBasis> {
  const bases = new Map<AccountId, PolicyBasis>();
  for (const stated of authorizations) {
    const basis = basisOf(truths, stated);
    if (basis === undefined) {
      const isProven = truths.get(stated.account)?.state !== undefined;
      throw falsePolicy(`${source}: for ${addressOf(stated.account)} it states`, isProven, id);
    }
    bases.set(stated.account, basis);
  }
  return bases;
}

function falsePolicy(which: string, isProven: boolean, id: string): CommandFailure {
  return new CommandFailure(exitCodes.disagreement, {
    code: "policy_mismatch",
    message: isProven
      ? `${which} a policy that is not the one that acts for it now`
      : `${which} a policy that is none of those that this wallet knows for it`,
    fix: isProven
      ? "Do not sign it. Build the transaction again, with the policy that counts now."
      : "Do not sign it. If the account's keys have changed, import its policy (quorate-wallet policy import FILE), " +
        "or ask the network for it (quorate-wallet policy show WHO).",
    id,
  });
}

/**
 * Who may act for an account now: the wallet's own keys, and the policy that the ledger names.
 * @module
 */
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { AccountId, Digest, PublicKey } from "../../src/protocol/ids.ts";
import { type Policy, policyHash } from "../../src/protocol/policy.ts";
import { type Account, accountKey, readAccount } from "../../src/protocol/state.ts";
import type { Accounts } from "../accounts/accounts.ts";
import { keepOnlyPolicy, policiesOf, savedPolicies, savePolicy } from "../accounts/policies.ts";
import { usageFailure } from "../failure.ts";
import type { OwnAccount } from "../keys/key-files.ts";
import { provenEntries } from "../ledger/ledger-entries.ts";
import { policyOnLedger } from "../ledger/ledger-policies.ts";
import type { KnownNetwork } from "../network/known-network.ts";
import type { Wallet } from "../wallet.ts";
import { publicKeyOf } from "./signatures.ts";

/** The account's entry in the ledger's state, proven. */
export async function provenAccount(
  wallet: Wallet,
  { network }: KnownNetwork,
  account: AccountId,
): Promise<Account> {
  return readAccount(await provenEntries(wallet, network, [accountKey(account)]), account);
}

const ownAccountOf = async (
  accounts: Accounts,
  account: AccountId,
): Promise<OwnAccount | undefined> => (await accounts.own()).find((own) => own.account === account);

/**
 * The policy to sign with for the account: the one that the ledger names, where a node can be asked, else the only
 * one saved. Undefined: the wallet does not know it. `state`: the account's, where it was proven already.
 */
export async function policyToSignWith(
  wallet: Wallet,
  known: KnownNetwork,
  account: AccountId,
  state?: Account,
): Promise<Policy | undefined> {
  const { accounts } = known.network;
  if (known.isOnline) {
    const { authHash } = state ?? (await provenAccount(wallet, known, account));
    return await policyWithHash(wallet, known, account, authHash);
  }
  const saved = await policiesOf(wallet.settings.home, account);
  if (saved.length > 1) {
    throw usageFailure(
      "policy_ambiguous",
      `several policies of ${accounts.addressOf(account)} are saved, and without a network nobody says which counts`,
      "Run quorate-wallet policy show WHO where there is a network: it keeps the one that counts.",
    );
  }
  return saved[0] ?? (await ownAccountOf(accounts, account))?.policy;
}

/** Saved, or the first one of an own key, or found on the ledger; what is found is saved for accounts with a name. */
async function policyWithHash(
  wallet: Wallet,
  { network }: KnownNetwork,
  account: AccountId,
  authHash: Digest,
): Promise<Policy | undefined> {
  const { home } = wallet.settings;
  const saved = (await savedPolicies(home)).filter((each) => each.account === account);
  const own = await ownAccountOf(network.accounts, account);
  const known = [...saved.map(({ policy }) => policy), ...(own === undefined ? [] : [own.policy])];
  const found = known.find((policy) => policyHash(nobleHasher, policy) === authHash);
  if (found !== undefined) return found;
  const seen = await policyOnLedger(wallet, network, account, authHash);
  const name = saved[0]?.name ?? own?.name;
  if (seen === undefined || name === undefined) return seen;
  await savePolicy(home, { name, account, policy: seen });
  await keepOnlyPolicy(home, account, authHash);
  return seen;
}

/** The wallet's own keys by public key; the first of a kind where a key is there twice. */
export async function ownKeys(accounts: Accounts): Promise<ReadonlyMap<PublicKey, OwnAccount>> {
  const keys = new Map<PublicKey, OwnAccount>();
  for (const own of await accounts.own()) {
    const key = publicKeyOf(own);
    if (!keys.has(key)) keys.set(key, own);
  }
  return keys;
}

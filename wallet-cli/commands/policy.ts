/**
 * `quorate-wallet policy show|create|import|export`: who may act for an account. `policy set` is policy-set.ts.
 * @module
 */
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { accountIdOf, type Policy, policyHash } from "../../src/protocol/policy.ts";
import type { NamedAccount } from "../accounts/accounts.ts";
import {
  accountOfPolicyName,
  formatPolicyFile,
  keepOnlyPolicy,
  parsePolicyFile,
  policiesOf,
  savePolicy,
} from "../accounts/policies.ts";
import { ownKeys, policyToSignWith, provenAccount } from "../cosigning/parties.ts";
import { policyGiven } from "../cosigning/policy-keys.ts";
import { keyNamesFrom } from "../cosigning/transaction-view.ts";
import { CommandFailure, exitCodes, notFoundFailure, usageFailure } from "../failure.ts";
import { nameOf, readInput, writeOutput } from "../file-input.ts";
import { requireAccountName } from "../keys/key-files.ts";
import { type KnownNetwork, knownNetwork } from "../network/known-network.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json, Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface PolicyFlags {
  readonly threshold?: string;
  readonly offline?: boolean;
}

const policyBytesMax = 16 * 1024;

export async function showPolicy(
  wallet: Wallet,
  who: string,
  flags: { readonly offline?: boolean },
): Promise<Report> {
  const known = await knownNetwork(wallet.settings, flags);
  const party = await known.network.accounts.resolve(who);
  const { account } = party;
  const state = known.isOnline ? await provenAccount(wallet, known, account) : undefined;
  const policy = await policyToSignWith(wallet, known, account, state);
  if (state !== undefined && policy !== undefined) {
    const { home } = wallet.settings;
    const saved = await policiesOf(home, account);
    const isSaved = saved.some((each) => policyHash(nobleHasher, each) === state.authHash);
    if (isSaved) await keepOnlyPolicy(home, account, state.authHash);
  }
  if (policy === undefined) {
    throw notFoundFailure(
      "policy_unknown",
      `the policy of ${party.address} is not known: this wallet has none, and it has signed nothing that is final`,
      "Import it from one of its holders: quorate-wallet policy import FILE.",
    );
  }
  const isProven = state !== undefined;
  return await reportOf(known, { party, policy, isProven, nonce: state?.nonce });
}

interface Shown {
  readonly party: NamedAccount;
  readonly policy: Policy;
  /** Whether the ledger's own state names it. */
  readonly isProven: boolean;
  readonly nonce: number | undefined;
  readonly title?: string;
}

async function reportOf(
  { network }: KnownNetwork,
  { party, policy, isProven, nonce, title }: Shown,
): Promise<Report> {
  const names = await network.accounts.directory();
  const holders = keyNamesFrom(
    names,
    policy.keys.map(({ publicKey }) => publicKey),
  );
  const own = await ownKeys(network.accounts);
  const keys = policy.keys.map(({ publicKey, weight }) => ({
    publicKey,
    weight,
    name: own.get(publicKey)?.name ?? holders.get(publicKey) ?? null,
    isOwn: own.has(publicKey),
  }));
  const authHash = policyHash(nobleHasher, policy);
  const data: { readonly [field: string]: Json } = {
    name: names.get(party.account) ?? party.name ?? null,
    address: party.address,
    account: party.account,
    authHash,
    threshold: policy.threshold,
    keys,
    isProven,
    nonce: nonce ?? null,
  };
  const certainty = isProven ? "proven" : "as saved by this wallet, not asked of the network";
  const lines = [
    title ?? `${party.address}${names.has(party.account) ? `  (${names.get(party.account)})` : ""}`,
    `acts with a weight of ${policy.threshold} of ${keys.reduce((sum, { weight }) => sum + weight, 0)}  (${certainty})`,
    formatTable(
      keys.map(({ publicKey, weight, name, isOwn }) => [
        `  ${weight}`,
        publicKey,
        name === null ? "" : `${name}${isOwn ? " (own key)" : ""}`,
      ]),
    ),
    ...(nonce === undefined ? [] : [`next nonce ${nonce}`]),
  ];
  return { data, text: lines.join("\n") };
}

export async function createPolicy(
  wallet: Wallet,
  name: string,
  keys: readonly string[],
  flags: PolicyFlags,
): Promise<Report> {
  requireAccountName(name);
  const known = await knownNetwork(wallet.settings, flags);
  const policy = await policyGiven(wallet, known, { keys, threshold: flags.threshold });
  const account = accountIdOf(nobleHasher, policy);
  await requireFreeName(wallet, known, name, account);
  await savePolicy(wallet.settings.home, { name, account, policy });
  const party = { name, account, address: known.network.accounts.addressOf(account) };
  const report = await reportOf(known, {
    party,
    policy,
    isProven: false,
    nonce: undefined,
    title: `${party.address}  (${name})`,
  });
  wallet.terminal.note(
    "It exists once it has been paid: send it something, then build its transactions with tx build … --from " +
      `${name}. Give the others the policy: quorate-wallet policy export ${name}.`,
  );
  return report;
}

/** A name stands for one account, whichever kind it is of. */
async function requireFreeName(
  wallet: Wallet,
  { network }: KnownNetwork,
  name: string,
  account: AccountId,
): Promise<void> {
  const saved = await accountOfPolicyName(wallet.settings.home, name);
  const taken = saved ?? (await knownAs(network, name));
  if (taken === undefined || taken === account) return;
  throw usageFailure(
    "name_taken",
    `"${name}" is the name of another account already`,
    "Give another name.",
  );
}

async function knownAs(
  { accounts }: KnownNetwork["network"],
  name: string,
): Promise<AccountId | undefined> {
  try {
    return (await accounts.resolve(name)).account;
  } catch (error) {
    if (error instanceof CommandFailure && error.exit === exitCodes.notFound) return undefined;
    throw error;
  }
}

export async function importPolicy(
  wallet: Wallet,
  given: string,
  flags: { readonly name?: string; readonly offline?: boolean },
): Promise<Report> {
  const parsed = parsePolicyFile(await readInput(given, policyBytesMax));
  if (!parsed.ok) {
    throw usageFailure(
      "policy_malformed",
      `${nameOf(given)} is not a sound policy file: ${parsed.reason}`,
      "Give a file that quorate-wallet policy export has written.",
    );
  }
  const { account, policy } = parsed.value;
  const known = await knownNetwork(wallet.settings, flags);
  // A file does not rename an account that this wallet has a name for.
  const present = (await known.network.accounts.directory()).get(account);
  const name = requireAccountName(flags.name ?? present ?? parsed.value.name);
  await requireFreeName(wallet, known, name, account);
  const authHash = policyHash(nobleHasher, policy);
  const now = known.isOnline ? (await provenAccount(wallet, known, account)).authHash : undefined;
  if (now !== undefined && now !== authHash) {
    throw new CommandFailure(exitCodes.disagreement, {
      code: "policy_mismatch",
      message: "the policy in the file is not the one that acts for the account now",
      fix: "Ask for the account's present policy. A policy that is only to come: --offline.",
    });
  }
  const party = { name, account, address: known.network.accounts.addressOf(account) };
  if (now === undefined && (authHash as string) !== account) {
    wallet.terminal.note(
      `WARNING: that these keys act for ${party.address} is the file's own claim, not asked of the network. ` +
        "From now on this wallet takes it for true where it has no network.",
    );
  }
  await savePolicy(wallet.settings.home, { name, account, policy });
  if (now !== undefined) await keepOnlyPolicy(wallet.settings.home, account, authHash);
  return await reportOf(known, {
    party,
    policy,
    isProven: now !== undefined,
    nonce: undefined,
  });
}

export async function exportPolicy(
  wallet: Wallet,
  who: string,
  flags: { readonly out?: string; readonly offline?: boolean },
): Promise<Report> {
  const known = await knownNetwork(wallet.settings, flags);
  const { account, address, name } = await known.network.accounts.resolve(who);
  const policy = await policyToSignWith(wallet, known, account);
  if (policy === undefined) {
    throw notFoundFailure(
      "policy_unknown",
      `this wallet knows no policy of ${address}`,
      "Make one with policy create, or import it with policy import.",
    );
  }
  const text = formatPolicyFile({ name: name ?? "imported", account, policy });
  if (flags.out === undefined) return { data: JSON.parse(text) as Json, text: text.trimEnd() };
  const path = await writeOutput(flags.out, text, () => false);
  return { data: { out: path, account, address }, text: path };
}

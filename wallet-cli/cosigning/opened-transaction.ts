/**
 * Opening a transaction file: read, checked, and with everything that is needed to show it in words.
 * @module
 */
import { nobleHasher } from "../../src/crypto/hash.ts";
import { authorizingAccounts } from "../../src/protocol/authorization.ts";
import type { AccountId, PublicKey } from "../../src/protocol/ids.ts";
import { type Policy, policyHash } from "../../src/protocol/policy.ts";
import { CommandFailure, exitCodes, usageFailure } from "../failure.ts";
import { nameOf, readInput, writeOutput } from "../file-input.ts";
import { unitsOf } from "../ledger/transaction-units.ts";
import { type KnownNetwork, knownNetwork, requireOnline } from "../network/known-network.ts";
import type { Wallet } from "../wallet.ts";
import { ownKeys, policyToSignWith } from "./parties.ts";
import { basesOf, type PolicyBasis, policyTruths } from "./policy-truth.ts";
import { badKeys, standingsOf, withPolicy } from "./signatures.ts";
import {
  formatTransactionFile,
  type PartialTransaction,
  parseTransactionFile,
  transactionFileBytesMax,
} from "./transaction-file.ts";
import { keyNamesFrom, type View } from "./transaction-view.ts";

export interface OpenedTransaction {
  readonly partial: PartialTransaction;
  readonly known: KnownNetwork;
  /** On what each policy in it rests. */
  readonly bases: ReadonlyMap<AccountId, PolicyBasis>;
}

/** The partial transaction in a file or, for `-`, in what comes through a pipe. */
export async function readPartial(given: string): Promise<PartialTransaction> {
  const parsed = parseTransactionFile(await readInput(given, transactionFileBytesMax));
  if (parsed.ok) return parsed.value;
  throw usageFailure(
    "transaction_file_malformed",
    `${nameOf(given)} is not a sound transaction file: ${parsed.reason}`,
    "Give a file that quorate-wallet tx build, tx sign or swap propose has written.",
  );
}

export interface OpeningOptions {
  /** Ask no node for anything. */
  readonly offline?: boolean | undefined;
  /** Only with a network: every policy in it is then the one that the ledger names. */
  readonly online?: true;
}

/**
 * The same with the network that it is of. Policies that the file states are compared with what is known of their
 * accounts, and one that is not theirs is refused with exit 8; those that it lacks and the wallet knows are filled in.
 */
export async function openPartial(
  wallet: Wallet,
  given: string,
  { offline, online }: OpeningOptions,
): Promise<OpenedTransaction> {
  const read = await readPartial(given);
  const known = await knownNetwork(wallet.settings, { offline, chainId: read.chainId });
  if (online === true) requireOnline(known);
  const accounts = authorizingAccounts(read.transaction);
  const truths = await policyTruths(wallet, known, accounts);
  const naming = {
    source: nameOf(given),
    addressOf: (account: AccountId) => known.network.accounts.addressOf(account),
  };
  basesOf(truths, read, naming);
  let partial = read;
  for (const account of accounts) {
    if (read.authorizations.some((each) => each.account === account)) continue;
    const policy = await policyToSignWith(wallet, known, account, truths.get(account)?.state);
    if (policy !== undefined) partial = withPolicy(partial, account, policy);
  }
  return { partial, known, bases: basesOf(truths, partial, naming) };
}

/** One that this wallet has just drafted: the network was asked for its policies if it could be. */
export async function openDraft(
  wallet: Wallet,
  known: KnownNetwork,
  partial: PartialTransaction,
): Promise<OpenedTransaction> {
  const accounts = partial.authorizations.map(({ account }) => account);
  if (known.isOnline) {
    return { partial, known, bases: new Map(accounts.map((account) => [account, "proven"])) };
  }
  const truths = await policyTruths(wallet, known, accounts);
  const { addressOf } = known.network.accounts;
  const naming = { source: "the draft", addressOf: addressOf.bind(known.network.accounts) };
  return { partial, known, bases: basesOf(truths, partial, naming) };
}

/** Verifies the signatures, and gathers what the words need. */
export async function viewOf(
  wallet: Wallet,
  { partial, known, bases }: OpenedTransaction,
): Promise<View> {
  const { network } = known;
  const names = await network.accounts.directory();
  const keys = keysIn(partial);
  const own = [...(await ownKeys(network.accounts))].map(([key, { name }]) => [key, name] as const);
  return {
    partial,
    standings: standingsOf(partial),
    bases,
    network,
    context: {
      unit: network.unit,
      addressOf: (account) => network.accounts.addressOf(account),
      names,
      assets: await unitsOf(wallet, known, partial.transaction),
    },
    keyNames: new Map([...keyNamesFrom(names, keys), ...own]),
    nowMs: Date.now(),
  };
}

const keysIn = ({ authorizations }: PartialTransaction): readonly PublicKey[] =>
  authorizations.flatMap(({ policy }) => policy.keys.map(({ publicKey }) => publicKey));

/** A signature that is not its key's, over this very transaction: exit 8. */
export function refuseBadSignatures({ standings, partial, keyNames }: View, source: string): void {
  const bad = badKeys(standings);
  if (bad.length === 0) return;
  const named = bad.map((key) => keyNames.get(key) ?? key).join(", ");
  throw new CommandFailure(exitCodes.disagreement, {
    code: "bad_signature",
    message: `${source}: not a signature of ${named} for this transaction`,
    fix: "Do not use this file. Ask for it again from whoever made it.",
    id: partial.id,
  });
}

/** After its expiry no block takes it, so nobody needs to sign or send it: exit 6. */
export function refuseExpired({ partial, nowMs }: View): void {
  if (partial.transaction.expiryMs >= nowMs) return;
  throw new CommandFailure(exitCodes.expired, {
    code: "expired",
    message: "it has expired, and can never be applied",
    fix: "Build it again with a later --expires-at.",
    id: partial.id,
  });
}

/** Writes the file that --out names; one that is there is replaced only by more signatures of the same transaction. */
export async function writePartial(path: string, partial: PartialTransaction): Promise<string> {
  return await writeOutput(path, formatTransactionFile(partial), (present) => {
    const parsed = parseTransactionFile(present);
    return parsed.ok && parsed.value.id === partial.id;
  });
}

export const samePolicy = (a: Policy, b: Policy): boolean =>
  policyHash(nobleHasher, a) === policyHash(nobleHasher, b);

/**
 * Making transactions: nonce, fee, signature and the saved entries, before anything is sent.
 * @module
 */
import { assert } from "../../src/base/assert.ts";
import { utf8 } from "../../src/base/bytes.ts";
import { encode } from "../../src/codec/codec.ts";
import type { Signer } from "../../src/crypto/ports.ts";
import { minimumFee } from "../../src/protocol/fees.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import type { Parameters } from "../../src/protocol/parameters.ts";
import {
  accountKey,
  parametersKey,
  readAccount,
  readParameters,
} from "../../src/protocol/state.ts";
import {
  chainTag,
  signedTransactionCodec,
  type Transaction,
  transactionSigningBytes,
} from "../../src/protocol/transaction.ts";
import { type Authority, authorizationOf } from "../accounts/authority.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { patiently, trustIn } from "../ledger/ledger-entries.ts";
import type { Network } from "../network/network.ts";
import { askAll, noAnswer } from "../network/nodes.ts";
import type { Outbox } from "../outbox/outbox.ts";
import {
  entryOf,
  entryToResume,
  type Facts,
  nextNonces,
  nonceInPlace,
  type OutboxEntry,
  type Wish,
  wishKeyOf,
} from "../outbox/outbox-entry.ts";
import type { Wallet } from "../wallet.ts";

/** One transaction that is wanted, but for its nonce. */
export interface Wanted {
  readonly wish: Wish;
  readonly fee: bigint;
  readonly expiryMs: number;
  readonly summary: string;
  readonly facts: Facts;
  readonly batch?: string;
}

/** Whose transactions, on which network, and with what they are signed. */
export interface Desk {
  readonly network: Network;
  readonly outbox: Outbox;
  readonly authority: Authority;
  /** Address of the sender. */
  readonly from: string;
  /** Called before the account's lock is taken: it may ask for a password. */
  readonly open: () => Promise<Signer>;
}

/** What a transaction of this sender is made with. All of it is proven but for what waits in the nodes' pools. */
export interface PayerState {
  /** The next nonce that nobody waits with: the proven one, or what a node says, within what a pool lets wait. */
  readonly pendingNonce: number;
  /** The account's next nonce in the newest proven block: every smaller one is used. */
  readonly provenNonce: number;
  /** Hash of the policy that acts for the account. */
  readonly authHash: string;
  /** Time of the newest proven block, Unix milliseconds. */
  readonly tipMs: number;
  readonly parameters: Parameters;
}

/** Nodes that are this much later than the first are not waited for. */
const graceMs = 250;
/** Nonces of one account from its next one on that a pool lets wait. */
const waitingNoncesMax = 64;

export async function payerState(
  wallet: Wallet,
  network: Network,
  account: AccountId,
): Promise<PayerState> {
  const asked = patiently(wallet, async () => {
    const trust = await trustIn(wallet, network);
    return await trust.state([parametersKey, accountKey(account)]);
  });
  asked.catch(() => undefined); // Heard below, unless the other question fails: another network is said first.
  const words = await pendingNonces(network, account, wallet.settings.timeoutMs);
  const { standing, entries } = await asked;
  const { nonce, authHash } = readAccount(entries, account);
  return {
    pendingNonce: Math.min(Math.max(nonce, ...words), nonce + waitingNoncesMax),
    provenNonce: nonce,
    authHash,
    tipMs: standing.timestampMs,
    parameters: readParameters(entries).current,
  };
}

/** By the nodes' words. */
async function pendingNonces(
  { nodes, chainId, accounts }: Network,
  account: AccountId,
  timeoutMs: number,
): Promise<readonly number[]> {
  const address = accounts.addressOf(account);
  const options = { timeoutMs, graceMs };
  const [heard, statuses] = await Promise.all([
    askAll(nodes, (client) => client.account(address), options),
    askAll(nodes, (client) => client.status(), options),
  ]);
  const known = statuses.flatMap(({ result }) => (result.ok ? [result.value] : []));
  if (known.length > 0 && known.every((status) => status.chainId !== chainId)) {
    throw new CommandFailure(exitCodes.refused, {
      code: "wrong_chain",
      message: `the nodes serve another network than ${chainId}`,
      fix: "Nothing was signed. Use the genesis and the nodes of one network.",
    });
  }
  const found = heard.flatMap(({ result }) => (result.ok ? [result.value.pendingNonce] : []));
  if (found.length === 0 || known.length === 0) throw noAnswer(heard);
  return found;
}

export interface SavingOptions {
  /** A person's own choice; undefined: the next free one. */
  readonly nonce: number | undefined;
  readonly pendingNonce: number;
  readonly provenNonce: number;
  /** False: the same wish in the outbox is resumed instead of made again. */
  readonly isNew: boolean;
}

/**
 * The entry to deliver: saved and fsynced, either just signed or, unless `isNew`, one of the same wish that was there
 * already. Between processes this happens one at a time for each account.
 */
export async function savedEntry(
  desk: Desk,
  wanted: Wanted,
  options: SavingOptions,
): Promise<{ readonly entry: OutboxEntry; readonly isResumed: boolean }> {
  const { outbox, from } = desk;
  const signer = await desk.open();
  const wishKey = wishKeyOf(wanted.wish);
  return await outbox.withAccount(from, async () => {
    const entries = await outbox.entriesOf(from);
    const same = options.isNew ? undefined : entryToResume(entries, wishKey);
    if (same !== undefined) return { entry: same, isResumed: true };
    const [free] = await freeNonces(desk, entries, options.pendingNonce, 1);
    const nonce = options.nonce ?? refusedNonce(entries, wishKey, options) ?? free ?? 0;
    const entry = signedEntry(desk, signer, wanted, nonce);
    await outbox.save(entry);
    return { entry, isResumed: false };
  });
}

/** Forgets what nodes have refused of this wish and is now proven to be impossible: its nonce is used by another. */
export async function forgetImpossible(
  wallet: Wallet,
  { network, outbox, from }: Pick<Desk, "network" | "outbox" | "from">,
  wish: Wish,
  provenNonce: number,
): Promise<void> {
  const wishKey = wishKeyOf(wish);
  for (const entry of await outbox.entriesOf(from)) {
    const isRefused = entry.wishKey === wishKey && entry.isRefused === true;
    if (!isRefused || entry.batch !== undefined || entry.nonce >= provenNonce) continue;
    const { kind } = await (await trustIn(wallet, network)).outcome(entry);
    if (kind !== "superseded" && kind !== "expired") continue;
    await outbox.settle(entry, { isFinal: false });
  }
}

/** The nonce of the same wish that nodes have refused; exit 7 while it may be what was paid. */
function refusedNonce(
  entries: readonly OutboxEntry[],
  wishKey: string,
  { provenNonce }: SavingOptions,
): number | undefined {
  const place = nonceInPlace(entries, wishKey, { provenNonce, wallMs: Date.now() });
  if (place?.kind !== "uncertain") return place?.nonce;
  const { id } = place;
  throw new CommandFailure(exitCodes.outcomeUnknown, {
    code: "refused_perhaps_final",
    message: "the same was refused before, and may have been paid since all the same",
    fix: `Nothing was signed. What became of it: quorate-wallet wait ${id}`,
    id,
  });
}

/**
 * Entries for all of these, in their order, with the next free nonces. `beforeSaved` has returned before the first of
 * them is in the outbox, and all of them are there when this returns.
 */
export async function savedEntries(
  desk: Desk,
  signer: Signer,
  wanted: readonly Wanted[],
  options: {
    readonly pendingNonce: number;
    readonly beforeSaved: (entries: readonly OutboxEntry[]) => Promise<void>;
  },
): Promise<readonly OutboxEntry[]> {
  const { outbox, from } = desk;
  return await outbox.withAccount(from, async () => {
    const waiting = await outbox.entriesOf(from);
    const nonces = await freeNonces(desk, waiting, options.pendingNonce, wanted.length);
    const entries = wanted.map((each, i) => signedEntry(desk, signer, each, nonces[i] ?? 0));
    await options.beforeSaved(entries);
    await outbox.saveAll(entries);
    return entries;
  });
}

async function freeNonces(
  { outbox, from }: Desk,
  entries: readonly OutboxEntry[],
  pendingNonceSeen: number,
  count: number,
): Promise<readonly number[]> {
  const pendingNonce = Math.max(pendingNonceSeen, await outbox.nonceFloor(from));
  return nextNonces(entries, { pendingNonce, wallMs: Date.now() }, count);
}

function signedEntry(
  { network, authority, from }: Desk,
  signer: Signer,
  { wish, fee, expiryMs, summary, facts, batch }: Wanted,
  nonce: number,
): OutboxEntry {
  const { chainId } = network;
  const transaction = transactionOf(network, wish, { nonce, fee, expiryMs });
  const signature = signer.sign(transactionSigningBytes(chainId, transaction));
  const authorizations = [authorizationOf(authority, signature)];
  const bytes = encode(signedTransactionCodec, { kind: "signed", transaction, authorizations });
  const notes = { from, createdMs: Date.now(), summary, facts, batch, isUnsent: false };
  const entry = entryOf(chainId, bytes, notes);
  assert(entry.ok, "what was just encoded can be decoded");
  return entry.value;
}

function transactionOf(
  { chainId }: Network,
  { sender, memo, operations }: Wish,
  numbers: Pick<Transaction, "nonce" | "fee" | "expiryMs">,
): Transaction {
  return { chain: chainTag(chainId), sender, ...numbers, memo: utf8(memo), operations };
}

const signatureBytes = 64;

/** The smallest fee that the network takes for it. All numbers have a fixed size, so none of them is needed. */
export function feeOf(
  { network, authority }: Pick<Desk, "network" | "authority">,
  wish: Wish,
  parameters: Parameters,
): bigint {
  const transaction = transactionOf(network, wish, { nonce: 0, fee: 0n, expiryMs: 0 });
  const authorizations = [authorizationOf(authority, new Uint8Array(signatureBytes))];
  const unsigned = encode(signedTransactionCodec, { kind: "signed", transaction, authorizations });
  return minimumFee(parameters, transaction, unsigned.length);
}

/**
 * Drafting: an unsigned transaction with its nonce, fee and expiry, for others to sign.
 *
 * What a person gives is taken; only what is missing is asked of the network, so that a draft with everything given is
 * made without one.
 * @module
 */
import { utf8 } from "../../src/base/bytes.ts";
import { encode } from "../../src/codec/codec.ts";
import { authorizingAccounts } from "../../src/protocol/authorization.ts";
import { minimumFee } from "../../src/protocol/fees.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { expiryAheadMsMax } from "../../src/protocol/limits.ts";
import type { Parameters } from "../../src/protocol/parameters.ts";
import { type Policy, singleKeyPolicy } from "../../src/protocol/policy.ts";
import {
  type Authorization,
  chainTag,
  signedTransactionCodec,
  type Transaction,
} from "../../src/protocol/transaction.ts";
import { amountOf } from "../amounts.ts";
import { parseDuration } from "../durations.ts";
import { usageFailure } from "../failure.ts";
import { currentParameters } from "../ledger/network-parameters.ts";
import type { KnownNetwork } from "../network/known-network.ts";
import { Outbox } from "../outbox/outbox.ts";
import { nextNonces, type Wish } from "../outbox/outbox-entry.ts";
import { nonceOf } from "../sending/acting-flags.ts";
import { payerState } from "../sending/sending.ts";
import type { Wallet } from "../wallet.ts";
import { policyToSignWith } from "./parties.ts";
import { signaturesMost } from "./signatures.ts";
import { type PartialTransaction, partialTransaction } from "./transaction-file.ts";

/** As commander collects them. */
export interface DraftFlags {
  readonly nonce?: string;
  readonly expiresAt?: string;
  readonly expiresIn?: string;
  readonly fee?: string;
  readonly offline?: boolean;
}

/** People who sign one after the other need longer than one who sends at once. */
export const draftExpiresInStandard = "1d";

export async function draftOf(
  wallet: Wallet,
  known: KnownNetwork,
  wish: Wish,
  flags: DraftFlags,
): Promise<PartialTransaction> {
  const { network } = known;
  const expiryMs = expiryOf(flags, Date.now());
  const nonce = nonceOf(flags.nonce) ?? (await nextNonce(wallet, known, wish.sender));
  const transaction: Transaction = {
    chain: chainTag(network.chainId),
    sender: wish.sender,
    nonce,
    expiryMs,
    fee: 0n,
    memo: utf8(wish.memo),
    operations: wish.operations,
  };
  const authorizations = await emptyAuthorizations(wallet, known, transaction);
  const fee =
    flags.fee === undefined
      ? await leastFee(wallet, known, { transaction, authorizations })
      : amountOf(flags.fee, network.unit, { zero: true });
  return partialTransaction(network.chainId, { ...transaction, fee }, authorizations);
}

/** Those whose policies are known, without signatures. */
async function emptyAuthorizations(
  wallet: Wallet,
  known: KnownNetwork,
  transaction: Transaction,
): Promise<readonly Authorization[]> {
  const authorizations: Authorization[] = [];
  for (const account of authorizingAccounts(transaction)) {
    const policy = await policyToSignWith(wallet, known, account);
    if (policy !== undefined) authorizations.push({ account, policy, signatures: [] });
  }
  return authorizations;
}

async function nextNonce(
  wallet: Wallet,
  { network, isOnline }: KnownNetwork,
  sender: AccountId,
): Promise<number> {
  if (!isOnline) {
    throw usageFailure(
      "nonce_missing",
      "without a network the account's next nonce is not known",
      "Give --nonce (quorate-wallet policy show WHO tells it on a machine with a network).",
    );
  }
  const address = network.accounts.addressOf(sender);
  const outbox = new Outbox({ home: wallet.settings.home, chainId: network.chainId });
  const { pendingNonce } = await payerState(wallet, network, sender);
  const floor = Math.max(pendingNonce, await outbox.nonceFloor(address));
  const entries = await outbox.entriesOf(address);
  const [nonce] = nextNonces(entries, { pendingNonce: floor, wallMs: Date.now() }, 1);
  return nonce ?? floor;
}

interface Unpriced {
  readonly transaction: Transaction;
  readonly authorizations: readonly Authorization[];
}

/** By the network's parameters now, or without one by those of its genesis. */
async function leastFee(
  { settings, terminal }: Wallet,
  { network, isOnline }: KnownNetwork,
  unpriced: Unpriced,
): Promise<bigint> {
  const parameters = isOnline
    ? await currentParameters({ settings, terminal }, network)
    : network.genesis.parameters;
  const fee = feeOfDraft(parameters, unpriced);
  if (!isOnline && fee > 0n) {
    terminal.note("the fee is by the parameters of the genesis; --fee gives another");
  }
  return fee;
}

const zeros32 = new Uint8Array(32);
const zeros64 = new Uint8Array(64);

/** With as many signatures as its policies can need; an account whose policy is not known counts as one of one key. */
function feeOfDraft(parameters: Parameters, { transaction, authorizations }: Unpriced): bigint {
  const filled = authorizingAccounts(transaction).map((account): Authorization => {
    const given = authorizations.find((each) => each.account === account);
    const policy: Policy = given?.policy ?? singleKeyPolicy(zeros32);
    const signatures = Array.from({ length: signaturesMost(policy) }, (_, keyIndex) => ({
      keyIndex,
      signature: zeros64,
    }));
    return { account, policy, signatures };
  });
  const signed = encode(signedTransactionCodec, {
    kind: "signed",
    transaction,
    authorizations: filled,
  });
  return minimumFee(parameters, transaction, signed.length);
}

/** Unix milliseconds, of a time that says its zone, or from now on. */
export function expiryOf(flags: DraftFlags, nowMs: number): number {
  const { expiresAt, expiresIn } = flags;
  if (expiresAt !== undefined && expiresIn !== undefined) {
    throw usageFailure(
      "two_expiries",
      "--expires-at and --expires-in both say when it expires",
      "Give one of the two.",
    );
  }
  const expiryMs = expiresAt === undefined ? nowMs + durationOf(expiresIn) : timeOf(expiresAt);
  if (expiryMs <= nowMs) {
    throw usageFailure("expiry_passed", "that expiry has passed", "Give a later one.");
  }
  if (expiryMs - nowMs > expiryAheadMsMax) {
    throw usageFailure(
      "expiry_too_far",
      "that expiry lies more than 30 days ahead",
      "Give an earlier one.",
    );
  }
  return expiryMs;
}

function durationOf(text: string = draftExpiresInStandard): number {
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.value;
  throw usageFailure("bad_duration", `--expires-in: ${parsed.reason}`, "Give 1d.");
}

const zonedTime = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

function timeOf(text: string): number {
  const day = zonedTime.exec(text)?.[1];
  const ms = day !== undefined && isDay(day) ? Date.parse(text) : Number.NaN;
  if (Number.isSafeInteger(ms) && ms > 0) return ms;
  throw usageFailure(
    "bad_time",
    `--expires-at: "${text}" is not a time with its zone`,
    "Give one like 2030-01-31T12:00:00Z.",
  );
}

/** Date.parse takes the 31st of February for the 3rd of March. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

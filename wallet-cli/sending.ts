/**
 * Making one payment: nonce, fee, signature and the saved entry, before anything is sent.
 * @module
 */
import { utf8 } from "../src/base/bytes.ts";
import { encode } from "../src/codec/codec.ts";
import { nobleHasher } from "../src/crypto/hash.ts";
import type { Signer } from "../src/crypto/ports.ts";
import { minimumFee } from "../src/protocol/fees.ts";
import { type AccountId, nativeAsset } from "../src/protocol/ids.ts";
import {
  chainTag,
  nameTransaction,
  signedTransactionCodec,
  signWithSingleKey,
  type Transaction,
} from "../src/protocol/transaction.ts";
import { CommandFailure, exitCodes } from "./failure.ts";
import type { OwnAccount } from "./key-files.ts";
import type { Network } from "./network.ts";
import { askAll, noAnswer } from "./nodes.ts";
import type { Outbox } from "./outbox.ts";
import { entryToResume, nextNonce, type OutboxEntry, type Payment } from "./outbox-entry.ts";

export interface PaymentPlan {
  readonly network: Network;
  readonly outbox: Outbox;
  readonly payer: OwnAccount;
  readonly payee: AccountId;
  readonly payment: Payment;
  readonly fee: bigint;
  readonly expiryMs: number;
  /** A person's own choice; undefined: the next free one. */
  readonly nonce: number | undefined;
  readonly pendingNonce: number;
  /** False: the same payment in the outbox is resumed instead of paid again. */
  readonly isNew: boolean;
}

/** The sender's side of the ledger, as the nodes see it. */
export interface PayerState {
  /** The highest that a node knows. */
  readonly pendingNonce: number;
  /** Time of the newest final block that a node knows. */
  readonly tipMs: number;
}

/** Nodes that are this much later than the first are not waited for. */
const graceMs = 250;

export async function payerState(
  network: Network,
  address: string,
  timeoutMs: number,
): Promise<PayerState> {
  const { nodes, chainId } = network;
  const options = { timeoutMs, graceMs };
  const [accounts, statuses] = await Promise.all([
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
  const nonces = accounts.flatMap(({ result }) => (result.ok ? [result.value.pendingNonce] : []));
  if (nonces.length === 0 || known.length === 0) throw noAnswer(accounts);
  return {
    pendingNonce: Math.max(...nonces),
    tipMs: Math.max(...known.map(({ tip }) => tip.timestampMs)),
  };
}

/**
 * The entry to deliver: saved and fsynced, either just signed or, unless `isNew`, one of the same payment that
 * was there already. Between processes this happens one at a time for each account.
 */
export async function savedEntry(
  plan: PaymentPlan,
): Promise<{ readonly entry: OutboxEntry; readonly isResumed: boolean }> {
  const { outbox, payment } = plan;
  return await outbox.withAccount(payment.from, async () => {
    const entries = await outbox.entriesOf(payment.from);
    const same = plan.isNew ? undefined : entryToResume(entries, payment);
    if (same !== undefined) return { entry: same, isResumed: true };
    const pendingNonce = Math.max(plan.pendingNonce, await outbox.nonceFloor(payment.from));
    const wallMs = Date.now();
    const nonce = plan.nonce ?? nextNonce(entries, { pendingNonce, wallMs });
    const entry = signedEntry(plan, await plan.payer.open(), nonce, wallMs);
    await outbox.save(entry);
    return { entry, isResumed: false };
  });
}

function signedEntry(
  plan: PaymentPlan,
  signer: Signer,
  nonce: number,
  createdMs: number,
): OutboxEntry {
  const { network, payer, payment, expiryMs, fee } = plan;
  const transaction = transactionOf(plan, nonce);
  const signed = signWithSingleKey(network.chainId, transaction, payer.policy, signer);
  const { id, bytes } = nameTransaction(nobleHasher, network.chainId, signed);
  const { chainId } = network;
  return { ...payment, chainId, id, bytes, fee, nonce, expiryMs, createdMs, isUnsent: false };
}

/** What a plan needs to become a transaction, but for the nonce. */
type Draft = Pick<PaymentPlan, "network" | "payer" | "payee" | "payment" | "fee" | "expiryMs">;

function transactionOf(draft: Draft, nonce: number): Transaction {
  return {
    chain: chainTag(draft.network.chainId),
    sender: draft.payer.account,
    nonce,
    expiryMs: draft.expiryMs,
    fee: draft.fee,
    memo: utf8(draft.payment.memo),
    operations: [
      {
        from: undefined,
        body: {
          kind: "transfer",
          to: draft.payee,
          asset: nativeAsset,
          amount: draft.payment.amount,
        },
      },
    ],
  };
}

const signatureBytes = 64;

/** The smallest fee that the network takes for this payment. All numbers have a fixed size, so no nonce is needed. */
export function feeOf(draft: Omit<Draft, "fee" | "expiryMs">): bigint {
  const transaction = transactionOf({ ...draft, fee: 0n, expiryMs: 0 }, 0);
  const { account, policy } = draft.payer;
  const signature = new Uint8Array(signatureBytes);
  const unsigned = encode(signedTransactionCodec, {
    kind: "signed",
    transaction,
    authorizations: [{ account, policy, signatures: [{ keyIndex: 0, signature }] }],
  });
  return minimumFee(draft.network.genesis.parameters, transaction, unsigned.length);
}

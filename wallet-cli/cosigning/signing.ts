/**
 * Adding the wallet's own signatures to a partial transaction, after a person has read what it does.
 * @module
 */
import { transactionSigningBytes } from "../../src/protocol/transaction.ts";
import { usageFailure } from "../failure.ts";
import type { OwnAccount } from "../keys/key-files.ts";
import { requireConsent } from "../sending/acting.ts";
import type { Wallet } from "../wallet.ts";
import {
  type OpenedTransaction,
  refuseBadSignatures,
  refuseExpired,
  viewOf,
} from "./opened-transaction.ts";
import { ownKeys } from "./parties.ts";
import { publicKeyOf, withSignature } from "./signatures.ts";
import type { PartialTransaction } from "./transaction-file.ts";
import { type View, viewText } from "./transaction-view.ts";

export interface SigningOptions {
  /** Sign with this key alone. */
  readonly key?: string | undefined;
  /** The question that a person answers. */
  readonly question: string;
  /** How messages name the file. */
  readonly source: string;
  /** What is shown before the question, in place of the whole. */
  readonly shown?: ((view: View) => string) | undefined;
}

export interface Signing {
  readonly partial: PartialTransaction;
  /** Of the result. */
  readonly view: View;
  /** Names of the keys that have signed now. */
  readonly signers: readonly string[];
}

/** Fails with exit 2 when no key of the wallet has anything to add. */
export async function signOpened(
  wallet: Wallet,
  opened: OpenedTransaction,
  options: SigningOptions,
): Promise<Signing> {
  const { partial, known } = opened;
  const view = await viewOf(wallet, opened);
  refuseBadSignatures(view, options.source);
  refuseExpired(view);
  const signers = await signersOf(known, view, options.key);
  const shown = [(options.shown ?? viewText)(view), ...claimWarnings(view)].join("\n");
  const names = signers.map(({ name }) => name);
  const asked = `${shown}\nsigns with: ${names.join(", ")}`;
  await requireConsent(wallet, known.network, asked, options.question);
  const message = transactionSigningBytes(partial.chainId, partial.transaction);
  let signed = partial;
  for (const own of signers) {
    const signer = await own.open();
    signed = withSignature(signed, publicKeyOf(own), signer.sign(message));
  }
  const after = await viewOf(wallet, { ...opened, partial: signed });
  refuseBadSignatures(after, "what was signed now");
  return { partial: signed, view: after, signers: names };
}

/** What a person must not overlook who signs without the ledger's word for the policies. */
function claimWarnings({ bases }: View): readonly string[] {
  if (![...bases.values()].includes("claimed")) return [];
  return [
    "WARNING: a signature counts for every account above that the key may in truth act for, " +
      "whatever policies the file claims",
  ];
}

/** The own keys that a policy of the transaction names and that have not signed yet. */
async function signersOf(
  { network }: OpenedTransaction["known"],
  { standings, context }: View,
  key: string | undefined,
): Promise<readonly OwnAccount[]> {
  const only = key === undefined ? undefined : publicKeyOf(await network.accounts.payer(key));
  const own = await ownKeys(network.accounts);
  const named = standings.flatMap(({ keys }) => keys);
  const mine = named.filter(
    ({ publicKey }) => own.has(publicKey) && (only === undefined || publicKey === only),
  );
  const open = new Set(
    mine.filter(({ signature }) => signature === "missing").map(({ publicKey }) => publicKey),
  );
  const signers = [...open].flatMap((publicKey) => own.get(publicKey) ?? []);
  if (signers.length > 0) return signers;
  if (mine.length > 0) {
    throw usageFailure(
      "signed_already",
      "this wallet's keys have signed it already",
      "Pass it on to the others: quorate-wallet tx show says who is missing.",
    );
  }
  const unknown = standings.find(({ policy }) => policy === undefined);
  const fix =
    unknown === undefined
      ? "quorate-wallet tx show says whose signatures are missing."
      : `The policy of ${context.addressOf(unknown.account)} is not in the file: quorate-wallet policy import FILE.`;
  throw usageFailure("no_key_for_this", "no key of this wallet may sign it", fix);
}

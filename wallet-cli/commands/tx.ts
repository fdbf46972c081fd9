/**
 * `quorate-wallet tx show|sign|merge|send`: a transaction file on its way from signer to signer to the network.
 *
 * The file goes to stdout, unless --out names one, so that the commands can be put behind each other.
 * @module
 */
import { authorizingAccounts } from "../../src/protocol/authorization.ts";
import { openPartial, readPartial, viewOf, writePartial } from "../cosigning/opened-transaction.ts";
import { basesOf, policyTruths } from "../cosigning/policy-truth.ts";
import { badKeys, mergePartials, standingsOf } from "../cosigning/signatures.ts";
import { signOpened } from "../cosigning/signing.ts";
import { formatTransactionFile, type PartialTransaction } from "../cosigning/transaction-file.ts";
import {
  isComplete,
  missingText,
  type View,
  viewJson,
  viewText,
} from "../cosigning/transaction-view.ts";
import { transmit } from "../cosigning/transmitting.ts";
import { CommandFailure, exitCodes, usageFailure } from "../failure.ts";
import { nameOf } from "../file-input.ts";
import { knownNetwork } from "../network/known-network.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface OfflineFlag {
  readonly offline?: boolean;
}

export interface OutFlag {
  readonly out?: string;
}

export interface SignFlags extends OfflineFlag, OutFlag {
  readonly key?: string;
}

export async function showTransaction(
  wallet: Wallet,
  given: string,
  flags: OfflineFlag,
): Promise<Report> {
  const view = await viewOf(wallet, await openPartial(wallet, given, flags));
  return { data: viewJson(view), text: `${viewText(view)}\n\n${nextText(view)}` };
}

function nextText(view: View): string {
  if (badKeys(view.standings).length > 0)
    return "A signature is not its key's: do not use this file.";
  if (view.partial.transaction.expiryMs < view.nowMs)
    return "It has expired, and can never be applied.";
  if (isComplete(view.standings)) {
    const isSure = ![...view.bases.values()].includes("claimed");
    return `${isSure ? "It is complete" : "It is complete if what it claims of policies is true"}: quorate-wallet tx send FILE`;
  }
  return `Missing: ${missingText(view)}`;
}

export async function signTransaction(
  wallet: Wallet,
  given: string,
  flags: SignFlags,
): Promise<Report> {
  const opened = await openPartial(wallet, given, flags);
  const { partial, view } = await signOpened(wallet, opened, {
    key: flags.key,
    question: "Sign this?",
    source: nameOf(given),
  });
  wallet.terminal.note(nextText(view));
  return await passOn(partial, view, flags);
}

export async function mergeTransactions(
  wallet: Wallet,
  given: readonly string[],
  flags: OfflineFlag & OutFlag,
): Promise<Report> {
  if (given.filter((each) => each === "-").length > 1) {
    throw usageFailure("one_input", "- can be given only once", "Give the others as files.");
  }
  const files = await readAll(given);
  const [first] = files;
  if (first === undefined) throw usageFailure("no_files", "no file is given", "Give the files.");
  const { chainId, transaction, id } = first.partial;
  const known = await knownNetwork(wallet.settings, { ...flags, chainId });
  const { accounts } = known.network;
  const truths = await policyTruths(wallet, known, authorizingAccounts(transaction));
  const naming = { addressOf: accounts.addressOf.bind(accounts) };
  let merged = first.partial;
  for (const { partial, source } of files) {
    if (partial.id === id) basesOf(truths, partial, { ...naming, source });
    merged = merge(merged, partial, source);
  }
  const bases = basesOf(truths, merged, { ...naming, source: "the files" });
  const view = await viewOf(wallet, { partial: merged, known, bases });
  wallet.terminal.note(nextText(view));
  return await passOn(merged, view, flags);
}

interface Source {
  readonly partial: PartialTransaction;
  /** How messages name it. */
  readonly source: string;
}

async function readAll(given: readonly string[]): Promise<readonly Source[]> {
  const files: Source[] = [];
  for (const each of given) {
    const partial = await readPartial(each);
    refuseBadIn(partial, nameOf(each));
    files.push({ partial, source: nameOf(each) });
  }
  return files;
}

/** Each file by itself, so that the one with a bad signature is named. */
function refuseBadIn(partial: PartialTransaction, source: string): void {
  const bad = badKeys(standingsOf(partial));
  if (bad.length === 0) return;
  throw new CommandFailure(exitCodes.disagreement, {
    code: "bad_signature",
    message: `${source}: not a signature of ${bad.join(", ")} for this transaction`,
    fix: "Leave that file out, and ask for it again from whoever made it.",
    id: partial.id,
  });
}

function merge(a: PartialTransaction, b: PartialTransaction, source: string): PartialTransaction {
  const merged = mergePartials(a, b);
  if (merged.ok) return merged.value;
  const flaw = merged.reason;
  if (flaw.kind === "another-transaction") {
    throw usageFailure(
      "another_transaction",
      `${source} is of transaction ${b.id}, the files before it are of ${a.id}`,
      "Merge only files of one transaction: quorate-wallet tx show says of which each is.",
    );
  }
  throw usageFailure(
    "policies_differ",
    `${source} states another policy of account ${flaw.account} than the files before it`,
    "One of them is out of date: build the transaction again with the policy that counts now.",
  );
}

export async function sendTransaction(
  wallet: Wallet,
  given: string,
  flags: { readonly wait: boolean },
): Promise<Report> {
  const opened = await openPartial(wallet, given, { online: true });
  const view = await viewOf(wallet, opened);
  const { wait } = flags;
  return await transmit(wallet, opened.known, view, {
    source: nameOf(given),
    wait,
    wasShown: false,
  });
}

/** The file for the next one: on stdout, or where --out says. */
export async function passOn(
  partial: PartialTransaction,
  view: View,
  { out }: OutFlag,
): Promise<Report> {
  const text = formatTransactionFile(partial);
  const shown = viewJson(view);
  if (out === undefined) {
    return { data: { ...shown, file: JSON.parse(text) }, text: text.trimEnd() };
  }
  const path = await writePartial(out, partial);
  return { data: { ...shown, out: path }, text: path };
}

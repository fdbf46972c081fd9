/**
 * Sending a transaction that others have signed too: saved in the outbox, sent and followed like every other.
 * @module
 */

import { usageFailure } from "../failure.ts";
import { operationJson } from "../ledger/operation-json.ts";
import { operationWords } from "../ledger/transaction-words.ts";
import type { KnownNetwork } from "../network/known-network.ts";
import { Outbox } from "../outbox/outbox.ts";
import { entryOf, type OutboxEntry } from "../outbox/outbox-entry.ts";
import { follow } from "../sending/acting.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { refuseBadSignatures, refuseExpired } from "./opened-transaction.ts";
import { signedWhole } from "./signatures.ts";
import { deedText, missingText, type View } from "./transaction-view.ts";

/** Fails with exit 2 while a signature is missing; nothing is saved or sent then. */
export async function transmit(
  wallet: Wallet,
  { network, isOnline }: KnownNetwork,
  view: View,
  options: { readonly source: string; readonly wait: boolean; readonly wasShown: boolean },
): Promise<Report> {
  refuseBadSignatures(view, options.source);
  refuseExpired(view);
  const entry = entryFor(view);
  if (!isOnline) {
    throw usageFailure(
      "no_network",
      "no node is named to send it to",
      "Give --node URL or --network FILE; without a network, leave --offline out elsewhere.",
    );
  }
  if (!options.wasShown) wallet.terminal.note(deedText(view));
  const { home } = wallet.settings;
  const outbox = new Outbox({ home, chainId: network.chainId });
  const isResumed = await outbox.withAccount(entry.from, async () => {
    const wasSaved = (await outbox.find(entry.id)) !== undefined;
    await outbox.save(entry);
    return wasSaved;
  });
  const until = options.wait ? "settled" : "accepted";
  return await follow(wallet, { network, outbox, entry, isResumed, until });
}

function entryFor(view: View): OutboxEntry {
  const { partial, context, network } = view;
  const { sender, operations } = partial.transaction;
  const whole = signedWhole(partial);
  if (whole === undefined) {
    throw usageFailure(
      "more_signatures_needed",
      `signatures are missing: ${missingText(view)}`,
      "Let them sign (quorate-wallet tx sign), put the files together (tx merge), and send again.",
    );
  }
  const prefix = network.genesis.addressPrefix;
  const facts = {
    operations: operations.map((operation) => operationJson(operation, sender, prefix)),
  };
  const words = operationWords(partial.transaction, context).map((each) => each.words);
  const entry = entryOf(partial.chainId, whole.bytes, {
    from: context.addressOf(sender),
    createdMs: view.nowMs,
    summary: words.join("; "),
    facts,
    batch: undefined,
    isUnsent: false,
  });
  if (entry.ok) return entry.value;
  throw new Error("a transaction that was just put together does not decode");
}

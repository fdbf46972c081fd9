/**
 * Delivering one saved payment, or following a transaction by its id, and saying what came of it.
 * @module
 */
import { answerOf } from "../../src/api/asking.ts";
import { type AskNode, type Pursued, pursue } from "../../src/api/pursuit.ts";
import { quickly, submitting } from "../../src/api/submitting.ts";
import type { OutcomeProofs } from "../../src/client/outcome-proofs.ts";
import { transactionErrors } from "../../src/protocol/transaction-errors.ts";
import type { Network } from "../network/network.ts";
import { ask, askFirst } from "../network/nodes.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import { reportOf } from "../outbox/outcome-report.ts";
import type { Settings } from "../settings.ts";
import type { Report, Terminal } from "../terminal/terminal.ts";
import { type EntryFlaw, entryFlaw, proofsOf } from "../trust/outcome-proving.ts";
import { openTrust, walletClock, walletWeb } from "../trust/trust.ts";

export interface Delivery {
  /** The wallet's folder and the checkpoint, for proofs. */
  readonly settings: Settings;
  readonly network: Network;
  readonly outbox: Outbox;
  readonly terminal: Terminal;
  readonly id: string;
  /** Undefined: somebody else's transaction; it can only be asked about. */
  readonly entry: OutboxEntry | undefined;
  /** Just signed: no earlier run can have sent it. */
  readonly isFresh: boolean;
  readonly timeoutMs: number;
  /** When it is over: see PursuitOptions. */
  readonly until: "settled" | "accepted" | "asked-once";
  /** Keep trying while no node can be reached. */
  readonly isPatient: boolean;
}

/** A silent node is given so long before the next one is asked as well. */
const patienceMs = 1_000;
/** For a question that a node answers from memory. */
const quickMs = 3_000;

/**
 * Follows it until its outcome is proven or time is up. The saved transaction stays saved until an outcome is proven:
 * a node that says "refused" may have passed it on all the same.
 */
export async function deliver(delivery: Delivery): Promise<Report> {
  const { entry, settings, network, terminal, isFresh } = delivery;
  const wasSent = !(isFresh || entry?.isUnsent === true || entry?.isRefused === true);
  const flaw = entry === undefined || isFresh ? undefined : entryFlaw(network.chainId, entry.bytes);
  const trust = await openTrust({ settings, terminal }, network);
  const proofs = proofsOf(trust.client, entry ?? delivery.id, (lie) => trust.tell([lie]));
  const isSendable = entry !== undefined && flaw === undefined;
  if (isSendable && (entry.isUnsent || entry.isRefused === true)) await markSent(delivery, entry);
  const pursued = await pursue({
    nodes: network.nodes,
    askNode: isSendable ? submit(delivery, entry, proofs) : askById(delivery, proofs),
    worth: "proven",
    clock: walletClock,
    timeoutMs: delivery.timeoutMs,
    patienceMs,
    mayBeHeld: wasSent,
    until: flaw === undefined ? delivery.until : "asked-once",
    isPatient: delivery.isPatient,
    whenSlow: () => {
      terminal.note("waiting for the network to make it final …");
      if (!isSendable) return;
      sendEarlier(delivery, entry).catch((error) => terminal.note(`not sent again: ${error}`));
    },
  });
  const outcome = flaw === undefined ? pursued : withFlaw(pursued, flaw);
  if (isSendable) await keep(delivery, entry, pursued);
  return reportOf(
    { ...delivery, unit: network.unit, settle: async (isFinal) => await settle(delivery, isFinal) },
    outcome,
  );
}

async function markSent({ outbox }: Delivery, entry: OutboxEntry): Promise<void> {
  await outbox.change(entry, (now) => ({ ...now, isUnsent: false, isRefused: undefined }));
}

/** What is known for certain of a saved transaction that has no proven end. */
async function keep(
  { outbox }: Delivery,
  entry: OutboxEntry,
  { outcome, mayBeHeld }: Pursued,
): Promise<void> {
  if (mayBeHeld) return;
  if (outcome.kind === "unreachable") {
    // As before: what was refused has left this machine.
    const wasRefused = entry.isRefused === true;
    const flags = { isUnsent: !wasRefused, isRefused: wasRefused ? true : undefined };
    await outbox.change(entry, (now) => ({ ...now, ...flags }));
  } else if (outcome.kind === "refused") {
    await outbox.change(entry, (now) => ({ ...now, isUnsent: false, isRefused: true }));
  }
}

/** The saved bytes can never be applied; but the same transaction may have been sent before they were damaged. */
function withFlaw(pursued: Pursued, code: EntryFlaw): Pursued {
  const { kind } = pursued.outcome;
  if (kind === "final" || kind === "superseded" || kind === "expired") return pursued;
  if (kind === "disagreement") return pursued;
  const message = transactionErrors[code].text;
  return { ...pursued, outcome: { kind: "invalid", code, message } };
}

function submit({ until }: Delivery, entry: OutboxEntry, proofs: OutcomeProofs): AskNode {
  const words = submitting(walletWeb, entry, { isHeld: until === "settled" });
  return async (node, waitMs, signal) =>
    await proofs.prove(await words(node, waitMs, signal), quickly(waitMs, signal));
}

function askById({ id }: Delivery, proofs: OutcomeProofs): AskNode {
  return async (node, waitMs, signal) => {
    const options = quickly(waitMs, signal);
    const heard = await ask(node, (client) => client.transaction(id), options);
    return await proofs.prove(answerOf(heard, id), options);
  };
}

/**
 * Sends earlier payments of the account again where nodes miss them: until then this one has to wait.
 */
async function sendEarlier(delivery: Delivery, entry: OutboxEntry): Promise<void> {
  const { network, outbox, terminal } = delivery;
  const account = await askFirst(network.nodes, (client) => client.account(entry.from), {
    timeoutMs: quickMs,
  });
  if (account.pendingNonce >= entry.nonce) return;
  const missed = (await outbox.entriesOf(entry.from)).filter(
    ({ nonce, expiryMs, isRefused }) =>
      nonce >= account.pendingNonce &&
      nonce < entry.nonce &&
      expiryMs >= Date.now() &&
      isRefused !== true,
  );
  for (const each of missed) {
    terminal.note(`sending an earlier payment again that has no answer yet: ${each.id}`);
    if (each.isUnsent) await outbox.change(each, (now) => ({ ...now, isUnsent: false }));
    const options = { timeoutMs: quickMs };
    await Promise.all(
      network.nodes.map((node) => ask(node, (client) => client.submit(each.bytes), options)),
    );
  }
}

async function settle({ outbox, entry }: Delivery, isFinal: boolean): Promise<void> {
  if (entry !== undefined) await outbox.settle(entry, { isFinal });
}

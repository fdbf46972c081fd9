/**
 * Delivering one saved payment, or following a transaction by its id, and saying what came of it.
 * @module
 */
import { answerOf } from "../src/api/asking.ts";
import type { NodeAnswer } from "../src/api/outcome.ts";
import { type AskNode, type PursuitClock, pursue } from "../src/api/pursuit.ts";
import type { Network } from "./network.ts";
import { ask, askFirst } from "./nodes.ts";
import type { Outbox } from "./outbox.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { reportOf } from "./outcome-report.ts";
import type { Report, Terminal } from "./terminal/terminal.ts";

export interface Delivery {
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
/** A node holds a request no longer; then it is asked again. */
const heldMsMax = 30_000;

const clock: PursuitClock = {
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export async function deliver(delivery: Delivery): Promise<Report> {
  const { entry, outbox, network, terminal } = delivery;
  if (entry?.isUnsent === true) await outbox.save({ ...entry, isUnsent: false });
  const pursued = await pursue({
    nodes: network.nodes,
    askNode: entry === undefined ? askById(delivery) : submit(delivery, entry),
    clock,
    timeoutMs: delivery.timeoutMs,
    patienceMs,
    mayBeHeld: !(delivery.isFresh || entry?.isUnsent === true),
    until: delivery.until,
    isPatient: delivery.isPatient,
    whenSlow: () => {
      terminal.note("waiting for the network to make it final …");
      if (entry === undefined) return;
      sendEarlier(delivery, entry).catch((error) => terminal.note(`not sent again: ${error}`));
    },
  });
  if (entry !== undefined && !pursued.mayBeHeld && pursued.outcome.kind === "unreachable") {
    await outbox.save({ ...entry, isUnsent: true });
  }
  return reportOf(
    { ...delivery, unit: network.unit, settle: async (isFinal) => await settle(delivery, isFinal) },
    pursued,
  );
}

function submit({ id, until }: Delivery, entry: OutboxEntry): AskNode {
  return async (node, waitMs, signal) => {
    const heldMs = Math.floor(Math.min(waitMs, heldMsMax));
    const wait = until === "settled" ? ({ wait: "final", timeoutMs: heldMs } as const) : {};
    const heard = await ask(node, (client) => client.submit(entry.bytes, wait), {
      timeoutMs: Math.min(waitMs, quickMs),
      signal,
    });
    return await confirmExpiry(answerOf(heard, id), entry.expiryMs, signal);
  };
}

function askById({ id }: Delivery): AskNode {
  return async (node, waitMs, signal) => {
    const heard = await ask(node, (client) => client.transaction(id), {
      timeoutMs: Math.min(waitMs, quickMs),
      signal,
    });
    return answerOf(heard, id);
  };
}

/** `expired` counts only from a node whose newest final block is later than the expiry. */
async function confirmExpiry(
  answer: NodeAnswer,
  expiryMs: number,
  signal: AbortSignal,
): Promise<NodeAnswer> {
  if (answer.kind !== "expired") return answer;
  const { node } = answer;
  const status = await ask(node, (client) => client.status(), { timeoutMs: quickMs, signal });
  const isPast = status.result.ok && status.result.value.tip.timestampMs > expiryMs;
  return isPast ? answer : { node, kind: "unknown" };
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
    ({ nonce, expiryMs }) =>
      nonce >= account.pendingNonce && nonce < entry.nonce && expiryMs >= Date.now(),
  );
  for (const each of missed) {
    terminal.note(`sending an earlier payment again that has no answer yet: ${each.id}`);
    if (each.isUnsent) await outbox.save({ ...each, isUnsent: false });
    const options = { timeoutMs: quickMs };
    await Promise.all(
      network.nodes.map((node) => ask(node, (client) => client.submit(each.bytes), options)),
    );
  }
}

async function settle({ outbox, entry }: Delivery, isFinal: boolean): Promise<void> {
  if (entry !== undefined) await outbox.settle(entry, { isFinal });
}

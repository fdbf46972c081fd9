/**
 * What a person and a script are told about the outcome of a transaction: a report, or a failure with its code.
 * @module
 */

import type { FinalBody, NodeAnswer, Outcome } from "../src/api/outcome.ts";
import type { Pursued } from "../src/api/pursuit.ts";
import { amountText, type Unit } from "./amounts.ts";
import { CommandFailure, type ExitCode, exitCodes } from "./failure.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { Json, Report, Terminal } from "./terminal/terminal.ts";
import { timeText } from "./terminal/times.ts";

export interface Subject {
  readonly id: string;
  /** Undefined: somebody else's transaction. */
  readonly entry: OutboxEntry | undefined;
  readonly unit: Unit;
  readonly terminal: Terminal;
  readonly until: "settled" | "accepted" | "asked-once";
  /** Signed by this very command: if its nonce is taken, it was so before. */
  readonly isFresh: boolean;
  /** Forgets the saved payment. Runs after a terminal outcome was printed, never before. */
  readonly settle: (isFinal: boolean) => Promise<void>;
}

/** Returns what went well; throws the failure that everything else is. */
export function reportOf(subject: Subject, pursued: Pursued): Report {
  const { outcome } = pursued;
  if (outcome.kind === "final") return finalReport(subject, outcome);
  if (subject.until !== "settled" && outcome.kind === "unknown" && outcome.held) {
    return pendingReport(subject);
  }
  throw failureOf(subject, pursued, outcome);
}

function finalReport(subject: Subject, final: FinalBody): Report {
  const { id, entry, terminal, settle } = subject;
  const { height, blockId, timestampMs } = final;
  const place = { status: "final", height, blockId, timestampMs };
  const sign = terminal.styled("green", "✔");
  if (entry === undefined) {
    return { data: { id, ...place }, text: `${sign} final at #${height}  ${id}` };
  }
  const amount = amountText(entry.amount, subject.unit);
  return {
    data: { id, ...place, ...paymentJson(subject, entry) },
    text: `${sign} final at #${height}: ${amount} to ${entry.to}\n${id}`,
    settle: async () => await settle(true),
  };
}

function pendingReport(subject: Subject): Report {
  const { id, entry } = subject;
  const payment = entry === undefined ? {} : paymentJson(subject, entry);
  return {
    data: { id, status: "pending", ...payment },
    text: `pending: a node has it; see quorate-wallet wait ${id}`,
  };
}

function paymentJson(
  { unit }: Pick<Subject, "unit">,
  entry: OutboxEntry,
): { readonly [name: string]: Json } {
  const { from, to, memo, nonce, expiryMs, amount, fee } = entry;
  return {
    from,
    to,
    asset: unit.code,
    amount: amount.toString(),
    display: amountText(amount, unit),
    fee: fee.toString(),
    feeDisplay: amountText(fee, unit),
    memo,
    nonce,
    expiryMs,
  };
}

function failureOf(
  subject: Subject,
  pursued: Pursued,
  outcome: Exclude<Outcome, FinalBody>,
): CommandFailure {
  const { id } = subject;
  switch (outcome.kind) {
    case "expired":
      return terminalFailure(subject, exitCodes.expired, {
        code: "expired",
        message: "it expired before it became final, and can never be applied",
        fix: "Nothing was paid. Send it again if it is still wanted.",
      });
    case "superseded":
      return terminalFailure(subject, exitCodes.refused, {
        code: subject.isFresh ? "nonce_too_low" : "superseded",
        message: `another transaction of the same account took its place: ${outcome.by}`,
        fix: "Nothing was paid by this one. Look at the other, then send again if still wanted.",
      });
    case "invalid":
    case "refused":
      return terminalFailure(subject, exitCodes.refused, {
        code: outcome.code,
        message: outcome.message,
        fix: `Nothing was paid. ${fixes[outcome.code] ?? "Correct it and send again."}`,
      });
    case "disagreement":
      return new CommandFailure(exitCodes.disagreement, {
        code: "nodes_disagree",
        message: `nodes contradict each other: ${outcome.answers.map(describe).join("; ")}`,
        fix: "One of them lies or is broken. Ask others with --node; the payment stays saved.",
        id,
      });
    case "unreachable":
    case "unknown":
      return openFailure(subject, pursued);
  }
}

/** The end of it: after this was printed, the saved payment is forgotten. */
function terminalFailure(
  { id, settle }: Subject,
  exit: ExitCode,
  facts: { readonly code: string; readonly message: string; readonly fix: string },
): CommandFailure {
  return new CommandFailure(exit, { ...facts, id, settle: async () => await settle(false) });
}

const fixes: Readonly<Record<string, string>> = {
  wrong_chain: "Use the genesis and the nodes of one network.",
  insufficient_balance: "Send less, or fund the account first.",
  nonce_too_low: "Send it again: the next free nonce is taken.",
  nonce_taken: "Wait for the other payment of this account, then send it again.",
  fee_too_low: "Leave --fee out: the wallet knows the fee.",
};

/** No outcome in time: exit 7, unless no node was reached at all (4) or none has ever heard of it (3). */
function openFailure({ id, entry }: Subject, { answers, mayBeHeld }: Pursued): CommandFailure {
  const again = `quorate-wallet wait ${id}`;
  const reasons = answers.map(describe).join("; ");
  if (answers.every(({ kind }) => kind === "unreachable")) {
    const saved = mayBeHeld ? "" : " Nothing was sent; the payment is signed and saved.";
    return new CommandFailure(exitCodes.unreachable, {
      code: "no_node_reachable",
      message: `no node could be reached (${reasons}).${entry === undefined ? "" : saved}`,
      fix: `Start the network or name other nodes with --node, then: ${again}`,
      id,
    });
  }
  const isUnheardOf = answers.every(({ kind }) => kind === "unknown" || kind === "unreachable");
  if (entry === undefined && isUnheardOf) {
    return new CommandFailure(exitCodes.notFound, {
      code: "transaction_unknown",
      message: "no node knows this transaction, and this wallet has not saved it",
      fix: "Check the id.",
      id,
    });
  }
  const until =
    entry === undefined ? "" : ` It can become final until ${timeText(entry.expiryMs)}.`;
  return new CommandFailure(exitCodes.outcomeUnknown, {
    code: "outcome_unknown",
    message: `outcome unknown: it may still become final (${reasons}).${until}`,
    fix: again,
    id,
  });
}

function describe(answer: NodeAnswer): string {
  const { node, kind } = answer;
  switch (answer.kind) {
    case "final":
      return `${node}: final at #${answer.height} in block ${answer.blockId}`;
    case "superseded":
      return `${node}: superseded by ${answer.by}`;
    case "refused":
    case "invalid":
      return `${node}: ${kind}, ${answer.code}`;
    case "busy":
    case "lost":
    case "unreachable":
      return `${node}: ${answer.message}`;
    default:
      return `${node}: ${kind}`;
  }
}

/**
 * What a person and a script are told about the outcome of a transaction: a report, or a failure with its code.
 * @module
 */

import type { FinalBody, NodeAnswer, Outcome } from "../../src/api/outcome.ts";
import type { Pursued } from "../../src/api/pursuit.ts";
import { amountText, type Unit } from "../amounts.ts";
import { CommandFailure, type ExitCode, exitCodes } from "../failure.ts";
import type { Json, Report, Terminal } from "../terminal/terminal.ts";
import { timeText } from "../terminal/times.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

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
  const { height, blockId, timestampMs, signed } = final;
  const by =
    signed === undefined ? {} : { signers: signed.signers, validators: signed.validatorCount };
  const place = { status: "final", height, blockId, timestampMs, ...by };
  const proof =
    signed === undefined ? "" : ` (${signed.signers} of ${signed.validatorCount} validators)`;
  const sign = terminal.styled("green", "✔");
  if (entry === undefined) {
    return { data: { id, ...place }, text: `${sign} final at #${height}${proof}  ${id}` };
  }
  return {
    data: { id, ...place, ...entryJson(subject, entry) },
    text: `${sign} final at #${height}${proof}: ${entry.summary}\n${id}`,
    settle: async () => await settle(true),
  };
}

function pendingReport(subject: Subject): Report {
  const { id, entry } = subject;
  const said = entry === undefined ? {} : entryJson(subject, entry);
  return {
    data: { id, status: "pending", ...said },
    text: `pending: a node has it; see quorate-wallet wait ${id}`,
  };
}

function entryJson(
  { unit }: Pick<Subject, "unit">,
  { from, memo, nonce, expiryMs, fee, facts }: OutboxEntry,
): { readonly [name: string]: Json } {
  const cost = { fee: fee.toString(), feeDisplay: amountText(fee, unit) };
  return { from, ...facts, ...cost, memo, nonce, expiryMs };
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
        message: "it is proven that it expired before it became final, and can never be applied",
        fix: "Nothing was paid. Send it again if it is still wanted.",
      });
    case "superseded":
      return terminalFailure(subject, exitCodes.refused, {
        code: subject.isFresh ? "nonce_too_low" : "superseded",
        message: `another transaction of the same account took its place: ${outcome.by}`,
        fix: "Nothing was paid by this one. Look at the other, then send again if still wanted.",
      });
    case "invalid":
      return invalidFailure(subject, pursued, outcome);
    case "refused":
      return new CommandFailure(exitCodes.refused, {
        code: outcome.code,
        message: `every node refused it: ${outcome.message}`,
        fix: `${fixes[outcome.code] ?? "Correct it and send it with --new."} ${keptWords}`,
        id,
      });
    case "disagreement":
      return new CommandFailure(exitCodes.disagreement, {
        code: "fork_proven",
        message: `two proofs contradict each other: ${outcome.answers.map(describe).join("; ")}`,
        fix: "More than a third of the validators have signed two histories. Pay nothing until the members have explained it; the payment stays saved.",
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

/** Said of what every node refused: a node that lies may have passed it on. */
const keptWords =
  "It stays saved until it can never be applied: the same again sends these very bytes, another payment may take its nonce.";

const fixes: Readonly<Record<string, string>> = {
  wrong_chain: "Use the genesis and the nodes of one network.",
  insufficient_balance: "Fund the account first, or send less.",
  nonce_taken: "Wait for the other payment of this account, then send it again.",
  fee_too_low: "Send it with --new and without --fee: the wallet knows the fee.",
};

/** The saved bytes can never be applied. If they were sent before they were damaged, they are kept. */
function invalidFailure(
  subject: Subject,
  { mayBeHeld }: Pursued,
  { code, message }: Extract<Outcome, { kind: "invalid" }>,
): CommandFailure {
  if (!mayBeHeld) {
    const fix = `Nothing was paid. ${fixes[code] ?? "Send it again."}`;
    return terminalFailure(subject, exitCodes.refused, { code, message, fix });
  }
  return new CommandFailure(exitCodes.refused, {
    code,
    message: `the saved transaction is damaged: ${message}`,
    fix: "What was sent before may still become final; see it in the explorer, or send with --new.",
    id: subject.id,
  });
}

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
  const isClaimed = answers.some(({ kind }) => kind === "unproven");
  if (entry === undefined && isClaimed) {
    return new CommandFailure(exitCodes.disagreement, {
      code: "nothing_proven",
      message: `no node proves what it says of it (${reasons})`,
      fix: "Nothing is shown that is not proven. Name other nodes with --node.",
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
    case "unproven":
    case "forked":
    case "busy":
    case "lost":
    case "unreachable":
      return `${node}: ${answer.message}`;
    default:
      return `${node}: ${kind}`;
  }
}

/**
 * How sure a figure is, in words: the line behind a balance, what is to be said of a node, why nothing is shown.
 * @module
 */
import type { Finding } from "../../src/client/finding.ts";
import type { Standing, TrustFailure } from "../../src/client/standing.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import type { Json } from "../terminal/terminal.ts";
import { timeText } from "../terminal/times.ts";

const thousands = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
const blocks = (count: number): string => `${thousands(count)} ${count === 1 ? "block" : "blocks"}`;
const nodes = (count: number): string => `${count} ${count === 1 ? "node" : "nodes"}`;

/** `✔ final at #18,204 (3 of 4 validators), 3 nodes answered, oldest 2 blocks behind, 0.4 s old`. */
export function standingText(standing: Standing, wallMs: number): string {
  const { height, signers, validatorCount, findings } = standing;
  const answered = findings.filter(isAnswer);
  const oldest = Math.max(0, ...answered.map(({ behind }) => behind));
  const asked =
    answered.length === findings.length
      ? `${nodes(answered.length)} answered`
      : `${answered.length} of ${nodes(findings.length)} answered`;
  const parts = [
    `✔ final at #${thousands(height)} (${signers} of ${validatorCount} validators)`,
    asked,
    ...(oldest === 0 ? [] : [`oldest ${blocks(oldest)} behind`]),
    `${ageText(wallMs - standing.timestampMs)} old`,
  ];
  return parts.join(", ");
}

/** `0.4 s`, `12 s`, `12 min`, `3 h`, `2 days`; a block that is ahead of this clock is `0.0 s` old. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, ageMs) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 2 * 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** With nothing to do, a block is made every 10 s. */
const oldMsMin = 60_000;
/** Clocks of validators may be ahead by 5 s. */
const aheadMsMax = 10_000;

/** What to say when the newest block and this machine's clock do not fit together; undefined when they do. */
export function timeWarning({ timestampMs }: Standing, wallMs: number): string | undefined {
  const ageMs = wallMs - timestampMs;
  if (ageMs > oldMsMin) {
    return `tip is ${ageText(ageMs)} old: the network stands still, the nodes are cut off, or this clock is wrong`;
  }
  if (ageMs < -aheadMsMax) {
    return `tip is ${ageText(-ageMs)} ahead of this clock: the clock of this machine is wrong`;
  }
  return undefined;
}

export function standingJson({
  height,
  blockId,
  timestampMs,
  signers,
  validatorCount,
  findings,
}: Standing): Json {
  const answered = findings.filter(isAnswer).length;
  return {
    height,
    blockId,
    timestampMs,
    signers,
    validators: validatorCount,
    nodesAsked: findings.length,
    nodesAnswered: answered,
    nodes: findings.map((finding) => ({ ...finding, evidence: evidenceOf(finding) })),
  };
}

const evidenceOf = (finding: Finding): string | null =>
  finding.kind === "lying" ? (finding.evidence ?? null) : null;

type AnswerFinding = Extract<Finding, { kind: "proven" | "lagging" }>;
const isAnswer = (finding: Finding): finding is AnswerFinding =>
  finding.kind === "proven" || finding.kind === "lagging";

/** What a person should know of the node; undefined when all is well. */
export function findingText(finding: Finding): string | undefined {
  const { node } = finding;
  switch (finding.kind) {
    case "proven":
      return undefined;
    case "lagging":
      return `${node} is ${blocks(finding.behind)} behind ${lagWords[finding.than]}`;
    case "silent":
      return `${node} did not answer: ${finding.message}`;
    case "unready":
      return `${node} proves nothing now: ${finding.message}`;
    case "lying": {
      const kept = finding.evidence === undefined ? "" : ` Its answer is kept: ${finding.evidence}`;
      return `${node} is not to be believed (${finding.code}): ${finding.message}${kept}`;
    }
  }
}

const lagWords = {
  others: "the newest",
  remembered: "what this wallet has seen",
  checkpoint: "the checkpoint",
} as const;

/** The end of a command that has nothing proven to show. */
export function trustFailure(failure: TrustFailure): CommandFailure {
  const reasons = failure.findings
    .map((finding) => findingText(finding) ?? finding.node)
    .join("; ");
  switch (failure.kind) {
    case "unreachable":
      return new CommandFailure(exitCodes.unreachable, {
        code: "no_node_reachable",
        message: `no node answered (${reasons})`,
        fix: "Check that the network runs (npm start), or name other nodes with --node.",
      });
    case "nothing-proven":
      return nothingProven(failure.findings, reasons);
    case "rolled-back": {
      const { remembered, newestHeight } = failure;
      const seen = `#${thousands(remembered.height)} of ${timeText(remembered.timestampMs)}`;
      return new CommandFailure(exitCodes.disagreement, {
        code: "older_than_seen",
        message: `the newest block that is proven is #${thousands(newestHeight)}, but this wallet has seen ${seen} (${reasons})`,
        fix: "Nothing older is shown. Wait until the nodes have caught up, or name others with --node.",
      });
    }
    case "fork": {
      const kept =
        failure.evidence === undefined ? "" : ` The proofs are kept: ${failure.evidence}`;
      return new CommandFailure(exitCodes.disagreement, {
        code: "fork_proven",
        message: `${failure.message}: more than a third of the validators have signed two histories.${kept}`,
        fix: "Believe none of them until the members have explained it. A --checkpoint HEIGHT:ID that they name decides.",
      });
    }
  }
}

function nothingProven(findings: readonly Finding[], reasons: string): CommandFailure {
  const lies = findings.filter((finding) => finding.kind === "lying");
  const isElsewhere = lies.length > 0 && lies.every(({ code }) => code === "wrong_chain");
  return new CommandFailure(exitCodes.disagreement, {
    code: isElsewhere ? "wrong_chain" : "nothing_proven",
    message: `no node proves its answer (${reasons})`,
    fix: isElsewhere
      ? "Name only nodes of one network with --node."
      : "Nothing is shown that is not proven. Name other nodes with --node.",
  });
}

/**
 * What comes of one proof, before it is told: and what is to be said of each node that was asked.
 * @module
 */
import type { Lag } from "../../../src/client/agreement.ts";
import type { RawAnswer } from "../../../src/client/evidence.ts";
import type { Finding, LieCode } from "../../../src/client/finding.ts";
import { codesOfLag, type Reply } from "../../../src/client/one-node.ts";
import type { TrustFailure } from "../../../src/client/standing.ts";
import type { Proven } from "../../../src/proof/verify.ts";
import { countText, manyText } from "../words/formats.ts";
import type { NodeWord } from "./claims.ts";
import type { Scene } from "./scene.ts";
import type { StepName } from "./way.ts";

export type Outcome = { readonly nodes: readonly NodeWord[] } & OutcomeBody;

export type OutcomeBody =
  | { readonly kind: "proven"; readonly proven: Proven }
  /** `step`: where the way breaks. */
  | { readonly kind: "false"; readonly why: string; readonly step: StepName }
  | { readonly kind: "open"; readonly why: string; readonly isOld: boolean };

export const open = (why: string): OutcomeBody => ({ kind: "open", why, isOld: false });

/** What one node's answer to a question about something that never changes was worth. */
export type NodeReply =
  | { readonly kind: "proven"; readonly proven: Proven; readonly raw: readonly RawAnswer[] }
  | Exclude<Reply, { kind: "proven" }>
  | { readonly kind: "lagging"; readonly lag: Lag }
  | { readonly kind: "forked"; readonly message: string; readonly raw: readonly RawAnswer[] };

/** Why the page's own node has not proven what it shows. */
export function failureOf(reply: Exclude<NodeReply, { kind: "proven" }>): OutcomeBody {
  switch (reply.kind) {
    case "lying":
      return { kind: "false", why: reply.message, step: stepOfLie(reply.code) };
    case "forked":
      return { kind: "false", why: forkWords(reply.message), step: "validators" };
    case "lagging":
      return open(`This node ${lagWords(reply.lag)}.`);
    case "absent":
      if (codesOfLag.has(reply.code)) return open(`This node lags behind: ${reply.message}`);
      return {
        kind: "false",
        why: "This node shows it, and says that it has no proof of it.",
        step: "place",
      };
    case "unready":
      return open(`This node cannot prove it now: ${reply.message}`);
    case "silent":
      return open("This node does not answer.");
  }
}

/** What is to be said of another node, which was asked the same. Keeps its lie. */
export async function wordOf({ client }: Scene, node: string, reply: NodeReply): Promise<NodeWord> {
  const word = (tone: NodeWord["tone"], words: string, evidence?: string): NodeWord => ({
    node,
    tone,
    words,
    evidence,
  });
  switch (reply.kind) {
    case "proven":
      return word("good", node === client.options.nodes[0] ? "proves it" : "proves the same");
    case "lying": {
      const { evidence } = await client.caught.lie(node, reply, reply.raw);
      return word("bad", `lies: ${reply.message}`, evidence);
    }
    case "forked": {
      const evidence = await client.caught.save("fork", reply.message, [node], reply.raw);
      return word("bad", forkWords(reply.message), evidence);
    }
    case "lagging":
      return word("warn", lagWords(reply.lag));
    case "absent":
      return word("warn", `does not have it: ${reply.message}`);
    case "unready":
      return word("warn", `cannot prove it now: ${reply.message}`);
    case "silent":
      return word("warn", "does not answer");
  }
}

/** The same of what a round of questions to all nodes came to. */
export function wordOfFinding(finding: Finding): NodeWord {
  const { node } = finding;
  const word = (tone: NodeWord["tone"], words: string, evidence?: string): NodeWord => ({
    node,
    tone,
    words,
    evidence,
  });
  switch (finding.kind) {
    case "proven": {
      const behind = finding.behind === 0 ? "" : `, ${manyText(finding.behind, "block")} behind`;
      return word("good", `proves its state at #${countText(finding.height)}${behind}`);
    }
    case "lagging":
      return word("warn", lagWords(finding));
    case "silent":
      return word("warn", "does not answer");
    case "unready":
      return word("warn", `cannot prove it now: ${finding.message}`);
    case "lying":
      return word("bad", `lies: ${finding.message}`, finding.evidence);
  }
}

/** Why a round of questions to all nodes has not proven what the page's node shows. */
export function failureOfRound(failure: TrustFailure, page: string): Outcome {
  const { findings } = failure;
  const nodes = findings.map(wordOfFinding);
  const own = findings.find(({ node }) => node === page);
  if (own?.kind === "lying") {
    return { kind: "false", why: own.message, step: stepOfLie(own.code), nodes };
  }
  switch (failure.kind) {
    case "fork": {
      const why = forkWords(failure.message);
      // Nodes whose answers are proven have no finding: the evidence is kept beside the page's own.
      const word = { node: page, tone: "bad", words: why, evidence: failure.evidence } as const;
      const others = nodes.filter(({ node }) => node !== page);
      return { kind: "false", why, step: "validators", nodes: [word, ...others] };
    }
    case "rolled-back": {
      const { remembered, newestHeight } = failure;
      const why = `This node is at #${countText(newestHeight)}, and this browser has already seen #${countText(remembered.height)} proven. What it shows is old.`;
      return { ...open(why), nodes };
    }
    case "unreachable":
      return { ...open("This node does not answer."), nodes };
    case "nothing-proven": {
      const why = own !== undefined && "message" in own ? `: ${own.message}` : ".";
      return { ...open(`This node cannot prove it now${why}`), nodes };
    }
  }
}

export const forkWords = (message: string): string =>
  `Two histories of one network were signed: ${message}. More than a third of the validators have broken the rules.`;

const lagWords = ({ height, behind, than }: { height: number; behind: number; than: string }) => {
  const whom =
    than === "remembered"
      ? "what this browser has seen proven"
      : than === "checkpoint"
        ? "the checkpoint"
        : "the others";
  return `is at #${countText(height)}, ${manyText(behind, "block")} behind ${whom}`;
};

/** Where the way breaks, by what is wrong. */
export function stepOfLie(code: LieCode): StepName {
  switch (code) {
    case "wrong_chain":
      return "genesis";
    case "transaction_not_shown":
    case "state_not_shown":
    case "history_not_shown":
    case "wrong_subject":
    case "garbled":
    case "proof_malformed":
    case "balance_withheld":
    case "inclusion_withheld":
      return "place";
    case "outcome_contradicted":
      return "shown";
    case "quorum_missing":
    case "signature_invalid":
    case "not_a_finalization":
    case "finalizes_another":
    case "not_in_history":
      return "final";
    default:
      return "validators";
  }
}

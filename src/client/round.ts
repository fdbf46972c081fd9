/**
 * What is found out in one round of questions to all nodes: proven answers, old ones, a fork, and a word on each node.
 * @module
 */
import type { Answered, Lag } from "./agreement.ts";
import type { RawAnswer } from "./evidence.ts";
import type { Finding, FindingBody } from "./finding.ts";

export interface ProvenAnswer extends Answered {
  readonly raw: readonly RawAnswer[];
  /** It is older than what is known, and shows nothing. */
  readonly isOld: boolean;
}

/** Two proofs that cannot be of one history, or one that contradicts what was proven before. */
export interface Fork {
  readonly message: string;
  readonly nodes: readonly string[];
  readonly raw: readonly RawAnswer[];
}

export class Round {
  answers: ProvenAnswer[] = [];
  fork: Fork | undefined;
  readonly lags: Lag[] = [];
  readonly #findings = new Map<string, FindingBody>();

  lag(node: string, lag: Lag): void {
    this.lags.push(lag);
    this.say(node, { kind: "lagging", ...lag });
  }

  say(node: string, finding: FindingBody): void {
    this.#findings.set(node, finding);
  }

  findings(nodes: readonly string[]): readonly Finding[] {
    return nodes.flatMap((node) => {
      const finding = this.#findings.get(node);
      return finding === undefined ? [] : [{ node, ...finding }];
    });
  }
}

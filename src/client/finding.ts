/**
 * Findings: what is to be said of each node that was asked, with a reason that its operator can be shown.
 * @module
 */
import type { ProofFlaw } from "../proof/flaws.ts";

/**
 * Why a node is called a liar: a flaw of its proof, or one of these.
 *
 * | code                | the node                                                          |
 * | ------------------- | ----------------------------------------------------------------- |
 * | garbled             | answered something that is not in the agreed form                 |
 * | proof_malformed     | answered bytes that are no proof                                  |
 * | wrong_chain         | serves another network                                            |
 * | wrong_subject       | proved something else than was asked                              |
 * | history_withheld    | does not say which block its history has at a height it was asked |
 * | balance_withheld    | left out an asset that the account holds                          |
 * | inclusion_withheld  | hides a final transaction, or says that it is not final           |
 * | outcome_contradicted | said of a transaction what proofs show to be untrue               |
 */
export type LieCode =
  | ProofFlaw
  | "garbled"
  | "proof_malformed"
  | "wrong_chain"
  | "wrong_subject"
  | "history_withheld"
  | "balance_withheld"
  | "inclusion_withheld"
  | "outcome_contradicted";

export type FindingBody =
  /** Its answer is proven. `behind`: blocks below the newest proven one. */
  | { readonly kind: "proven"; readonly height: number; readonly behind: number }
  /** Its answer is proven but old: many blocks behind, or below what was seen before. */
  | {
      readonly kind: "lagging";
      readonly height: number;
      readonly behind: number;
      /** It is below the remembered tip, or the checkpoint. */
      readonly than: "others" | "remembered" | "checkpoint";
    }
  /** No answer that says anything: not reached, too slow, refused. */
  | { readonly kind: "silent"; readonly message: string }
  /** It cannot prove at this moment. */
  | { readonly kind: "unready"; readonly message: string }
  | {
      readonly kind: "lying";
      readonly code: LieCode;
      readonly message: string;
      /** Where its own words are kept. */
      readonly evidence: string | undefined;
    };

export type Finding = { readonly node: string } & FindingBody;

/** So many blocks behind others are worth naming. */
export const laggingBlocksMin = 10;

export const isLying = (finding: Finding): boolean => finding.kind === "lying";

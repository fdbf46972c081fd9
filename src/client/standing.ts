/**
 * What comes of asking: proven figures and how they stand, or why there are none.
 * @module
 */
import type { Proven } from "../proof/verify.ts";
import type { Finding } from "./finding.ts";
import type { RememberedTip } from "./remembered-tip.ts";

/** How sure a proven figure is, and by whom it was told. */
export interface Standing {
  /** The block whose state it is of. */
  readonly height: number;
  readonly blockId: string;
  /** That block's time, Unix milliseconds. */
  readonly timestampMs: number;
  /** Of the certificate. */
  readonly signers: number;
  readonly validatorCount: number;
  /** One for each node that was asked, in their order. */
  readonly findings: readonly Finding[];
}

/** Why nothing is shown. */
export type TrustFailure =
  /** No node was reached. */
  | { readonly kind: "unreachable"; readonly findings: readonly Finding[] }
  /** Nodes were reached, and none of them proved its answer. */
  | { readonly kind: "nothing-proven"; readonly findings: readonly Finding[] }
  /** Everything that is proven is older than what was proven before. */
  | {
      readonly kind: "rolled-back";
      readonly remembered: RememberedTip;
      readonly newestHeight: number;
      readonly findings: readonly Finding[];
    }
  /** Two proven blocks cannot be of one history: more than f validators have signed both. */
  | {
      readonly kind: "fork";
      readonly message: string;
      /** Where the proofs are kept. */
      readonly evidence: string | undefined;
      readonly findings: readonly Finding[];
    };

export function standingOf(proven: Proven, findings: readonly Finding[]): Standing {
  const { header, blockId, signers, validators } = proven;
  const { height, timestampMs } = header;
  return { height, blockId, timestampMs, signers, validatorCount: validators.length, findings };
}

/**
 * Whether a proof stands on what is known, whether several are of one history, and which is the newest. No I/O: each
 * row can be tested.
 *
 * A proof leads to its *top*: the block that its certificate is of. Its own history holds everything else that it
 * shows. So several answers are of one history when every top is in the history of the highest.
 * @module
 */

import type { Proven } from "../proof/verify.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import type { Digest, Epoch } from "../protocol/ids.ts";

/** A block by its place and its name. */
export interface Place {
  readonly height: number;
  readonly blockId: string;
}

/**
 * How a proof stands to a block that is known from elsewhere.
 *
 * `holds`: its history has that block. `contradicts`: it has another one at that height. `below`: its top is lower.
 * `silent`: its top is higher and it does not say.
 */
export type Relation = "holds" | "contradicts" | "below" | "silent";

export function relationTo(proven: Proven, anchor: Checkpoint | Place): Relation {
  const shown = blockAt(proven, anchor.height);
  if (shown !== undefined) return shown === anchor.blockId ? "holds" : "contradicts";
  return topOf(proven).height < anchor.height ? "below" : "silent";
}

/** Blocks that every history must have. */
export interface Known {
  /** Proven before. */
  readonly remembered: Place | undefined;
  /** By the word of whoever runs the client. */
  readonly checkpoint: KnownCheckpoint | undefined;
}

export interface KnownCheckpoint extends Place {
  /**
   * Those that its block names. `vouched`: proofs begin at validators of a later epoch, so there is nothing to compare.
   * Undefined: no node has shown its header, so that nothing above it can be believed.
   */
  readonly validators: ValidatorsThen | "vouched" | undefined;
}

export interface ValidatorsThen {
  readonly epoch: Epoch;
  readonly hash: Digest;
}

export interface Lag {
  /** Of the top, where the history ends; of the proven header, where only that is old. */
  readonly height: number;
  /** Blocks below the known one. */
  readonly behind: number;
  readonly than: "remembered" | "checkpoint";
}

/**
 * What a proof is worth against what is known, as the first of these that applies:
 *
 * | judgement | the proof                                                                                          |
 * | --------- | -------------------------------------------------------------------------------------------------- |
 * | lying     | contradicts the checkpoint, in its block or in its validators, which former ones cannot sign away |
 * | lying     | does not say which block its history has at a known height                                         |
 * | forked    | contradicts the remembered tip                                                                     |
 * | lagging   | ends below a known block: nothing ties it to that history, and former validators can have signed it |
 * | unsure    | has the checkpoint's block, and nobody has shown which validators that names                        |
 * | stands    | has every known block in its history. `old`: its header, and so its state, is from before one      |
 *
 * An old header is as good as a new one for what never changes, a transaction in its block. A state is not.
 */
export type Judgement =
  | {
      readonly kind: "lying";
      readonly code: "checkpoint_contradicted" | "history_withheld";
      readonly message: string;
    }
  /** `message`: to be read after the node's name. */
  | { readonly kind: "forked"; readonly message: string }
  | { readonly kind: "lagging"; readonly lag: Lag }
  | { readonly kind: "unsure"; readonly message: string }
  | { readonly kind: "stands"; readonly old: Lag | undefined };

/** The one place where a proof is held against the remembered tip and the checkpoint. */
export function judge(proven: Proven, { remembered, checkpoint }: Known): Judgement {
  const toCheckpoint = checkpoint && relationTo(proven, checkpoint);
  const toRemembered = remembered && relationTo(proven, remembered);
  if (toCheckpoint === "contradicts") {
    const message = "Its history has another block at the checkpoint's height.";
    return { kind: "lying", code: "checkpoint_contradicted", message };
  }
  const then = checkpoint?.validators;
  if (toCheckpoint === "holds" && typeof then === "object") {
    const shown = validatorsIn(proven, then.epoch);
    if (shown !== undefined && shown !== then.hash) {
      const message =
        "Its history has the checkpoint's block, and other validators than that block names.";
      return { kind: "lying", code: "checkpoint_contradicted", message };
    }
  }
  if (toRemembered === "contradicts") {
    const message = `proves another block at #${remembered?.height} than was proven before`;
    return { kind: "forked", message };
  }
  if (toCheckpoint === "silent" || toRemembered === "silent") {
    const message = "It does not say which block its history has at a height that is known.";
    return { kind: "lying", code: "history_withheld", message };
  }
  const known = { remembered, checkpoint };
  const lag = lagOf(topOf(proven).height, known);
  if (lag !== undefined) return { kind: "lagging", lag };
  if (checkpoint !== undefined && then === undefined) {
    return { kind: "unsure", message: "No node shows the block of the checkpoint." };
  }
  return { kind: "stands", old: lagOf(proven.header.height, known) };
}

/** The hash of those that the proof takes to be in force; undefined: it says nothing of that epoch. */
function validatorsIn({ terms }: Proven, epoch: Epoch): Digest | undefined {
  return terms.find(({ first, last }) => first <= epoch && epoch <= last)?.validatorsHash;
}

/** How far a height is below the highest known block; undefined if it is not. */
function lagOf(height: number, { remembered, checkpoint }: Known): Lag | undefined {
  const [seen, set] = [remembered?.height ?? -1, checkpoint?.height ?? -1];
  const behind = Math.max(seen, set) - height;
  return behind > 0
    ? { height, behind, than: seen >= set ? "remembered" : "checkpoint" }
    : undefined;
}

/** The id of the block that the proof shows at that height of its history; undefined if it shows none. */
export function blockAt(proven: Proven, height: number): string | undefined {
  const { header, blockId, certified, facts } = proven;
  if (height === header.height) return blockId;
  if (height === certified.header.height) return certified.blockId;
  // A header names its parent. Height 0 has the chain id there.
  if (height >= 0 && height === header.height - 1) return header.parent;
  if (height >= 0 && height === certified.header.height - 1) return certified.header.parent;
  for (const fact of facts) {
    if (fact.kind === "block" && fact.height === height) return fact.blockId;
  }
  return undefined;
}

export const topOf = ({ certified }: Proven): Place => ({
  height: certified.header.height,
  blockId: certified.blockId,
});

export interface Answered {
  readonly node: string;
  readonly proven: Proven;
}

/** The answer with the highest top; of equal ones the first. */
export function highest<Answer extends Answered>(answers: readonly Answer[]): Answer | undefined {
  return best(answers, ({ proven }) => topOf(proven).height);
}

/** The answer about the newest state; of equal ones the first. */
export function newest<Answer extends Answered>(answers: readonly Answer[]): Answer | undefined {
  return best(answers, ({ proven }) => proven.header.height);
}

function best<Answer>(
  answers: readonly Answer[],
  heightOf: (answer: Answer) => number,
): Answer | undefined {
  let found: Answer | undefined;
  for (const each of answers) {
    if (found === undefined || heightOf(each) > heightOf(found)) found = each;
  }
  return found;
}

/** Heights of other tops that the highest one's proof does not say anything about, ascending, each once. */
export function heightsToAsk(top: Proven, answers: readonly Answered[]): readonly number[] {
  const open = answers
    .map(({ proven }) => topOf(proven))
    .filter((place) => relationTo(top, place) === "silent")
    .map(({ height }) => height);
  return [...new Set(open)].toSorted((a, b) => a - b);
}

/** An answer that cannot be of one history with the highest one, and in what. */
export interface Contradiction<Answer> {
  readonly answer: Answer;
  readonly what: string;
}

/** The first answer whose top, or whose validators, are not those of this history, by what its proofs say. */
export function contradiction<Answer extends Answered>(
  proofs: readonly Proven[],
  answers: readonly Answer[],
): Contradiction<Answer> | undefined {
  for (const answer of answers) {
    const { header } = answer.proven.certified;
    for (const proof of proofs) {
      if (relationTo(proof, topOf(answer.proven)) === "contradicts") {
        return { answer, what: `different blocks at #${header.height}` };
      }
      const validators = validatorsIn(proof, header.epoch);
      if (validators !== undefined && validators !== header.validatorsHash) {
        return { answer, what: `different validators in epoch ${header.epoch}` };
      }
    }
  }
  return undefined;
}

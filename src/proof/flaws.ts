/**
 * What can be wrong with a proof: a closed list of stable codes, each with a sentence for people.
 * @module
 */

/** Stable: programs compare these. */
export type ProofFlaw = keyof typeof sentences;

const sentences = {
  hop_out_of_order:
    "The changes of validators are not in the order of their epochs, or begin before what is trusted.",
  hop_not_last: "A change of validators is shown by a block that is not the last of its epoch.",
  hop_without_change: "A change of validators is shown where nothing changes.",
  hop_wrong_set: "A change of validators begins from others than those known so far.",
  hop_wrong_next_set: "A change of validators leads to others than its block decided.",
  epoch_out_of_order:
    "The finalized block is of an epoch before what is trusted, or before the last change of validators.",
  set_unknown: "The validators of the proof are not those that its changes lead to.",
  set_not_of_header: "The finalized block names other validators than those of the proof.",
  not_a_finalization: "A certificate of the proof does not finalize anything.",
  finalizes_another: "A certificate of the proof finalizes another block.",
  quorum_missing: "A certificate of the proof has too few signatures.",
  signature_invalid: "A certificate of the proof has a signature that is not its validator's.",
  not_in_history: "The block is not in the history of the finalized one.",
  transaction_not_shown: "A transaction of the proof is not in the block at that place.",
  state_not_shown: "A state entry of the proof is not what the block's state has.",
  history_not_shown: "A block of the proof is not in the history at that height.",
  checkpoint_not_shown: "The proof does not say whether its history has the checkpoint's block.",
  checkpoint_contradicted:
    "The history of the proof has another block at the checkpoint's height: two histories were signed.",
} as const;

/** One sentence for people. */
export const flawSentence = (flaw: ProofFlaw): string => sentences[flaw];

/** All codes. */
export const proofFlaws: readonly ProofFlaw[] = Object.keys(sentences) as ProofFlaw[];

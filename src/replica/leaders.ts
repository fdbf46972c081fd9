/**
 * Who leads a view, as its operator's account: what a block's header must name, and who earns its fees.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { AccountId, View } from "../protocol/ids.ts";
import type { ValidatorSet } from "../protocol/validator-set.ts";

/** The operator account of the leader of a view of the set's epoch. */
export function operatorOf(validators: ValidatorSet, view: View): AccountId {
  const leader = validators.at(validators.leader(view));
  assert(leader !== undefined, "a leader is a validator");
  return leader.operator;
}

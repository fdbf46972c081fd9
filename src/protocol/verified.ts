/**
 * Verified: a value whose signatures have been checked against the keys it names.
 *
 * The brand is the receipt. Consensus and the mempool accept nothing without one, so there is no path from the
 * wire to a vote count that skips the check. Only the verifying functions of this folder call markVerified.
 * @module
 */

declare const verified: unique symbol;
export type Verified<Value> = Value & { readonly [verified]: true };

export function markVerified<Value>(value: Value): Verified<Value> {
  return value as Verified<Value>;
}

/**
 * What the library throws: a stable code, and a sentence. Outcomes of transactions are values, never thrown.
 * @module
 */

export type FailureCode =
  /** Not a genesis, or not that of the chain id given. */
  | "genesis_wrong"
  /** An address is malformed or of another network, an amount is not one, a mnemonic is wrong. */
  | "bad_input"
  /** No node answered. */
  | "unreachable"
  /** No node proved its answer, or two contradict each other. */
  | "not_proven"
  /** A key that has to sign was not given. */
  | "key_missing"
  /** The keys given for an account are not those that act for it now. */
  | "policy_mismatch";

export class QuorateError extends Error {
  override readonly name = "QuorateError";
  /** Stable: programs compare it. */
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

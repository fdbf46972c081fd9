/**
 * Why a transaction is not taken: one closed list of stable codes, the same in the API, the wallet and the pages.
 *
 * `invalid` can never be right, on any node of this network, whenever it is tried. `refused` is said here and now;
 * another node, or a later moment, may take it.
 * @module
 */

export type TransactionErrorCode =
  | "malformed"
  | "wrong_chain"
  | "bad_signature"
  | "authorization_missing"
  | "authorization_surplus"
  | "threshold_not_met"
  | "amount_zero"
  | "self_transfer"
  | "parameter_out_of_bounds"
  | "parameter_fixed"
  | "asset_code_native"
  | "native_asset_fixed"
  | "too_large"
  | "policy_mismatch"
  | "nonce_too_low"
  | "nonce_too_high"
  | "nonce_taken"
  | "insufficient_balance"
  | "account_absent"
  | "below_account_minimum"
  | "fee_too_low"
  | "amount_overflow"
  | "memo_required"
  | "asset_unknown"
  | "asset_exists"
  | "not_the_issuer"
  | "supply_exceeded"
  | "record_version_not_next"
  | "expired"
  | "expiry_too_far"
  | "not_a_validator"
  | "too_many_votes"
  | "version_not_next"
  | "vote_waiting"
  | "fault_invalid"
  | "fault_epoch"
  | "fault_known"
  | "pool_full"
  | "quarantined"
  | "execution_threw";

export interface TransactionError {
  readonly status: "invalid" | "refused";
  readonly text: string;
}

const invalid = (text: string): TransactionError => ({ status: "invalid", text });
const refused = (text: string): TransactionError => ({ status: "refused", text });

export const transactionErrors: Readonly<Record<TransactionErrorCode, TransactionError>> = {
  malformed: invalid("The bytes are not a transaction of this protocol."),
  wrong_chain: invalid("The transaction was made for another network."),
  bad_signature: invalid("A signature does not fit the transaction and its key."),
  authorization_missing: invalid("An account that the transaction acts for has not authorized it."),
  authorization_surplus: invalid(
    "The authorizations are not exactly those of the sender and then of the other payers in order.",
  ),
  threshold_not_met: invalid("The signatures of an account do not reach its policy's threshold."),
  amount_zero: invalid("The amount must be more than nothing."),
  self_transfer: invalid("A transfer must go to another account than the one it is from."),
  parameter_out_of_bounds: invalid("No such parameter, or the value is outside its hard bounds."),
  parameter_fixed: invalid("This parameter is fixed in the genesis: no vote changes it."),
  asset_code_native: invalid("This code is the native asset's own: no other asset may have it."),
  native_asset_fixed: invalid("The native asset's supply is fixed: nobody mints or burns it."),
  fault_invalid: invalid("The two votes do not prove that a validator broke the rules."),

  too_large: refused("The transaction has more bytes than this network allows."),
  policy_mismatch: refused("The policy shown is not the one that acts for the account now."),
  nonce_too_low: refused("A final transaction of the sender already has this nonce."),
  nonce_too_high: refused("The nonce is too far ahead of the sender's next one."),
  nonce_taken: refused("Another transaction of the sender with this nonce is waiting already."),
  insufficient_balance: refused("The account does not hold enough for the amount and the fee."),
  account_absent: refused("The account does not exist yet: pay it native units first."),
  below_account_minimum: refused("The payment is too small to open the recipient's account."),
  fee_too_low: refused("The fee is below this network's minimum for such a transaction."),
  amount_overflow: refused("The recipient's balance would exceed the largest possible amount."),
  memo_required: refused("The recipient takes no payment without a memo."),
  asset_unknown: refused("No such asset exists."),
  asset_exists: refused("The account has created an asset with this code already."),
  not_the_issuer: refused("Only the issuer of an asset can mint it."),
  supply_exceeded: refused("More of the asset would exist than its issuer allowed for."),
  record_version_not_next: refused("The version must be the record's current one plus 1."),
  expired: refused("The transaction's expiry has passed."),
  expiry_too_far: refused("The expiry lies more than 30 days ahead."),
  fault_epoch: refused("The fault is neither of this epoch nor of the one before it."),
  fault_known: refused("A fault of this validator in this epoch is known already."),
  not_a_validator: refused("Only the operator of a validator of this epoch can vote."),
  too_many_votes: refused("The operator has as many votes standing as one can have."),
  version_not_next: refused(
    "A vote can keep the protocol's version or raise it by one, and no more at a time.",
  ),
  vote_waiting: refused("Another vote of this operator waits for a block already."),
  pool_full: refused("This node's pool is full of transactions that pay at least as much."),
  quarantined: refused("This node failed on the transaction and will not try it again."),
  execution_threw: refused("This node could not carry out the transaction; this is a defect."),
};

/** All codes, for tables and documents. */
export const transactionErrorCodes: readonly TransactionErrorCode[] = Object.keys(
  transactionErrors,
) as TransactionErrorCode[];

/** Whether a transaction refused with this code can never be right. */
export const isInvalid = (code: TransactionErrorCode): boolean =>
  transactionErrors[code].status === "invalid";

/** One sentence for people. */
export const describeError = (code: TransactionErrorCode): string => transactionErrors[code].text;

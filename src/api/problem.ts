/**
 * Problems: every way that a request can go wrong, with the status it is answered with and what to do about it.
 *
 * The body is RFC 9457 `application/problem+json`. A code is stable for ever; titles and advice may improve.
 * What the ledger or the mempool says about a transaction keeps the code given there: a code that is not in this
 * catalogue gets the status of its kind (invalid 422, refused 409).
 * @module
 */
import { type TransactionErrorCode, transactionErrors } from "../protocol/transaction-errors.ts";
import type { TransactionStatusWord } from "./json.ts";

export const problemMediaType = "application/problem+json";

export interface Problem {
  readonly type: string;
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** What to do about it. */
  readonly fix: string;
  /** Path of the field that is wrong, such as `query.limit`; null when it is not about one. */
  readonly field: string | null;
  /** The transaction that it is about. */
  readonly id: string | null;
  readonly transactionStatus: TransactionStatusWord | null;
  readonly supersededBy: string | null;
}

interface Entry {
  readonly status: number;
  readonly title: string;
  readonly fix: string;
}

const entry = (status: number, title: string, fix: string): Entry => ({ status, title, fix });

export type RequestProblemCode =
  | "bad_request"
  | "bad_cursor"
  | "bad_address"
  | "host_refused"
  | "route_unknown"
  | "block_unknown"
  | "transaction_unknown"
  | "height_unknown"
  | "epoch_unknown"
  | "transaction_not_final"
  | "proof_too_large"
  | "proof_not_ready"
  | "asset_not_found"
  | "record_not_found"
  | "method_refused"
  | "body_too_large"
  | "media_type_refused"
  | "rate_exceeded"
  | "internal_error"
  | "too_many_streams";

const requestProblems: Readonly<Record<RequestProblemCode, Entry>> = {
  bad_request: entry(400, "The request is not well formed.", "Correct the named field."),
  bad_cursor: entry(
    400,
    "Not a cursor of this list.",
    "Use `next` or `prev` of an answer as it is.",
  ),
  bad_address: entry(
    400,
    "Not an address of this network.",
    "Check the address for a typing error.",
  ),
  host_refused: entry(
    403,
    "This host name is not served.",
    "Use an IP address or a configured name.",
  ),
  route_unknown: entry(404, "There is no such route.", "See /openapi.json for the routes."),
  block_unknown: entry(404, "No such final block.", "Check the height against the tip, or the id."),
  transaction_unknown: entry(
    404,
    "This node knows no such transaction.",
    "Ask another node, or send the signed transaction again: that is safe.",
  ),
  height_unknown: entry(404, "This height is not final yet.", "Check the height against the tip."),
  asset_not_found: entry(
    404,
    "No such asset.",
    "Look in /v1/assets; the native asset is in /v1/genesis.",
  ),
  record_not_found: entry(
    404,
    "No such record, or not in this version.",
    "Look in /v1/records/{address} and in the versions of the record.",
  ),
  epoch_unknown: entry(
    404,
    "No final block is of this epoch.",
    "Check the epoch against /v1/status; or the node is behind: ask another one.",
  ),
  transaction_not_final: entry(
    404,
    "Only a final transaction has a receipt.",
    "Ask again when the transaction is final.",
  ),
  proof_too_large: entry(
    400,
    "The validators changed more often than one proof can show.",
    "Prove an earlier block first, and ask again with `from` as its epoch.",
  ),
  proof_not_ready: entry(
    503,
    "The tip cannot be proven at this moment.",
    "Ask again after the next block; before the first one, the genesis says all that there is.",
  ),
  method_refused: entry(405, "The route does not take this method.", "See the Allow header."),
  body_too_large: entry(413, "The body is too large.", "Send less at once."),
  media_type_refused: entry(
    415,
    "The body is of a type that is not taken.",
    "Send application/octet-stream or application/json.",
  ),
  rate_exceeded: entry(429, "Too many requests.", "Wait as long as Retry-After says."),
  internal_error: entry(500, "The node failed.", "Try another node and tell its operator."),
  too_many_streams: entry(
    503,
    "This node serves no more streams.",
    "Close one, or use another node.",
  ),
};

/** What to do about each verdict of the ledger or the pool; its words are in protocol/transaction-errors.ts. */
const advice: Readonly<Record<TransactionErrorCode, string>> = {
  malformed: "Send the BCS of one signed transaction.",
  wrong_chain: "Sign it for this network's genesis.",
  bad_signature: "Sign it again with the account's own key.",
  authorization_missing: "Let every account that it acts for sign it.",
  authorization_surplus: "Keep only the authorizations of the accounts that it acts for.",
  threshold_not_met: "Collect more of the policy's signatures.",
  amount_zero: "Name at least one base unit.",
  parameter_out_of_bounds: "See docs/protocol.md for the parameters and their bounds.",
  parameter_fixed: "Choose another parameter.",
  asset_code_native: "Choose another code.",
  native_asset_fixed: "Name another asset than the native one.",
  self_transfer: "Choose another recipient.",
  too_large: "Split it into several transactions.",
  policy_mismatch: "Sign it under the policy that the account has now.",
  nonce_too_low: "Read the account's nonce and sign again.",
  nonce_too_high: "Send the transactions before it first.",
  nonce_taken: "Use the account's pendingNonce, or wait for the other one.",
  insufficient_balance: "Send less, or fund the account.",
  account_absent: "Pay the account native units first.",
  below_account_minimum: "Send at least accountMinimum of /v1/parameters.",
  fee_too_low: "Sign again with the fee that /v1/parameters asks for.",
  amount_overflow: "Send less.",
  memo_required: "Add the memo that the recipient asks for.",
  asset_unknown: "Check the asset's id, or wait until its creation is final.",
  asset_exists: "Choose another code, or use the asset that exists.",
  not_the_issuer: "Let the asset's issuer mint it.",
  supply_exceeded: "Mint less.",
  record_version_not_next: "Read the record's current version and sign again.",
  expired: "Sign a new transaction if it is still wanted.",
  expiry_too_far: "Choose an earlier expiry.",
  fault_invalid: "Send two votes that one validator of the epoch signed and that conflict.",
  fault_epoch: "Use a node that is in step, or leave it: such a fault has no effect any more.",
  fault_known: "Nothing: one fault for each validator and epoch is enough.",
  not_a_validator: "Vote as the operator of one of /v1/validators.",
  too_many_votes: "Wait until some of its votes are counted or older than 30 days.",
  version_not_next: "Vote for the version after the present one.",
  vote_waiting: "Wait until it is final.",
  pool_full: "Wait, pay a higher fee, or use another node.",
  quarantined: "Use another node and tell this one's operator.",
  execution_threw: "Use another node and tell this one's operator.",
};

const kindWords: Readonly<Record<"invalid" | "refused" | "expired" | "superseded", Entry>> = {
  invalid: entry(422, "The transaction can never be valid.", "Make a correct transaction."),
  refused: entry(409, "The transaction is not accepted here, now.", "Try later or elsewhere."),
  expired: entry(
    410,
    "The transaction can never be applied: it expired.",
    "Sign a new transaction if it is still wanted.",
  ),
  superseded: entry(
    409,
    "Another transaction of the sender took this nonce.",
    "Look at the transaction that `supersededBy` names.",
  ),
};

const isTransactionError = (code: string): code is TransactionErrorCode =>
  Object.hasOwn(transactionErrors, code);

const typeOf = (code: string): string => `urn:quorate:problem:${code}`;

/** A problem of the request itself. `field` is a path such as `query.limit`. */
export function requestProblem(
  code: RequestProblemCode,
  detail: string,
  about: { readonly field?: string; readonly id?: string } = {},
): Problem {
  return {
    type: typeOf(code),
    ...requestProblems[code],
    detail,
    code,
    field: about.field ?? null,
    id: about.id ?? null,
    transactionStatus: code === "transaction_unknown" ? "unknown" : null,
    supersededBy: null,
  };
}

/** What a submitter is told about a transaction that was not accepted. */
export function transactionProblem(options: {
  readonly word: "invalid" | "refused" | "expired" | "superseded";
  readonly id: string | undefined;
  /** The ledger's or the pool's; undefined for expired and superseded, which are their own. */
  readonly code?: string;
  readonly detail: string;
  readonly supersededBy?: string;
}): Problem {
  const { word, id, detail } = options;
  const code = options.code ?? word;
  const kind = kindWords[word];
  const words =
    options.code !== undefined && isTransactionError(options.code)
      ? { title: transactionErrors[options.code].text, fix: advice[options.code] }
      : kind;
  return {
    type: typeOf(code),
    title: words.title,
    status: code === "malformed" ? 400 : kind.status,
    detail,
    code,
    fix: words.fix,
    field: null,
    id: id ?? null,
    transactionStatus: word,
    supersededBy: options.supersededBy ?? null,
  };
}

/**
 * The catalogue of problems: every code that an answer may carry, what it means, when it is sent and what to do.
 *
 * A code is stable for ever; titles and advice may improve. Codes of the request are here; those of a transaction are in
 * protocol/transaction-errors.ts, with the advice for each here.
 * @module
 */
import { type TransactionErrorCode, transactionErrors } from "../protocol/transaction-errors.ts";

export interface ProblemWords {
  /** The HTTP status. */
  readonly status: number;
  readonly title: string;
  readonly fix: string;
}

export interface CatalogueEntry extends ProblemWords {
  readonly when: string;
}

export type RequestProblemCode =
  | "bad_request"
  | "bad_cursor"
  | "bad_address"
  | "host_refused"
  | "origin_refused"
  | "node_unknown"
  | "node_busy"
  | "node_down"
  | "network_gone"
  | "route_unknown"
  | "block_unknown"
  | "transaction_unknown"
  | "height_unknown"
  | "asset_not_found"
  | "record_not_found"
  | "epoch_unknown"
  | "transaction_not_final"
  | "proof_too_large"
  | "proof_not_ready"
  | "method_refused"
  | "body_too_large"
  | "media_type_refused"
  | "rate_exceeded"
  | "too_many_exports"
  | "not_synced"
  | "faucet_empty"
  | "internal_error"
  | "streams_exceeded"
  | "too_many_streams"
  | "node_overloaded";

export const requestProblems: Readonly<Record<RequestProblemCode, CatalogueEntry>> = {
  bad_request: {
    status: 400,
    title: "The request is not well formed.",
    when: "A parameter, a header or the body is missing, too long, of another form or out of its bounds; `field` names it.",
    fix: "Correct the named field.",
  },
  bad_cursor: {
    status: 400,
    title: "Not a cursor of this list.",
    when: "A `cursor` or `Last-Event-ID` cannot be read, or belongs to another list.",
    fix: "Use `next` or `prev` of an answer as it is.",
  },
  bad_address: {
    status: 400,
    title: "Not an address of this network.",
    when: "An address has a wrong character or checksum, or the prefix of another network.",
    fix: "Check the address for a typing error.",
  },
  host_refused: {
    status: 403,
    title: "This host name is not served.",
    when: "The Host header is neither an IP address, localhost nor a name that the operator configured.",
    fix: "Use an IP address or a configured name.",
  },
  origin_refused: {
    status: 403,
    title: "Another page may not do this.",
    when: "A page that is not of this network's own nodes steers a local network or asks its faucet.",
    fix: "Use the explorer of one of the network's own nodes, or the command line.",
  },
  node_unknown: {
    status: 404,
    title: "There is no such node.",
    when: "A local network has no node of this number.",
    fix: "See /v1/local/nodes for their numbers.",
  },
  node_busy: {
    status: 409,
    title: "It is being changed already.",
    when: "A node of a local network, or its partition, is still being changed by the action before.",
    fix: "Wait for the verdict, then ask again.",
  },
  node_down: {
    status: 409,
    title: "The node does not run.",
    when: "A node of a local network that does not run is to be killed, paused or resumed.",
    fix: "Restart it.",
  },
  network_gone: {
    status: 503,
    title: "The local network takes no commands now.",
    when: "The command that keeps the local network does not answer on its socket.",
    fix: "See whether `quorate network up` still runs.",
  },
  route_unknown: {
    status: 404,
    title: "There is no such route.",
    when: "Nothing is at this path; or it is only for this machine, or only on a local network.",
    fix: "See /openapi.json for the routes.",
  },
  block_unknown: {
    status: 404,
    title: "No such final block.",
    when: "No final block has this id or height at this node.",
    fix: "Check the height against the tip, or the id.",
  },
  transaction_unknown: {
    status: 404,
    title: "This node knows no such transaction.",
    when: "The node has neither a final nor a waiting transaction with this id, and has refused none lately.",
    fix: "Ask another node, or send the signed transaction again: that is safe.",
  },
  height_unknown: {
    status: 404,
    title: "This height is not final yet.",
    when: "A height is above the tip of this node.",
    fix: "Check the height against the tip.",
  },
  asset_not_found: {
    status: 404,
    title: "No such asset.",
    when: "Nobody has created an asset with this id.",
    fix: "Look in /v1/assets; the native asset is in /v1/genesis.",
  },
  record_not_found: {
    status: 404,
    title: "No such record, or not in this version.",
    when: "The account has written no such record, or not so many versions of it.",
    fix: "Look in /v1/records/{address} and in the versions of the record.",
  },
  epoch_unknown: {
    status: 404,
    title: "No final block is of this epoch.",
    when: "The epoch has not begun, as far as this node knows.",
    fix: "Check the epoch against /v1/status; or the node is behind: ask another one.",
  },
  transaction_not_final: {
    status: 404,
    title: "Only a final transaction has a receipt.",
    when: "A receipt is asked for and the transaction waits, or came to nothing.",
    fix: "Ask again when the transaction is final.",
  },
  proof_too_large: {
    status: 400,
    title: "The validators changed more often than one proof can show.",
    when: "Between `from` and the tip the validators have changed more often than one proof holds.",
    fix: "Prove an earlier block first, and ask again with `from` as its epoch.",
  },
  proof_not_ready: {
    status: 503,
    title: "The tip cannot be proven at this moment.",
    when: "The finalization of the tip is not durable yet: for a moment after a block, or before the first one.",
    fix: "Ask again after the next block; before the first one, the genesis says all that there is.",
  },
  method_refused: {
    status: 405,
    title: "The route does not take this method.",
    when: "The path exists and takes other methods.",
    fix: "See the Allow header.",
  },
  body_too_large: {
    status: 413,
    title: "The body is too large.",
    when: "The body has more bytes than the route takes, announced or not.",
    fix: "Send less at once.",
  },
  media_type_refused: {
    status: 415,
    title: "The body is of a type that is not taken.",
    when: "The Content-Type is missing, or none of those that the route takes.",
    fix: "Send application/octet-stream or application/json.",
  },
  rate_exceeded: {
    status: 429,
    title: "Too many requests.",
    when: "This client asked more in the last seconds than is answered, has too many requests waiting, or has not taken the answers that it has. Dearer answers, such as proofs, count for several.",
    fix: "Wait as long as Retry-After says.",
  },
  not_synced: {
    status: 503,
    title: "This node is behind the network, and may not have it yet.",
    when: "A block, height, epoch, asset or record is not known to a node that lacks blocks of others.",
    fix: "Ask another node, or ask again when /readyz says that it is ready.",
  },
  too_many_exports: {
    status: 429,
    title: "Too many exports at once.",
    when: "This client, or all together, have as many exports under way as are served.",
    fix: "Wait until one of them has ended.",
  },
  faucet_empty: {
    status: 503,
    title: "The faucet cannot pay that now.",
    when: "The faucet's accounts have too little, or their payment was not taken.",
    fix: "Ask for less, ask the faucet of another node, or wait until its payments are final.",
  },
  internal_error: {
    status: 500,
    title: "The node failed.",
    when: "The node made a mistake. It is in the node's log; no request should be able to cause it.",
    fix: "Try another node and tell its operator.",
  },
  streams_exceeded: {
    status: 429,
    title: "This client reads as many streams as one may.",
    when: "This client has as many streams open as one may have.",
    fix: "Close one; one stream takes several topics.",
  },
  too_many_streams: {
    status: 503,
    title: "This node serves no more streams.",
    when: "All the streams that this node serves are taken.",
    fix: "Close one, or use another node.",
  },
  node_overloaded: {
    status: 503,
    title: "The node has more to do than it can.",
    when: "So many requests are under way, here or from this client, that the node would fall behind the others.",
    fix: "Wait as long as Retry-After says, or ask another node.",
  },
};

/** What to do about each verdict of the ledger or the pool; its words are in protocol/transaction-errors.ts. */
export const advice: Readonly<Record<TransactionErrorCode, string>> = {
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

export type Rejection = "invalid" | "refused" | "expired" | "superseded";

/** What is said of a transaction when its code says no more. */
export const rejections: Readonly<Record<Rejection, ProblemWords>> = {
  invalid: {
    status: 422,
    title: "The transaction can never be valid.",
    fix: "Make a correct transaction.",
  },
  refused: {
    status: 409,
    title: "The transaction is not accepted here, now.",
    fix: "Try later or elsewhere.",
  },
  expired: {
    status: 410,
    title: "The transaction can never be applied: it expired.",
    fix: "Sign a new transaction if it is still wanted.",
  },
  superseded: {
    status: 409,
    title: "Another transaction of the sender took this nonce.",
    fix: "Look at the transaction that `supersededBy` names.",
  },
};

export const isTransactionError = (code: string): code is TransactionErrorCode =>
  Object.hasOwn(transactionErrors, code);

/** What is wrong with the bytes is a bad request; any other verdict has the status of its kind. */
export const rejectionStatus = (code: string, rejection: Rejection): number =>
  code === "malformed" ? 400 : rejections[rejection].status;

export type ProblemCode = RequestProblemCode | TransactionErrorCode;

/** All of them: those of requests first, then those of transactions. */
export const problemCatalogue: ReadonlyMap<ProblemCode, CatalogueEntry> = new Map([
  ...Object.entries(requestProblems),
  ...Object.entries(transactionErrors).map(([code, { status, text }]) => {
    const words = {
      status: code === "expired" ? rejections.expired.status : rejectionStatus(code, status),
      title: text,
      when: `A submitted transaction is ${status}.`,
      fix: advice[code as TransactionErrorCode],
    };
    return [code, words] as const;
  }),
] as [ProblemCode, CatalogueEntry][]);

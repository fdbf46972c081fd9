/**
 * Problems: every way that a request can go wrong, with the status it is answered with and what to do about it.
 *
 * The body is RFC 9457 `application/problem+json`. A code is stable for ever; titles and advice may improve.
 * What the ledger or the mempool says about a transaction keeps the code given there: a code that is not in this
 * catalogue gets the status of its kind (invalid 422, refused 409).
 * @module
 */
import { transactionErrors } from "../protocol/transaction-errors.ts";
import type { TransactionStatusWord } from "./json.ts";
import {
  advice,
  isTransactionError,
  type Rejection,
  type RequestProblemCode,
  rejectionStatus,
  rejections,
  requestProblems,
} from "./problem-catalogue.ts";

export const problemMediaType = "application/problem+json";

export interface Problem {
  /** Where the code is explained, on the node that answers. */
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

/** Where a code is explained: on any node, at this place. */
const typeOf = (code: string): string => `/docs#problem-${code}`;

/** A problem of the request itself. `field` is a path such as `query.limit`. */
export function requestProblem(
  code: RequestProblemCode,
  detail: string,
  about: { readonly field?: string; readonly id?: string } = {},
): Problem {
  const { status, title, fix } = requestProblems[code];
  return {
    type: typeOf(code),
    title,
    status,
    detail,
    code,
    fix,
    field: about.field ?? null,
    id: about.id ?? null,
    transactionStatus: code === "transaction_unknown" ? "unknown" : null,
    supersededBy: null,
  };
}

/** What a submitter is told about a transaction that was not accepted. */
export function transactionProblem(options: {
  readonly word: Rejection;
  readonly id: string | undefined;
  /** The ledger's or the pool's; undefined for expired and superseded, which are their own. */
  readonly code?: string;
  readonly detail: string;
  readonly supersededBy?: string;
}): Problem {
  const { word, id, detail } = options;
  const code = options.code ?? word;
  const words =
    options.code !== undefined && isTransactionError(options.code)
      ? { title: transactionErrors[options.code].text, fix: advice[options.code] }
      : rejections[word];
  return {
    type: typeOf(code),
    title: words.title,
    status: rejectionStatus(code, word),
    detail,
    code,
    fix: words.fix,
    field: code === "malformed" ? "body" : null,
    id: id ?? null,
    transactionStatus: word,
    supersededBy: options.supersededBy ?? null,
  };
}

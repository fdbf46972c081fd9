/**
 * Topics: what of the ledger a reader of the stream wants. `blocks`, `transactions`, `account:ADDRESS`, with commas.
 * @module
 */
import { type Problem, requestProblem } from "../../../src/api/problem.ts";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import { formatAddress, parseAddress } from "../../../src/protocol/address.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";
import { badAddress } from "../addresses.ts";
import { topicAccountsMax, topicsLengthMax } from "./limits.ts";

export interface Topics {
  readonly blocks: boolean;
  readonly transactions: boolean;
  /** By account, the topic as events name it. */
  readonly accounts: ReadonlyMap<AccountId, string>;
}

const field = "query.topics";
const accountTopic = "account:";
const bad = (detail: string): Result<Topics, Problem> =>
  fail(requestProblem("bad_request", detail, { field }));

/** A topic that is named twice counts once. */
export function parseTopics(prefix: string, text: string): Result<Topics, Problem> {
  if (text.length > topicsLengthMax) return bad("These are too many topics.");
  const accounts = new Map<AccountId, string>();
  let [blocks, transactions] = [false, false];
  for (const topic of text.split(",")) {
    if (topic === "blocks") blocks = true;
    else if (topic === "transactions") transactions = true;
    else if (topic.startsWith(accountTopic)) {
      const account = parseAddress(prefix, topic.slice(accountTopic.length));
      if (!account.ok) return fail({ ...badAddress(account.reason), field });
      accounts.set(account.value, `${accountTopic}${formatAddress(prefix, account.value)}`);
    } else return bad("The topics are blocks, transactions and account:ADDRESS, with commas.");
  }
  if (accounts.size > topicAccountsMax) {
    return bad(`One stream follows up to ${topicAccountsMax} accounts.`);
  }
  return ok({ blocks, transactions, accounts });
}

/** Whether most blocks hold nothing for the reader, so that the index of accounts is the shorter way. */
export const isAccountsOnly = ({ blocks, transactions }: Topics): boolean =>
  !blocks && !transactions;

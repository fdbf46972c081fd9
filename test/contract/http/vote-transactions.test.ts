/**
 * Votes of operators over HTTP and in the commands: shown with all that they want.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { transactionText } from "../../../node/commands/query-text.ts";
import { transactionSchema } from "../../../src/api/schemas.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { AccountId, PublicKey } from "../../../src/protocol/ids.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import { operatorNamed, put, remove, voteFor, voteParameter } from "../../fixtures/operators.ts";
import { transactionOf } from "../../fixtures/small-ledger.ts";
import { idOf } from "./sample.ts";
import { type Serving, serve } from "./serving.ts";

let serving: Serving;
let named: NamedSigned;

const voter = operatorNamed("a");
const other = operatorNamed("b");
const address = (account: AccountId) => formatAddress("quo", account);
const validator = {
  consensusKey: idOf(9) as PublicKey,
  operator: idOf(0x19) as AccountId,
  name: "nine",
  endpoint: "nine.example:27000",
};

beforeAll(async () => {
  serving = await serve();
  const operations = [voteFor(put(validator)), voteFor(remove("b"), other), voteParameter(1, 50n)];
  named = transactionOf(serving.node.chainId, { from: voter, operations, others: [other] });
  serving.node.makeBlock([named]);
});
afterAll(async () => {
  expect(serving.errors).toEqual([]);
  await serving.close();
});

test("each vote names whose it is and what it wants", async () => {
  const response = await fetch(`${serving.url}/v1/transactions/${named.id}`);
  const transaction = transactionSchema.parse(await response.json());
  expect(transaction).toMatchObject({
    status: "final",
    operations: [
      {
        kind: "vote-membership",
        from: address(voter.account),
        change: { kind: "put", validator: { ...validator, operator: address(validator.operator) } },
      },
      {
        kind: "vote-membership",
        from: address(other.account),
        change: { kind: "remove", operator: address(other.account) },
      },
      {
        kind: "vote-parameter",
        from: address(voter.account),
        parameter: 1,
        name: "baseFee",
        value: "50",
      },
    ],
  });
  const text = transactionText(transaction);
  expect(text).toContain(`to remove validator ${address(other.account)}`);
  expect(text).toContain("to set baseFee to 50");
  expect(text).toContain("nine.example:27000");
});

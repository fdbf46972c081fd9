/**
 * Whom a transaction concerns.
 * @module
 */
import { expect, test } from "vitest";
import { accountRoles, roles } from "../../../src/protocol/account-roles.ts";
import { type AccountId, nativeAsset } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import type { SignedTransaction } from "../../../src/protocol/transaction.ts";

const account = (byte: string): AccountId => byte.repeat(32) as AccountId;
const [sender, payer, receiver, minted] = ["a1", "b2", "c3", "d4"].map(account) as [
  AccountId,
  AccountId,
  AccountId,
  AccountId,
];

const signed = (operations: readonly Operation[]): SignedTransaction => ({
  kind: "signed",
  transaction: {
    chain: "00000000",
    sender,
    nonce: 0,
    expiryMs: 1,
    fee: 0n,
    memo: new Uint8Array(),
    operations,
  },
  authorizations: [],
});

const pay = (from: AccountId | undefined, to: AccountId): Operation => ({
  from,
  body: { kind: "transfer", to, asset: nativeAsset, amount: 1n },
});

test("the sender, whom it acts for, and who receives: each as all that it is, and nobody else", () => {
  const mint = { kind: "mint", asset: nativeAsset, to: minted, amount: 1n } as const;
  const found = accountRoles(
    signed([
      pay(undefined, receiver),
      pay(payer, sender),
      { from: undefined, body: mint },
      { from: undefined, body: { kind: "burn", asset: nativeAsset, amount: 1n } },
    ]),
  );
  expect([...found]).toEqual([
    [sender, roles.sender + roles.recipient],
    [receiver, roles.recipient],
    [payer, roles.payer],
    [minted, roles.recipient],
  ]);
});

test("what the sender only does for others concerns them and the sender", () => {
  const { sender: isSender, payer: isPayer, recipient: isRecipient } = roles;
  expect([...accountRoles(signed([pay(payer, payer)]))]).toEqual([
    [sender, isSender],
    [payer, isPayer + isRecipient],
  ]);
});

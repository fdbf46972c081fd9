/**
 * What the ledger must do with native transfers, said again in the simplest way: balances and nonces in a Map, copied
 * for every transaction.
 * @module
 */
import fc from "fast-check";
import type { AccountId, ChainId } from "../../../src/protocol/ids.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import {
  alice,
  bob,
  carol,
  dave,
  type Holder,
  native,
  operator,
  transactionOf,
} from "../../fixtures/small-ledger.ts";

export const holders: readonly Holder[] = [alice, bob, carol, dave, operator];

export type Books = ReadonlyMap<AccountId, { readonly nonce: number; readonly balance: bigint }>;

const at = (books: Books, account: AccountId) => books.get(account) ?? { nonce: 0, balance: 0n };

/** The books after a transaction, or undefined if it does not apply. */
export function applied(
  books: Books,
  { signed }: NamedSigned,
  accountMinimum: bigint,
): Books | undefined {
  const { sender, nonce, fee, operations } = signed.transaction;
  const next = new Map(books);
  const own = at(next, sender);
  if (own.nonce !== nonce || own.balance < fee) return undefined;
  next.set(sender, { nonce: nonce + 1, balance: own.balance - fee });
  for (const { from = sender, body } of operations) {
    if (body.kind !== "transfer") return undefined;
    const payer = at(next, from);
    if (payer.balance < body.amount) return undefined;
    next.set(from, { ...payer, balance: payer.balance - body.amount });
    const recipient = at(next, body.to);
    next.set(body.to, { ...recipient, balance: recipient.balance + body.amount });
  }
  const isPoor = [...next].some(
    ([account, { balance }]) => !books.has(account) && balance < accountMinimum,
  );
  return isPoor ? undefined : next;
}

export function credited(books: Books, account: AccountId, fees: bigint): Books {
  if (fees === 0n) return books;
  const own = at(books, account);
  return new Map(books).set(account, { ...own, balance: own.balance + fees });
}

export const totalOf = (books: Books): bigint =>
  [...books.values()].reduce((sum, { balance }) => sum + balance, 0n);

/** A transaction in outline: indexes into `holders`, and how far its nonce is off. */
export interface Outline {
  readonly sender: number;
  readonly nonceOff: number;
  readonly fee: bigint;
  readonly steps: readonly {
    readonly from: number | undefined;
    readonly to: number;
    readonly amount: bigint;
  }[];
}

const step = fc.record({
  from: fc.option(fc.nat(4), { nil: undefined, freq: 3 }),
  to: fc.nat(4),
  amount: fc.bigInt({ min: 1n, max: 400n }),
});

export const outline: fc.Arbitrary<Outline> = fc.record({
  sender: fc.nat(4),
  nonceOff: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 1 }) },
  ),
  fee: fc.bigInt({ min: 0n, max: 20n }),
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
});

/** The transaction of an outline, properly authorized, for these books. Undefined if it pays itself. */
export function drawn(
  chainId: ChainId,
  { sender, nonceOff, fee, steps }: Outline,
  books: Books,
): NamedSigned | undefined {
  const of = (index: number): Holder => holders[index] ?? alice;
  if (steps.some(({ from = sender, to }) => from === to)) return undefined;
  const payers = steps.flatMap(({ from }) => (from === undefined || from === sender ? [] : [from]));
  const others = [...new Set(payers)].map(of);
  const nonce = at(books, of(sender).account).nonce + nonceOff;
  return transactionOf(chainId, {
    from: of(sender),
    operations: steps.map(({ from, to, amount }) =>
      native(of(to), amount, from === undefined || from === sender ? undefined : of(from)),
    ),
    others: others.toSorted((a, b) => (a.account < b.account ? -1 : 1)),
    nonce: Math.max(0, nonce),
    fee,
  });
}

/**
 * Execution for all transactions: it agrees with a plain model, keeps the supply, never throws, and is all or nothing.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, encode } from "../../../src/codec/codec.ts";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import { authorizingAccounts } from "../../../src/protocol/authorization.ts";
import {
  type AccountId,
  type AssetId,
  type Digest,
  nativeAsset,
  type PublicKey,
} from "../../../src/protocol/ids.ts";
import type { Operation, OperationBody } from "../../../src/protocol/operations.ts";
import type { Policy } from "../../../src/protocol/policy.ts";
import { readAccount, type StateChanges } from "../../../src/protocol/state.ts";
import {
  chainTag,
  nameTransaction,
  openTransaction,
  type Signed,
  signedTransactionCodec,
  type Transaction,
} from "../../../src/protocol/transaction.ts";
import { transactionErrorCodes } from "../../../src/protocol/transaction-errors.ts";
import {
  assetOf,
  blockOn,
  burn,
  createAsset,
  mint,
  record,
  setAccount,
  setPolicy,
} from "../../fixtures/operations.ts";
import {
  alice,
  bob,
  carol,
  chainIdFor,
  genesisOf,
  hasher,
  native,
  operator,
  Rows,
  startMs,
  transactionOf,
} from "../../fixtures/small-ledger.ts";
import { applied, type Books, credited, drawn, holders, outline, totalOf } from "./ledger-model.ts";

const accountMinimum = 30n;
const genesis = genesisOf({
  balances: [
    [alice, 1_000n],
    [bob, 700n],
    [carol, 20n],
  ],
});
const chainId = chainIdFor(genesis);
const startBooks: Books = new Map(
  genesis.accounts.map(({ account, balance }) => [account, { nonce: 0, balance }]),
);

function start() {
  const rows = new Rows();
  rows.write(genesisState(genesis));
  const { execution } = blockOn(rows, genesis, { parameters: { accountMinimum } });
  return { rows, execution };
}

const sorted = (changes: StateChanges) => [...changes].toSorted(([a], [b]) => (a < b ? -1 : 1));

test("a block of transfers leaves the books that a plain model says, and the same total", () => {
  fc.assert(
    fc.property(fc.array(outline, { maxLength: 25 }), (outlines) => {
      const { rows, execution } = start();
      let books = startBooks;
      let fees = 0n;
      for (const one of outlines) {
        const named = drawn(chainId, one, books);
        if (named === undefined) continue;
        const after = applied(books, named, accountMinimum);
        expect(execution.apply(named).ok).toBe(after !== undefined);
        if (after === undefined) continue;
        books = after;
        fees += named.signed.transaction.fee;
      }
      books = credited(books, operator.account, fees);
      rows.write(execution.finish());
      for (const { account } of holders) {
        const { exists, nonce, balance } = readAccount(rows, account);
        expect({ exists, nonce, balance }).toEqual({
          exists: books.has(account),
          ...(books.get(account) ?? { nonce: 0, balance: 0n }),
        });
      }
      expect(totalOf(books)).toBe(totalOf(startBooks));
    }),
    { numRuns: 150 },
  );
});

test("a transaction that does not apply leaves no trace", () => {
  fc.assert(
    fc.property(fc.array(outline, { maxLength: 12 }), (outlines) => {
      const [withFailures, withoutFailures] = [start().execution, start().execution];
      let books = startBooks;
      for (const one of outlines) {
        const named = drawn(chainId, one, books);
        if (named === undefined) continue;
        if (!withFailures.apply(named).ok) continue;
        expect(withoutFailures.apply(named).ok).toBe(true);
        books = applied(books, named, accountMinimum) ?? books;
      }
      expect(sorted(withFailures.finish())).toEqual(sorted(withoutFailures.finish()));
    }),
    { numRuns: 100 },
  );
});

const someAccount = fc.oneof(
  fc.constantFrom(...holders.map(({ account }) => account)),
  fc.constantFrom("00".repeat(32), "ff".repeat(32)).map((text) => text as AccountId),
);
const someAmount = fc.oneof(
  fc.constantFrom(0n, 1n, 700n, 1_000n, 2n ** 63n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const someIndex = fc.oneof(
  fc.constantFrom(0, 1, startMs, startMs + 1, Number.MAX_SAFE_INTEGER),
  fc.maxSafeNat(),
);
const someKeys = fc
  .uniqueArray(fc.constantFrom(...holders.map(({ policy }) => policy.keys[0]?.publicKey ?? "")), {
    minLength: 1,
    maxLength: 3,
  })
  .map((keys) => keys.toSorted().map((key) => ({ publicKey: key as PublicKey, weight: 1 })));
const somePolicy: fc.Arbitrary<Policy> = fc.oneof(
  fc.constantFrom(...holders.map(({ policy }) => policy)),
  someKeys.map((keys) => ({ threshold: keys.length, keys })),
);
const someAsset = fc.constantFrom(
  nativeAsset,
  assetOf(alice, "SHELL"),
  assetOf(bob, "SHELL"),
  "5e".repeat(32) as AssetId,
);
const someText = fc.constantFrom("a", "topic", "é".repeat(32), "x".repeat(64));
const someBody: fc.Arbitrary<OperationBody> = fc.oneof(
  fc.record({
    kind: fc.constant("transfer" as const),
    to: someAccount,
    asset: someAsset,
    amount: someAmount,
  }),
  fc.record({
    kind: fc.constant("create-asset" as const),
    code: fc.constantFrom("SHELL", "QRT", "A1", "ABCDEFGHIJKL"),
    decimals: fc.integer({ min: 0, max: 18 }),
    name: fc.constantFrom("", "é".repeat(32)),
    maxSupply: someAmount,
  }),
  fc.record({
    kind: fc.constant("mint" as const),
    asset: someAsset,
    to: someAccount,
    amount: someAmount,
  }),
  fc.record({ kind: fc.constant("burn" as const), asset: someAsset, amount: someAmount }),
  fc.record({
    kind: fc.constant("record" as const),
    topic: someText,
    key: someText,
    version: fc.oneof(fc.constantFrom(0, 1, 2), someIndex),
    contentHash: fc.constant("c0".repeat(32) as Digest),
    data: fc.uint8Array({ maxLength: 1_024 }),
  }),
  fc.record({ kind: fc.constant("set-policy" as const), policy: somePolicy }),
  fc.record({ kind: fc.constant("set-account" as const), requireMemo: fc.boolean() }),
  fc.record({
    kind: fc.constant("vote-membership" as const),
    change: fc.record({ kind: fc.constant("remove" as const), operator: someAccount }),
  }),
  fc.record({
    kind: fc.constant("vote-parameter" as const),
    parameter: fc.integer({ min: 0, max: 255 }),
    value: someAmount,
  }),
);
const someOperation: fc.Arbitrary<Operation> = fc.record({
  from: fc.option(someAccount, { nil: undefined, freq: 2 }),
  body: someBody,
});
const someSigned: fc.Arbitrary<Signed> = fc.record({
  kind: fc.constant("signed" as const),
  transaction: fc.record({
    chain: fc.constantFrom(chainTag(chainId), "00000000"),
    sender: someAccount,
    nonce: someIndex,
    expiryMs: someIndex,
    fee: fc.oneof(fc.constant(0n), someAmount),
    memo: fc.uint8Array({ maxLength: 3 }),
    operations: fc.array(someOperation, { minLength: 1, maxLength: 5 }),
  }),
  authorizations: fc.array(
    fc.record({
      account: someAccount,
      policy: somePolicy,
      signatures: fc.constant([{ keyIndex: 0, signature: new Uint8Array(64) }]),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** The same with everything right but, perhaps, what its operations say: they are all carried out. */
function repaired({ transaction }: Signed, nonceOf: (account: AccountId) => number): Signed {
  const isKnown = (account: AccountId) => holders.some((holder) => holder.account === account);
  const sender = isKnown(transaction.sender) ? transaction.sender : alice.account;
  const operations = transaction.operations.map(({ from, body }) => ({
    from: from !== undefined && from !== sender && isKnown(from) ? from : undefined,
    body,
  }));
  const right: Transaction = {
    ...transaction,
    chain: chainTag(chainId),
    sender,
    nonce: nonceOf(sender),
    expiryMs: startMs + 1,
    fee: 0n,
    operations,
  };
  const authorizations = authorizingAccounts(right).map((account) => ({
    account,
    policy: holders.find((holder) => holder.account === account)?.policy ?? alice.policy,
    signatures: [{ keyIndex: 0, signature: new Uint8Array(64) }],
  }));
  return { kind: "signed", transaction: right, authorizations };
}

test("whatever decodes is applied or refused with a code; nothing throws", () => {
  const some = fc.record({ drawn: someSigned, isRepaired: fc.boolean() });
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(some, { maxLength: 12 }), (list) => {
      const { rows, execution } = start();
      const nonces = new Map<AccountId, number>();
      for (const { drawn: signed, isRepaired } of list) {
        const used = isRepaired ? repaired(signed, (account) => nonces.get(account) ?? 0) : signed;
        const { bytes } = nameTransaction(hasher, chainId, used);
        const opened = openTransaction(hasher, chainId, bytes);
        if (!opened.ok) throw opened.reason;
        const result = execution.apply(opened.value);
        if (!result.ok) expect(transactionErrorCodes).toContain(result.reason);
        seen.add(result.ok ? "applied" : result.reason);
        const { sender, nonce } = used.transaction;
        if (result.ok) nonces.set(sender, nonce + 1);
      }
      rows.write(execution.finish());
      const everybody = [
        ...holders.map(({ account }) => account),
        "00".repeat(32),
        "ff".repeat(32),
      ];
      let total = 0n;
      for (const account of everybody) total += readAccount(rows, account as AccountId).balance;
      expect(total).toBe(totalOf(startBooks));
    }),
    { numRuns: 400 },
  );
  // It got as far as the rules of the operations.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      "applied",
      "asset_code_native",
      "asset_unknown",
      "native_asset_fixed",
      "record_version_not_next",
    ]),
  );
});

test("bytes with some of them changed do not decode, or are applied or refused; nothing throws", () => {
  const shell = assetOf(alice, "SHELL");
  const { bytes } = transactionOf(chainId, {
    from: alice,
    operations: [
      native(bob, 1n),
      native(alice, 2n, bob),
      createAsset("SHELL", { name: "a shell" }),
      mint(shell, bob, 5n),
      burn(shell, 2n, bob),
      record("topic", "key", 1, { data: Uint8Array.of(1, 2, 3) }),
      setAccount(true),
      setPolicy(bob.policy),
    ],
    others: [bob],
  });
  const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
      const changed = bytes.slice();
      for (const { at, to } of changes) changed[at] = to;
      const opened = openTransaction(hasher, chainId, changed);
      if (!opened.ok) return;
      expect(encode(signedTransactionCodec, opened.value.signed)).toEqual(changed);
      expect(decode(signedTransactionCodec, changed).ok).toBe(true);
      const result = start().execution.apply(opened.value);
      if (!result.ok) expect(transactionErrorCodes).toContain(result.reason);
    }),
    { numRuns: 300 },
  );
});

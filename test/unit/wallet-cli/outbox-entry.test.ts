/**
 * The rules over saved payments: which one a send resumes, and which nonce is free.
 * @module
 */
import { expect, test } from "vitest";
import { entryToResume, nextNonce, type Payment } from "../../../wallet-cli/outbox-entry.ts";

const payment: Payment = { from: "alice", to: "bob", asset: "native", amount: 25n, memo: "rent" };
const saved = { ...payment, createdMs: 2 };

test("the same payment is resumed", () => {
  expect(entryToResume([saved], payment)).toBe(saved);
});

test.each([{ from: "carol" }, { to: "carol" }, { asset: "gold" }, { amount: 26n }, { memo: "" }])(
  "a payment with another %o is not the same one",
  (difference) => {
    expect(entryToResume([saved], { ...payment, ...difference })).toBeUndefined();
  },
);

test("of two equal payments the older is resumed", () => {
  const older = { ...payment, createdMs: 1 };
  expect(entryToResume([saved, older], payment)).toBe(older);
});

const now = { pendingNonce: 5, wallMs: 1_000 };
const entry = (nonce: number, expiryMs = 2_000) => ({ nonce, expiryMs });

test("with an empty outbox the nodes' next nonce is free", () => {
  expect(nextNonce([], now)).toBe(5);
});

test("without gaps it is one more than the highest saved one", () => {
  expect(nextNonce([entry(6), entry(5), entry(7)], now)).toBe(8);
});

test("saved nonces that the nodes already count do not matter", () => {
  expect(nextNonce([entry(3), entry(4)], now)).toBe(5);
});

test("a gap that a refused payment left is filled", () => {
  expect(nextNonce([entry(5), entry(7)], now)).toBe(6);
});

test("an expired payment holds its nonce no longer", () => {
  expect(nextNonce([entry(5, 999), entry(6)], now)).toBe(5);
  expect(nextNonce([entry(5, 1_000), entry(6)], now)).toBe(7);
});

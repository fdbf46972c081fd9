/**
 * What rows have paid, when their names stand for something else by the time the batch goes on.
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AccountId } from "../../../../src/protocol/ids.ts";
import { changedRows } from "../../../../wallet-cli/batch/paid.ts";
import { resultsCsv } from "../../../../wallet-cli/batch/results.ts";
import { addressOf, CrashingBatch, payee, paymentOf } from "./crashing-batch.ts";

const stranger: AccountId = "cc".repeat(32) as AccountId;
let batch: CrashingBatch;

beforeEach(async () => {
  batch = await CrashingBatch.create(3);
});

afterEach(async () => await batch.remove());

/** Runs it until rows are in these states. */
async function journalWith(kind: "signed" | "final") {
  for (let at = 1; ; at += 1) {
    await batch.run(at);
    const journal = await batch.journal();
    if (journal.count(kind) > 0) return journal;
  }
}

const rowIn = (states: readonly { readonly kind: string }[], kind: string): number =>
  states.findIndex((state) => state.kind === kind) + 1;

test("as long as names stand for the same, nothing has changed", async () => {
  const journal = await journalWith("signed");
  expect(changedRows(journal, batch.payments, addressOf)).toEqual([]);
});

test("a signed row whose payee is now another one is refused by its row, with both addresses", async () => {
  const journal = await journalWith("signed");
  const row = rowIn(journal.states, "signed");
  const payments = batch.payments.map((each) =>
    each.row === row ? paymentOf(row, stranger) : each,
  );
  const compare = () => changedRows(journal, payments, addressOf);
  expect(compare).toThrow(
    expect.objectContaining({ exit: 2, facts: expect.objectContaining({ code: "payee_changed" }) }),
  );
  expect(compare).toThrow(`row ${row}`);
  expect(compare).toThrow(addressOf(payee));
  expect(compare).toThrow(addressOf(stranger));
});

test("a signed row of which anything else is different now is refused too", async () => {
  const journal = await journalWith("signed");
  const payments = batch.payments.map(({ row }) => paymentOf(row, payee, 2n));
  expect(() => changedRows(journal, payments, addressOf)).toThrow(
    expect.objectContaining({ exit: 2, facts: expect.objectContaining({ code: "row_changed" }) }),
  );
});

test("a final row is reported as it was paid, whatever its name stands for now", async () => {
  while (!(await batch.run(1_000)));
  const journal = await batch.journal();
  const payments = batch.payments.map(({ row }) => paymentOf(row, stranger, 2n));
  const changed = changedRows(journal, payments, addressOf);
  expect(changed).toEqual([1, 2, 3]);
  const [, ...lines] = resultsCsv({ journal, payments, addressOf }).trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toContain(`,${addressOf(payee)},`);
  for (const line of lines) expect(line).toMatch(/,1,[0-9a-f]{64},final,\d+\r?$/);
});

test("bytes in the journal that are no payment are damage", async () => {
  const journal = await batch.journal();
  await journal.append([{ signed: 1, bytes: new Uint8Array([1, 2, 3]) }]);
  expect(() => changedRows(journal, batch.payments, addressOf)).toThrow(
    expect.objectContaining({
      facts: expect.objectContaining({ code: "batch_journal_malformed" }),
    }),
  );
});

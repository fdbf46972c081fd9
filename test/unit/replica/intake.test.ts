/**
 * What a submission may cost a node before a signature was looked at, and what is said of nonces that are used.
 * @module
 */
import { beforeEach, expect, test } from "vitest";
import { EvidencePool } from "../../../src/mempool/evidence-pool.ts";
import { Mempool } from "../../../src/mempool/mempool.ts";
import { Intake } from "../../../src/replica/intake.ts";
import { ReadAllowance } from "../../../src/storage/read-allowance.ts";
import { CountingStore } from "../../fixtures/counting-store.ts";
import { alice, bob, hasher, native, transactionOf } from "../../fixtures/small-ledger.ts";
import { StoredLedger, storedGenesis } from "../../fixtures/stored-ledger.ts";
import { ManualClock } from "../network/manual-clock.ts";

const blocks = 40;
const genesis = storedGenesis([[alice, 1_000_000n]]);

let store: CountingStore;
let stored: StoredLedger;
let intake: Intake;
let allowance: ReadAllowance;
let sent: readonly { readonly id: string; readonly bytes: Uint8Array }[];

/** A node with nothing in its cache, after alice has used a nonce in each of its blocks. */
beforeEach(async () => {
  allowance = new ReadAllowance();
  const first = new CountingStore();
  const growing = await StoredLedger.open(first, genesis);
  const transactions = [];
  for (let i = 0; i < blocks; i += 1) {
    transactions.push(...(await growing.write(alice, native(bob, 1n))).transactions);
  }
  sent = transactions;
  store = new CountingStore(first.snapshot());
  stored = await StoredLedger.open(store, genesis);
  const { chainId, ledger, chain } = stored;
  intake = new Intake({
    chainId,
    hasher,
    clock: new ManualClock(),
    ledger,
    chain,
    mempool: new Mempool({ chainId, nativeCode: genesis.asset.code, hasher }),
    evidence: new EvidencePool(),
    signatures: { verify: (checks) => Promise.resolve(checks.map(() => false)) },
    admitted: () => {},
    allowance: () => allowance,
    fatal: (error) => {
      throw error;
    },
  });
  store.rows.clear();
  store.ranges = 0;
});

const rival = (nonce: number): Uint8Array =>
  transactionOf(stored.chainId, { from: alice, operations: [native(bob, 7n)], nonce }).bytes;

test("a batch of used nonces is refused without a search and without reading a block", async () => {
  const answers = await intake.submit(Array.from({ length: blocks }, (_, nonce) => rival(nonce)));
  expect(answers.map(({ status }) => "code" in status && status.code)).toEqual(
    Array<string>(blocks).fill("nonce_too_low"),
  );
  expect([store.taken("a"), store.taken("b"), store.ranges]).toEqual([0, 0, 0]);
});

test("a single submission is told whose its nonce was, for one search and one block", async () => {
  const [answer] = await intake.submit([rival(17)]);
  expect(answer?.status).toEqual({ kind: "superseded", by: sent[17]?.id });
  expect(store.taken("a")).toBeLessThanOrEqual(6); // 40 heights, halved.
  expect(store.taken("b")).toBe(1);
});

test("what is final is said to be, in a batch too: each block is read once, and gives way", async () => {
  const all = [...sent, ...sent.slice(0, 5)];
  const answers = await intake.submit(all.map(({ bytes }) => bytes));
  expect(
    answers.map(({ id, status }) => [id, status.kind === "final" && status.found.height]),
  ).toEqual(all.map(({ id }, i) => [id, (i % blocks) + 1]));
  expect(store.taken("b")).toBe(blocks);
  // Read as ranges, which a disk answers while other work goes on.
  expect(store.ranges).toBe(blocks);
});

test("a batch that leads to too many blocks is answered in part, and goes on where it is sent again", async () => {
  const kinds = async (): Promise<readonly string[]> => {
    allowance = new ReadAllowance(3); // Each block has one transaction.
    const answers = await intake.submit(sent.slice(0, 8).map(({ bytes }) => bytes));
    return answers.map(({ status }) => ("code" in status ? status.code : status.kind));
  };
  const parts = (final: number): readonly string[] =>
    Array.from({ length: 8 }, (_, i) => (i < final ? "final" : "node_busy"));
  expect(await kinds()).toEqual(parts(3));
  expect(store.taken("b")).toBe(3);
  expect(await kinds()).toEqual(parts(6));
  expect(await kinds()).toEqual(parts(8));
});

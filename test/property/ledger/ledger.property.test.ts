/**
 * The ledger for all histories: two ledgers agree on every block, and every position keeps the books of its own branch,
 * whatever becomes final or durable around it.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ExecutedBlock, Ledger } from "../../../src/ledger/ledger.ts";
import type { BlockId } from "../../../src/protocol/ids.ts";
import { readAccount } from "../../../src/protocol/state.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import {
  alice,
  bob,
  buildOn,
  chainIdFor,
  genesisOf,
  openLedger,
  operator,
  place,
  type Rows,
  run,
} from "../../fixtures/small-ledger.ts";
import {
  applied,
  type Books,
  credited,
  drawn,
  holders,
  type Outline,
  outline,
  totalOf,
} from "./ledger-model.ts";

const genesis = genesisOf({
  balances: [
    [alice, 1_000n],
    [bob, 700n],
  ],
  parameters: { accountMinimum: 10n },
});
const chainId = chainIdFor(genesis);

function expectBooks(ledger: Ledger, id: BlockId, books: Books): void {
  const state = ledger.state(id);
  for (const { account } of holders) {
    const { nonce, balance } = readAccount(state, account);
    expect({ nonce, balance }).toEqual(books.get(account) ?? { nonce: 0, balance: 0n });
  }
}

/** Candidates for a block on these books, and the books after it. */
function next(books: Books, outlines: readonly Outline[]) {
  const candidates: NamedSigned[] = [];
  let after = books;
  let fees = 0n;
  for (const one of outlines) {
    const named = drawn(chainId, { ...one, nonceOff: 0 }, after);
    const then = named && applied(after, named, 10n);
    if (named === undefined || then === undefined) continue;
    candidates.push(named);
    after = then;
    fees += named.signed.transaction.fee;
  }
  return { candidates, books: credited(after, operator.account, fees) };
}

/** One thing that happens: a block on some live position, a finalization of one, or the store catching up. */
const event = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("block" as const),
      parent: fc.nat(),
      outlines: fc.array(outline, { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("finalize" as const), target: fc.nat() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("store" as const), blocks: fc.nat(3) }) },
);

interface Live {
  readonly id: BlockId;
  readonly parent: Live | undefined;
  readonly books: Books;
}

function descendsFrom(live: Live, ancestor: Live): boolean {
  for (let at: Live | undefined = live; at !== undefined; at = at.parent) {
    if (at === ancestor) return true;
  }
  return false;
}

function store(rows: Rows, ledger: Ledger, waiting: ExecutedBlock[], count: number): void {
  for (const { block, changes } of waiting.splice(0, count)) {
    rows.write(changes);
    ledger.durable(block.header.height);
  }
}

test("every live position has the books of its branch, in two ledgers alike", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const [one, other] = [openLedger(genesis), openLedger(genesis)];
      const start: Books = new Map(
        genesis.accounts.map(({ account, balance }) => [account, { nonce: 0, balance }]),
      );
      let live: Live[] = [{ id: one.ledger.tip.id, parent: undefined, books: start }];
      const waiting: ExecutedBlock[] = [];
      let view = 0;
      for (const happening of events) {
        const pick = (number: number) => live[number % live.length] ?? live[0];
        view += 1;
        if (happening.kind === "store") store(one.rows, one.ledger, waiting, happening.blocks);
        if (happening.kind === "block") {
          const parent = pick(happening.parent);
          if (parent === undefined) continue;
          const { candidates, books } = next(parent.books, happening.outlines);
          const block = buildOn(one.ledger, parent.id, candidates, view);
          expect(block.transactions).toEqual(candidates);
          expect(run(other.ledger.execute(block, place(view)))).toEqual({
            ok: true,
            value: undefined,
          });
          live.push({ id: block.id, parent, books });
        }
        if (happening.kind === "finalize") {
          const target = pick(happening.target);
          if (target === undefined) continue;
          const path = one.ledger.finalize(target.id);
          expect(other.ledger.finalize(target.id)).toEqual(path);
          waiting.push(...path);
          live = live.filter((position) => descendsFrom(position, target));
        }
        expect(one.ledger.unfinal).toBe(live.length - 1);
        for (const { id, books } of live) {
          expectBooks(one.ledger, id, books);
          expectBooks(other.ledger, id, books);
          expect(totalOf(books)).toBe(totalOf(start));
        }
      }
    }),
    { numRuns: 60 },
  );
});

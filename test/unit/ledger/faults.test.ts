/**
 * Faults in blocks: each way in which one can be wrong, one by one; what a good one leaves; how many a block holds.
 * @module
 */
import { describe, expect, test } from "vitest";
import { type BlockFlaw, BlockRoom } from "../../../src/ledger/block-rules.ts";
import { type Block, blockIdOf, transactionsRootOf } from "../../../src/protocol/block.ts";
import { type ChainId, epoch } from "../../../src/protocol/ids.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import { faultKey, readFault, readValidators } from "../../../src/protocol/state.ts";
import type { NamedFault, NamedTransaction } from "../../../src/protocol/transaction.ts";
import {
  faultBy,
  finalize,
  notarize,
  nullify,
  pairOf,
  type Signatory,
  setOf,
  signatories,
  voteBy,
} from "../../fixtures/faults.ts";
import { GrowingChain, operatorNamed, put, voteFor } from "../../fixtures/operators.ts";
import {
  alice,
  bob,
  chainIdFor,
  genesisOf,
  hasher,
  native,
  openLedger,
  run,
} from "../../fixtures/small-ledger.ts";

const members = signatories([1, 2, 3, 4, 5, 6, 7]);
const genesis = genesisOf({
  balances: [[alice, 100_000n]],
  parameters: { epochLength: 10n },
  validators: setOf(members),
});
const chainId = chainIdFor(genesis);

function start(upTo = 0) {
  const { ledger } = openLedger(genesis);
  const chain = new GrowingChain(ledger, chainId, operatorNamed("v1"));
  chain.growTo(upTo);
  /** Why a block that holds these is not taken; what builds one leaves them out for the same reasons. */
  const flawOf = (...faults: readonly NamedFault[]): BlockFlaw | undefined => {
    const block = chain.build().block;
    const flaw = executed(blockWith(block, faults));
    return flaw === "wrong_state_root" ? undefined : flaw; // It was made of an empty one.
  };
  const executed = (block: Block): BlockFlaw | undefined => {
    const result = run(ledger.execute(block, chain.place()));
    return result.ok ? undefined : result.reason;
  };
  const known = (position: number, of = 0) => {
    const key = members[position]?.validator.consensusKey;
    if (key === undefined) throw new Error("nobody stands there");
    return readFault(ledger.state(ledger.tip.id), key, epoch(of));
  };
  return { ledger, chain, flawOf, executed, known };
}

/** The same block, with other transactions, and all that its header says of them but the state root. */
function blockWith({ header }: Block, transactions: readonly NamedTransaction[]): Block {
  const hashes = transactions.map(({ contentHash }) => contentHash);
  const other = {
    ...header,
    transactionCount: transactions.length,
    transactionsRoot: transactionsRootOf(hasher, hashes),
  };
  return { id: blockIdOf(hasher, other), header: other, transactions };
}

const by = (position: number, ...bodies: Parameters<typeof faultBy>[3]) =>
  faultBy(chainId, members, position, bodies);
const vote = (position: number, body: Parameters<typeof voteBy>[3], claimed?: number) =>
  voteBy(chainId, members, position, body, claimed);

describe("a block holds a fault of its own epoch", () => {
  test.each([
    ["two to notarize", notarize(), notarize({ block: 0xbb })],
    ["two to finalize", finalize(), finalize({ parentView: 2 })],
    ["nullify and finalize", nullify(), finalize()],
  ] as const)("%s", (_, a, b) => {
    const { chain, known } = start(2);
    const fault = by(2, a, b);
    const block = chain.add([fault]);
    expect(block.transactions).toEqual([fault]);
    expect(known(2)).toBe(3);
  });

  test("and whoever checks the block that a leader built agrees", () => {
    const leader = start(2);
    const { block } = leader.chain.build([by(2, nullify(), finalize())]);
    expect(start(2).executed(block)).toBeUndefined();
  });

  test("and nothing but the one entry is written, whose key names whom and when", () => {
    const { ledger, chain } = start();
    const { block } = chain.build([by(4, nullify(), finalize())]);
    const [executed] = ledger.finalize(block.id);
    const key = members[4]?.validator.consensusKey;
    expect(key).toBeDefined();
    if (key === undefined) return;
    expect([...(executed?.changes.keys() ?? [])]).toEqual([faultKey(key, epoch(0))]);
  });
});

describe("a block that holds it is invalid", () => {
  const wrong = {
    "of votes that do not contradict each other": pairOf(
      chainId,
      vote(1, notarize()),
      vote(1, nullify()),
    ),
    "of one vote twice": pairOf(chainId, vote(1, nullify()), vote(1, nullify())),
    "of votes in the wrong order": pairOf(chainId, vote(1, finalize()), vote(1, nullify())),
    "of votes of two validators": pairOf(chainId, vote(1, nullify()), vote(2, finalize())),
    "of votes of different views": pairOf(
      chainId,
      vote(1, nullify()),
      vote(1, finalize({ view: 6 })),
    ),
    "of votes of different epochs": pairOf(
      chainId,
      vote(1, nullify()),
      vote(1, finalize({ epoch: 1 })),
    ),
    "whose first vote another key signed": pairOf(
      chainId,
      vote(2, nullify(), 1),
      vote(1, finalize()),
    ),
    "whose second vote another key signed": pairOf(
      chainId,
      vote(1, nullify()),
      vote(2, finalize(), 1),
    ),
    "whose votes were signed for another network": faultBy("d5".repeat(32) as ChainId, members, 1, [
      nullify(),
      finalize(),
    ]),
    "of a position beyond the set": pairOf(chainId, vote(1, nullify(), 7), vote(1, finalize(), 7)),
  } as const;
  test.each(Object.entries(wrong))("%s: fault_invalid", (_, fault) => {
    expect(start(2).flawOf(fault)).toBe("transaction_fault_invalid");
  });

  test("of a later epoch, or of one before the last: fault_epoch", () => {
    const of = (at: number) => by(1, nullify({ epoch: at }), finalize({ epoch: at }));
    expect(start(2).flawOf(of(1))).toBe("transaction_fault_epoch");
    const { chain, flawOf } = start(19);
    expect([0, 1, 2].map((at) => flawOf(of(at)))).toEqual([
      undefined,
      undefined,
      "transaction_fault_epoch",
    ]);
    chain.growTo(20);
    expect([0, 1, 2, 3].map((at) => flawOf(of(at)))).toEqual([
      "transaction_fault_epoch",
      undefined,
      undefined,
      "transaction_fault_epoch",
    ]);
  });

  test("of a validator whose fault of that epoch is known: fault_known", () => {
    const { chain, flawOf } = start(9); // After the count, so that the validator is still there in the next epoch.
    const fault = by(3, nullify(), finalize());
    expect(flawOf(fault)).toBeUndefined();
    chain.add([fault]);
    expect(flawOf(fault)).toBe("transaction_fault_known");
    const other = by(3, notarize({ view: 9 }), notarize({ view: 9, block: 1 }));
    expect(flawOf(other)).toBe("transaction_fault_known");
    expect(flawOf(by(2, nullify(), finalize()))).toBeUndefined();
    expect(flawOf(by(3, nullify({ epoch: 1 }), finalize({ epoch: 1 })))).toBeUndefined();
  });

  test("twice, or with another one of the same validator: fault_known", () => {
    const { flawOf } = start();
    const fault = by(3, nullify(), finalize());
    expect(flawOf(fault, fault)).toBe("transaction_fault_known");
    const other = by(3, notarize(), notarize({ block: 1 }));
    expect(flawOf(fault, other)).toBe("transaction_fault_known");
  });
});

/** v8 or a later one joins in epoch 1, before all others in the order of keys: every position moves by one. */
const joiner = signatories(Array.from({ length: 200 }, (_, i) => 8 + i))[0] as Signatory;
const joined = [joiner, ...members];

describe("a fault of the previous epoch", () => {
  function startJoined() {
    const all = start(1);
    const { chain } = all;
    const votes = members
      .slice(0, 5)
      .map(({ validator }) =>
        chain.transaction(operatorNamed(validator.name), [voteFor(put(joiner.validator))]),
      );
    chain.add(votes);
    chain.growTo(10);
    return all;
  }
  const old = by(2, nullify(), finalize());
  const fresh = faultBy(chainId, joined, 2, [nullify({ epoch: 1 }), finalize({ epoch: 1 })]);

  test("is judged by the previous set, one of this epoch by the current one", () => {
    const { ledger, chain, flawOf, known } = startJoined();
    chain.growTo(11);
    const { previous, current } = readValidators(ledger.state(ledger.tip.id));
    expect([previous, current]).toEqual([setOf(members), setOf(joined)]);
    expect(flawOf(old)).toBeUndefined();
    expect(flawOf(fresh)).toBeUndefined();
    const misplaced = [
      faultBy(chainId, joined, 2, [nullify(), finalize()]),
      by(2, nullify({ epoch: 1 }), finalize({ epoch: 1 })),
    ];
    for (const fault of misplaced) expect(flawOf(fault)).toBe("transaction_fault_invalid");
    chain.add([old, fresh]);
    expect(known(2)).toBe(12);
    expect(known(1, 1)).toBe(12);
  });

  test("is judged so in the very block that hands over", () => {
    const { chain, known } = startJoined();
    chain.add([old, fresh]);
    expect(chain.height).toBe(11);
    expect(known(2)).toBe(11);
    expect(known(1, 1)).toBe(11);
  });
});

describe("how many a block holds", () => {
  const all = members.map((_, position) => by(position, nullify(), finalize()));

  test("four, and not five", () => {
    const { flawOf } = start();
    expect(flawOf(...all.slice(0, 4))).toBeUndefined();
    expect(flawOf(...all.slice(0, 5))).toBe("too_many_faults");
  });

  test("a builder takes four, passes over the others, and goes on with payments", () => {
    const { chain } = start();
    const payment = chain.transaction(alice, [native(bob, 1n)]);
    const { block, dropped } = chain.build([...all, payment]);
    expect(block.transactions).toEqual([...all.slice(0, 4), payment]);
    expect(dropped).toEqual([]);
  });

  test("a builder drops one that does not apply, and goes on", () => {
    const { chain } = start();
    const bad = by(1, nullify({ epoch: 3 }), finalize({ epoch: 3 }));
    const payment = chain.transaction(alice, [native(bob, 1n)]);
    const { block, dropped } = chain.build([bad, ...all.slice(2, 4), payment]);
    expect(block.transactions).toEqual([...all.slice(2, 4), payment]);
    expect(dropped).toEqual(["fault_epoch"]);
  });

  test("each counts as two signatures", () => {
    const { chain } = start();
    const [first, second] = all;
    const { header } = chain.build().block;
    const room = new BlockRoom(header, { ...standardParameters, maxBlockSignatures: 3n });
    if (first === undefined || second === undefined) return;
    expect(room.lack(first)).toBeUndefined();
    room.take(first);
    expect(room.lack(second)).toBe("too_many_signatures");
  });
});

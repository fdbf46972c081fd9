/**
 * The turn of an epoch on a chain of blocks: when votes are counted, when the result takes over, what headers say.
 * @module
 */
import { describe, expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { type Block, blockIdOf, type Header } from "../../../src/protocol/block.ts";
import { orderedFault } from "../../../src/protocol/fault.ts";
import {
  type BlockId,
  type Digest,
  epoch,
  height,
  type PublicKey,
  validatorIndex,
  view,
} from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { readParameters, readValidators, readVotes } from "../../../src/protocol/state.ts";
import { type NamedFault, nameTransaction } from "../../../src/protocol/transaction.ts";
import { validatorsHash } from "../../../src/protocol/validator-set.ts";
import { voteSigningBytes } from "../../../src/protocol/vote.ts";
import {
  byKey,
  GrowingChain,
  namesOf,
  operatorNamed,
  put,
  remove,
  validatorNamed,
  voteFor,
  voteParameter,
} from "../../fixtures/operators.ts";
import {
  alice,
  bob,
  chainIdFor,
  genesisOf,
  type Holder,
  hasher,
  native,
  openLedger,
  run,
} from "../../fixtures/small-ledger.ts";

const dayMs = 24 * 3_600_000;
/** The only consensus key here that can sign. */
const signerOfD = createNobleSigner(new Uint8Array(32).fill(4));
const d = {
  ...validatorNamed("d"),
  consensusKey: toHex(signerOfD.publicKey) as PublicKey,
};
const genesis = genesisOf({
  balances: [[alice, 100_000n]],
  parameters: { epochLength: 10n },
  validators: byKey([...[..."abc"].map((name) => validatorNamed(name)), d]),
});
const chainId = chainIdFor(genesis);
const e = validatorNamed("e");
const operators = [..."abcd"].map(operatorNamed);

function start() {
  const { ledger } = openLedger(genesis);
  const chain = new GrowingChain(ledger, chainId, operatorNamed("a"));
  const state = () => ledger.state(ledger.tip.id);
  /** The sets and votes after the tip. */
  const sets = () => {
    const { previous, current, next } = readValidators(state());
    return [previous, current, next].map(namesOf);
  };
  const parameters = () => readParameters(state());
  const voteAll = (operation: Operation, voters: readonly Holder[] = operators.slice(0, 3)) =>
    voters.map((voter) => chain.transaction(voter, [operation]));
  return { ledger, chain, state, sets, parameters, voteAll };
}

/** Two votes of d to finalize different blocks in one view of this epoch, in which the genesis set votes. */
function faultOfD(of: number): NamedFault {
  const signer = validatorIndex(genesis.validators.indexOf(d));
  const [first, second] = ["11", "22"].map((id) => {
    const body = {
      kind: "finalize" as const,
      epoch: epoch(of),
      view: view(1),
      parentView: view(0),
      blockId: id.repeat(32) as BlockId,
    };
    return { body, signer, signature: signerOfD.sign(voteSigningBytes(chainId, body)) };
  });
  if (first === undefined || second === undefined) throw new Error("there are two votes");
  return nameTransaction(hasher, chainId, orderedFault(first, second));
}

describe("a joiner with a quorum", () => {
  test("is in the next set from the counting height on, in the current one from the next epoch on", () => {
    const { chain, sets, voteAll } = start();
    chain.growTo(3);
    chain.add(voteAll(voteFor(put(e))));
    chain.growTo(8);
    expect(sets()).toEqual(["", "abcd", "abcd"]);
    chain.growTo(9);
    expect(sets()).toEqual(["", "abcd", "abcde"]);
    chain.growTo(10);
    expect(sets()).toEqual(["", "abcd", "abcde"]);
    chain.growTo(11);
    expect(sets()).toEqual(["abcd", "abcde", "abcde"]);
    chain.growTo(21);
    expect(sets()).toEqual(["abcde", "abcde", "abcde"]);
  });

  test("is counted when the last vote is in the very block of the count, not when it comes later", () => {
    const inTime = start();
    inTime.chain.growTo(8);
    inTime.chain.add(inTime.voteAll(voteFor(put(e))));
    inTime.chain.growTo(11);
    expect(inTime.sets()[1]).toBe("abcde");
    const late = start();
    late.chain.growTo(9);
    late.chain.add(late.voteAll(voteFor(put(e))));
    late.chain.growTo(11);
    expect(late.sets()[1]).toBe("abcd");
    late.chain.growTo(21);
    expect(late.sets()[1]).toBe("abcde");
  });

  test("votes from the first block of its epoch on, and not before", () => {
    const { chain, state, voteAll } = start();
    chain.add(voteAll(voteFor(put(e))));
    chain.growTo(9);
    const joiner = operatorNamed("e");
    const early = chain.build([chain.transaction(joiner, [voteParameter(1, 5n)])]);
    expect(early.dropped).toEqual(["not_a_validator"]);
    chain.growTo(10);
    chain.add([chain.transaction(joiner, [voteParameter(1, 5n)])]);
    expect(readVotes(state(), joiner.account)).toHaveLength(1);
  });

  test("leaves no vote behind that was carried out", () => {
    const { chain, state, voteAll } = start();
    chain.add(voteAll(voteFor(put(e))));
    chain.growTo(8);
    expect(operators.map(({ account }) => readVotes(state(), account).length)).toEqual([
      1, 1, 1, 0,
    ]);
    chain.growTo(9);
    expect(operators.map(({ account }) => readVotes(state(), account).length)).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe("a leaver", () => {
  test("may vote to the end of its epoch; what it leaves behind goes with the next count", () => {
    const { chain, state, sets, voteAll } = start();
    const leaver = operatorNamed("d");
    chain.add(voteAll(voteFor(remove("d"))));
    chain.growTo(9);
    expect(sets()).toEqual(["", "abcd", "abc"]);
    chain.add([chain.transaction(leaver, [voteFor(put(e))])]);
    const gone = chain.build([chain.transaction(leaver, [voteFor(put(e))])]);
    expect(gone.dropped).toEqual(["not_a_validator"]);
    chain.growTo(18);
    expect(readVotes(state(), leaver.account)).toHaveLength(1);
    chain.growTo(19);
    expect(readVotes(state(), leaver.account)).toHaveLength(0);
  });
});

describe("a parameter with a quorum", () => {
  test("holds from the first transaction of the next epoch on", () => {
    const { chain, parameters, voteAll } = start();
    chain.add(voteAll(voteParameter(1, 50n)));
    chain.growTo(9);
    expect([parameters().current.baseFee, parameters().next.baseFee]).toEqual([0n, 50n]);
    chain.add([chain.transaction(alice, [native(bob, 1n)])]);
    const free = chain.build([chain.transaction(alice, [native(bob, 1n)])]);
    expect(free.dropped).toEqual(["fee_too_low"]);
    chain.add([chain.transaction(alice, [native(bob, 1n)], { fee: 50n })]);
    expect([parameters().current.baseFee, parameters().next.baseFee]).toEqual([50n, 50n]);
  });

  test("that is a version this program does not know ends its work at the boundary", () => {
    const { ledger, chain, voteAll } = start();
    chain.add(voteAll(voteParameter(0, 2n)));
    chain.growTo(9);
    const { block } = chain.build();
    ledger.finalize(block.id);
    expect(() => chain.build()).toThrow("no block can be built");
    const next = forged(block, {
      height: height(11),
      parent: block.id,
      version: 2,
      ...chain.place(),
    });
    expect(run(ledger.execute(next, chain.place()))).toEqual({
      ok: false,
      reason: "version_unsupported",
    });
  });
});

/** The block with other fields in its header. */
function forged(block: Block, fields: Partial<Header>): Block {
  const header = { ...block.header, ...fields };
  return { ...block, id: blockIdOf(hasher, header), header };
}

describe("a header", () => {
  test("has the hash of the set of its own epoch and that of the next set after it", () => {
    const { chain, voteAll } = start();
    const before = validatorsHash(hasher, genesis.validators);
    const after = validatorsHash(hasher, byKey([...genesis.validators, e]));
    chain.add(voteAll(voteFor(put(e))));
    const hashes = new Map<number, readonly Digest[]>();
    while (chain.height < 12) {
      const { header } = chain.add();
      hashes.set(header.height, [header.validatorsHash, header.nextValidatorsHash]);
    }
    expect(hashes.get(8)).toEqual([before, before]);
    expect(hashes.get(9)).toEqual([before, after]);
    expect(hashes.get(10)).toEqual([before, after]);
    expect(hashes.get(11)).toEqual([after, after]);
  });

  test("is refused with another next set, in the block of the count too", () => {
    const { ledger, chain, voteAll } = start();
    chain.add(voteAll(voteFor(put(e))));
    chain.growTo(8);
    const { block } = chain.build();
    const forgery = forged(block, { nextValidatorsHash: block.header.validatorsHash });
    expect(run(ledger.execute(forgery, chain.place()))).toEqual({
      ok: false,
      reason: "wrong_next_validators",
    });
  });

  test("is refused in another epoch than that of its height, whatever consensus says", () => {
    const { ledger, chain } = start();
    chain.growTo(10);
    const { block } = chain.build();
    for (const wrong of [epoch(0), epoch(2)]) {
      const place = { ...chain.place(), epoch: wrong };
      const outcome = run(ledger.execute(forged(block, { epoch: wrong }), place));
      expect(outcome).toEqual({ ok: false, reason: "wrong_epoch" });
    }
  });

  test("is refused when consensus is in another epoch than it says", () => {
    const { ledger, chain } = start();
    chain.growTo(10);
    const { block } = chain.build();
    const other = forged(block, { timestampMs: block.header.timestampMs + 1 });
    const place = { ...chain.place(), epoch: epoch(0) };
    expect(run(ledger.execute(other, place))).toEqual({ ok: false, reason: "wrong_epoch" });
  });
});

describe("a fault drops its key", () => {
  const dropped = (of: number, at: number) => {
    const { chain, sets } = start();
    chain.growTo(at - 1);
    chain.add([faultOfD(of)]);
    const epochs: (string | undefined)[] = [];
    while (chain.height < 51) {
      chain.growTo(chain.height + 1);
      if (chain.height % 10 === 1) epochs.push(sets()[1]);
    }
    return epochs;
  };

  test("from the next epoch on when it is found before the count", () => {
    expect(dropped(0, 9)).toEqual(["abc", "abc", "abc", "abc", "abc"]);
  });

  test("one epoch later when it is found after the count", () => {
    expect(dropped(0, 10)).toEqual(["abcd", "abc", "abc", "abc", "abc"]);
    expect(dropped(0, 19)).toEqual(["abc", "abc", "abc", "abc"]);
  });

  test("also when it is of the epoch before and is found after the count of this one", () => {
    expect(dropped(0, 20)).toEqual(["abcd", "abc", "abc", "abc"]);
  });

  test("until a new key is voted in", () => {
    const { chain, sets, voteAll } = start();
    chain.add([faultOfD(0)]);
    chain.growTo(11);
    const changed = validatorNamed("d", 2);
    chain.add(voteAll(voteFor(put(changed))));
    chain.growTo(21);
    expect(sets()[1]).toBe("abcd");
  });
});

describe("a change is pending", () => {
  test("from the vote that completes its quorum until it holds", () => {
    const { ledger, chain, voteAll } = start();
    chain.add(voteAll(voteFor(put(e)), operators.slice(0, 2)));
    chain.add();
    chain.add(voteAll(voteFor(put(e)), operators.slice(2, 3)));
    const pending: number[] = [];
    while (chain.height < 25) {
      if (ledger.changePending(ledger.tip.id)) pending.push(chain.height);
      chain.add();
    }
    expect(pending).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("when its quorum is complete after the count, for all of the next epoch", () => {
    const { ledger, chain, voteAll } = start();
    chain.growTo(9);
    expect(ledger.changePending(ledger.tip.id)).toBe(false);
    chain.add(voteAll(voteParameter(1, 5n)));
    expect(ledger.changePending(ledger.tip.id)).toBe(true);
    chain.growTo(20);
    expect(ledger.changePending(ledger.tip.id)).toBe(true);
    chain.growTo(21);
    expect(ledger.changePending(ledger.tip.id)).toBe(false);
  });

  test("from the fault on that will drop a key", () => {
    const { ledger, chain } = start();
    chain.add([faultOfD(0)]);
    expect(ledger.changePending(ledger.tip.id)).toBe(true);
  });

  test("for a key with a fault when the next count does not look at it any more", () => {
    const { ledger, chain, sets, voteAll } = start();
    const pending = () => ledger.changePending(ledger.tip.id);
    chain.add([faultOfD(0)]);
    chain.growTo(12);
    chain.add(voteAll(voteFor(put(d))));
    expect(pending()).toBe(false);
    chain.growTo(19);
    expect(sets()[2]).toBe("abc");
    chain.add(voteAll(voteFor(put(d))));
    expect(pending()).toBe(true);
    chain.growTo(31);
    expect(sets()[1]).toBe("abcd");
  });

  test("not when the votes for it are too old by the block's time", () => {
    const { ledger, chain, voteAll } = start();
    chain.add(voteAll(voteFor(put(e))));
    const { timestampMs } = ledger.tip.header;
    chain.add([], timestampMs + 30 * dayMs);
    expect(ledger.changePending(ledger.tip.id)).toBe(true);
    chain.add([], timestampMs + 30 * dayMs + 1);
    expect(ledger.changePending(ledger.tip.id)).toBe(false);
  });

  test("not when the joiner would take another's key", () => {
    const { ledger, chain, voteAll } = start();
    const thief = { ...e, consensusKey: validatorNamed("a").consensusKey };
    chain.add(voteAll(voteFor(put(thief))));
    expect(ledger.changePending(ledger.tip.id)).toBe(false);
  });
});

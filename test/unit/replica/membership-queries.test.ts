/**
 * What is told about membership is what the ledger counts, and what this node sees of a candidate.
 * @module
 */
import { beforeEach, expect, test } from "vitest";
import { emptyFrontier } from "../../../src/crypto/merkle.ts";
import type { Block } from "../../../src/protocol/block.ts";
import { type Height, height, type PublicKey } from "../../../src/protocol/ids.ts";
import type { Validator } from "../../../src/protocol/validator-set.ts";
import { MembershipQueries } from "../../../src/replica/membership-queries.ts";
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
import { chainIdFor, genesisOf, openLedger, startMs } from "../../fixtures/small-ledger.ts";

const names = ["a", "b", "c", "d"];
const dayMs = 86_400_000;
const baseFee = 1;

let grown: GrowingChain;
let blocks: Block[];
let queries: MembershipQueries;
let finalHeightOf: Map<PublicKey, Height>;

beforeEach(() => {
  const genesis = genesisOf({
    balances: [],
    parameters: { epochLength: 20n },
    validators: byKey(names.map((name) => validatorNamed(name))),
  });
  const { ledger } = openLedger(genesis);
  grown = new GrowingChain(ledger, chainIdFor(genesis), operatorNamed("a"));
  const genesisHeaderNow = ledger.tip.header;
  blocks = [];
  finalHeightOf = new Map();
  queries = new MembershipQueries({
    ledger,
    chain: {
      get tip() {
        const { id, header } = ledger.tip;
        return { id, header, height: header.height, frontier: emptyFrontier };
      },
      headerAt: (at) => (at === 0 ? genesisHeaderNow : blocks[at - 1]?.header),
      blockAt: (at) => blocks[at - 1],
      setAt: () => ({ validators: genesis.validators, first: height(0) }),
      stateRows: { ofKind: async () => [] },
    },
    network: {
      peerByKey(key) {
        const finalHeight = finalHeightOf.get(key);
        return finalHeight === undefined ? undefined : { standing: { finalHeight } };
      },
    },
    epochs: { identity: undefined },
  });
});

type Operations = Parameters<GrowingChain["transaction"]>[1];

/** One block with one vote of each. */
function vote(voters: readonly string[], operations: Operations, wallMs: number = startMs): void {
  const cast = voters.map((name) => grown.transaction(operatorNamed(name), operations));
  blocks.push(grown.add(cast, wallMs));
}
const rest = (count: number, stepMs = 0): void => {
  for (let i = 0; i < count; i += 1) blocks.push(grown.add([], startMs + (i + 1) * stepMs));
};
const groupsNow = () => queries.status().groups;
const joiner = validatorNamed("e");

test("equal votes stand together, with who cast them, the most first", () => {
  vote(["a"], [voteFor(remove("d"))]);
  vote(["b", "c"], [voteFor(put(joiner))]);
  const [join, leave] = groupsNow();
  expect(join?.vote.change).toEqual({ kind: "put", validator: joiner });
  expect(join?.votes.map(({ operator }) => operator).toSorted()).toEqual(
    ["b", "c"].map((name) => operatorNamed(name).account).toSorted(),
  );
  expect(leave).toMatchObject({ counted: 1, votes: [{ height: 1 }], candidate: undefined });
  expect(queries.status().quorum).toBe(3);
});

test("votes for other values of one parameter are not added up", () => {
  vote(["a"], [voteParameter(baseFee, 1n)]);
  vote(["b"], [voteParameter(baseFee, 2n)]);
  expect(groupsNow().map(({ counted }) => counted)).toEqual([1, 1]);
});

test("a vote counts for 30 days of block time, and not a millisecond longer", () => {
  vote(["a"], [voteFor(put(joiner))]);
  const castMs = blocks[0]?.header.timestampMs ?? 0;
  blocks.push(grown.add([], castMs + 30 * dayMs));
  expect(groupsNow()).toMatchObject([{ counted: 1, votes: [{ counts: true }] }]);
  blocks.push(grown.add([], castMs + 30 * dayMs + 1));
  expect(groupsNow()).toMatchObject([{ counted: 0, votes: [{ counts: false }] }]);
});

test("the possession comes from the block of the vote, for the others to repeat", () => {
  const possession = new Uint8Array(64).fill(9);
  vote(["a"], [voteFor({ kind: "put", validator: joiner, possession })]);
  expect(groupsNow()[0]?.possession).toEqual(possession);
});

test("a possession whose block is gone is not made up", () => {
  vote(["a"], [voteFor(put(joiner))]);
  blocks = [];
  expect(groupsNow()[0]?.possession).toBeUndefined();
});

test.each([
  [3, undefined, { linked: false, finalHeight: undefined, synced: false }],
  [3, 1, { linked: true, finalHeight: 1, synced: true }],
  [3, 0, { linked: true, finalHeight: 0, synced: false }],
  [3, 3, { linked: true, finalHeight: 3, synced: true }],
])("at height %s a candidate whose link says %s is %j", (tip, told, candidate) => {
  vote(["a"], [voteFor(put(joiner))]);
  rest(tip - 1);
  if (told !== undefined) finalHeightOf.set(joiner.consensusKey, height(told));
  expect(groupsNow()[0]?.candidate).toEqual(candidate);
});

test("a validator that changes its key is known by the one that it has", () => {
  const rotated: Validator = validatorNamed("d", 2);
  finalHeightOf.set(validatorNamed("d").consensusKey, height(1));
  vote(["a"], [voteFor(put(rotated))]);
  expect(groupsNow()[0]?.candidate).toMatchObject({ linked: true, synced: true });
});

test("what is decided leaves the votes and enters the next set, at the counting height", () => {
  vote(["a", "b", "c"], [voteFor(put(joiner))]);
  rest(16);
  expect(queries.status().groups).toHaveLength(1);
  rest(1); // Height 18 = 20 − 20 / 10.
  const { groups, validators, epoch } = queries.status();
  expect(epoch.countingHeight).toBe(18);
  expect(groups).toEqual([]);
  expect([namesOf(validators.current), namesOf(validators.next)]).toEqual(["abcd", "abcde"]);
});

test("the end of the epoch is guessed by the pace of the last blocks, and quicker when something changes", () => {
  rest(10, 1_000);
  const { header } = grown.ledger.tip;
  const { epoch } = queries.status();
  expect(epoch).toMatchObject({ epoch: 0, length: 20, lastHeight: 20 });
  expect((epoch.endsAboutMs ?? 0) - header.timestampMs).toBe(10 * 1_000);
  vote(["a", "b", "c"], [voteFor(put(joiner))], header.timestampMs);
  const hurried = queries.status().epoch.endsAboutMs ?? 0;
  expect(hurried - header.timestampMs).toBeLessThan(1_000);
});

test("parameters are those of now and of the next epoch", () => {
  vote(["a", "b", "c"], [voteParameter(baseFee, 5n)]);
  rest(17);
  const { current, next } = queries.parameters();
  expect([current.baseFee, next.baseFee]).toEqual([0n, 5n]);
  rest(3);
  expect(queries.parameters().current.baseFee).toBe(5n);
});

/**
 * Faults as values: which votes contradict each other, the one form of a pair, and what it is called.
 * @module
 */
import { expect, test } from "vitest";
import { encode } from "../../../src/codec/codec.ts";
import { leafHash } from "../../../src/crypto/merkle.ts";
import { signatureChecks, signatureCount } from "../../../src/protocol/authorization.ts";
import { conflicts, faultChecks, isWellFormed, orderedFault } from "../../../src/protocol/fault.ts";
import { offenceOf, setsAfter } from "../../../src/protocol/fault-rules.ts";
import { type ChainId, epoch } from "../../../src/protocol/ids.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import {
  parametersEntryCodec,
  parametersKey,
  validatorsEntryCodec,
  validatorsKey,
} from "../../../src/protocol/state.ts";
import { openTransaction } from "../../../src/protocol/transaction.ts";
import type { VoteBody } from "../../../src/protocol/vote.ts";
import {
  faultBy,
  finalize,
  notarize,
  nullify,
  setOf,
  signatories,
  voteBy,
} from "../../fixtures/faults.ts";
import { hasher, Rows } from "../../fixtures/small-ledger.ts";

const chainId = "c4".repeat(32) as ChainId;
const members = signatories([1, 2, 3, 4]);
const vote = (body: VoteBody, claimed = 1) => voteBy(chainId, members, 1, body, claimed);

test.each([
  ["two to notarize different blocks", notarize(), notarize({ block: 0xbb })],
  ["two to notarize a block on different parents", notarize(), notarize({ parentView: 3 })],
  ["two to finalize different blocks", finalize(), finalize({ block: 0xbb })],
  ["two to finalize a block on different parents", finalize(), finalize({ parentView: 3 })],
  ["nullify and finalize", nullify(), finalize()],
] as const)("%s contradict each other, either way round", (_, a, b) => {
  expect(conflicts(vote(a), vote(b))).toBe(true);
  expect(conflicts(vote(b), vote(a))).toBe(true);
});

test.each([
  ["the same vote twice", notarize(), notarize()],
  ["the same vote to nullify twice", nullify(), nullify()],
  ["notarize and nullify", notarize(), nullify()],
  ["notarize and finalize of one proposal", notarize(), finalize()],
  ["notarize and finalize of different proposals", notarize(), finalize({ block: 0xbb })],
  ["votes of different views", finalize(), finalize({ view: 6, block: 0xbb })],
  ["votes of different epochs", finalize(), finalize({ epoch: 1, block: 0xbb })],
  ["nullify and finalize in different views", nullify(), finalize({ view: 6 })],
] as const)("%s do not", (_, a, b) => {
  expect(conflicts(vote(a), vote(b))).toBe(false);
  expect(conflicts(vote(b), vote(a))).toBe(false);
});

test("votes of two validators do not, though one key signed both", () => {
  expect(conflicts(vote(nullify()), vote(finalize(), 2))).toBe(false);
});

test("a pair has one form, whichever vote was seen first", () => {
  const [a, b] = [vote(finalize()), vote(nullify())];
  expect(orderedFault(a, b)).toEqual({ kind: "fault", first: b, second: a });
  expect(orderedFault(b, a)).toEqual(orderedFault(a, b));
  expect(isWellFormed(orderedFault(a, b))).toBe(true);
  expect(isWellFormed({ kind: "fault", first: a, second: b })).toBe(false);
  expect(isWellFormed({ kind: "fault", first: a, second: a })).toBe(false);
});

test("its id is its content hash, the leaf of its bytes", () => {
  const named = faultBy(chainId, members, 1, [nullify(), finalize()]);
  const leaf = Buffer.from(leafHash(hasher, named.bytes)).toString("hex");
  expect([named.id, named.contentHash]).toEqual([leaf, leaf]);
  expect(openTransaction(hasher, chainId, named.bytes)).toEqual({ ok: true, value: named });
});

test("it counts as two signatures, of which none can be checked without the state", () => {
  const named = faultBy(chainId, members, 1, [nullify(), finalize()]);
  expect(signatureCount(named.signed)).toBe(2);
  expect(signatureChecks(chainId, named)).toEqual([]);
  const key = members[1]?.signer.publicKey ?? new Uint8Array();
  const { first, second } = named.signed;
  expect(faultChecks(chainId, named.signed, key).map(({ signature }) => signature)).toEqual([
    first.signature,
    second.signature,
  ]);
});

const before = setOf(signatories([1, 2]));
const now = setOf(members);
const sets = { epoch: epoch(7), current: now, previous: before };
const accused = (of: number, position = 1) => {
  const bodies = [nullify({ epoch: of }), finalize({ epoch: of })] as const;
  return offenceOf(faultBy(chainId, signatories([1, 2, 3, 4]), position, bodies).signed, sets);
};

test("the accused is who stands at the signer's position in the set of the votes' epoch", () => {
  const of = (set: typeof now, at: number) => set[at]?.consensusKey;
  expect(accused(7)).toEqual({ ok: true, value: { consensusKey: of(now, 1), epoch: 7 } });
  expect(accused(6)).toEqual({ ok: true, value: { consensusKey: of(before, 1), epoch: 6 } });
});

test("nobody stands beyond the end of that set", () => {
  expect(accused(7, 3).ok).toBe(true);
  expect(accused(6, 3)).toEqual({ ok: false, reason: "fault_invalid" });
});

test.each([0, 5, 8, 9])("votes of epoch %i say nothing in epoch 7", (of) => {
  expect(accused(of)).toEqual({ ok: false, reason: "fault_epoch" });
});

test("a fault that contradicts nothing is invalid whatever its epoch", () => {
  const pair = faultBy(chainId, members, 1, [notarize({ epoch: 3 }), nullify({ epoch: 3 })]);
  expect(offenceOf(pair.signed, sets)).toEqual({ ok: false, reason: "fault_invalid" });
});

test.each([
  [0, 0, "current", "previous"],
  [1, 0, "current", "previous"],
  [9, 0, "current", "previous"],
  [10, 1, "next", "current"],
  [11, 1, "current", "previous"],
  [20, 2, "next", "current"],
] as const)(
  "after block %i of epochs of 10 the next block is of epoch %i, judged by %s and %s",
  (height, of, own, last) => {
    const entry = { previous: before, current: now, next: setOf(signatories([5])) };
    const parameters = { ...standardParameters, epochLength: 10n };
    const rows = new Rows();
    rows.write(
      new Map([
        [validatorsKey, encode(validatorsEntryCodec, entry)],
        [parametersKey, encode(parametersEntryCodec, { current: parameters, next: parameters })],
      ]),
    );
    expect(setsAfter(height, rows)).toEqual({
      epoch: of,
      current: entry[own],
      previous: entry[last],
    });
  },
);

/**
 * The checkers see what must never happen: each is shown its violation once.
 * @module
 */
import { describe, expect, test } from "vitest";
import { nativeHasher, nativeVerifier } from "../../node/adapters/native-crypto.ts";
import { openGenesisLedger } from "../../src/ledger/genesis-state.ts";
import { type BlockId, epoch, validatorIndex, view } from "../../src/protocol/ids.ts";
import { ValidatorSet } from "../../src/protocol/validator-set.ts";
import { type Proposal, signVote, type VoteBody } from "../../src/protocol/vote.ts";
import { SafetyCheckers, SafetyViolation } from "./world/checkers.ts";
import { simulatedGenesis } from "./world/network-of-nodes.ts";
import { Random } from "./world/random.ts";

const a = "aa".repeat(32) as BlockId;
const b = "bb".repeat(32) as BlockId;

function watchedNetwork(faulty: readonly number[] = []) {
  const { genesis, chainId, signers } = simulatedGenesis(new Random(1), {
    validators: 4,
    wallets: 2,
  });
  const validators = new ValidatorSet({
    hasher: nativeHasher,
    validators: genesis.validators,
    epoch: epoch(0),
    boundary: openGenesisLedger(nativeHasher, genesis).id,
  });
  const verifier = nativeVerifier;
  const checkers = new SafetyCheckers({ verifier, chainId, validators, faulty: new Set(faulty) });
  const watched = signers.map((signer, number) => checkers.watch(signer, number));
  return (number: number, body: VoteBody): void => {
    const signer = watched[number];
    if (signer === undefined) throw new RangeError("no such validator");
    signVote(body, { signer, chainId, position: validatorIndex(number) });
  };
}

const at = { epoch: epoch(0), view: view(3) };
const proposal = (blockId: BlockId): Proposal => ({ ...at, parentView: view(2), blockId });
const notarize = (blockId: BlockId): VoteBody => ({ kind: "notarize", ...proposal(blockId) });
const finalize = (blockId: BlockId): VoteBody => ({ kind: "finalize", ...proposal(blockId) });
const nullify: VoteBody = { kind: "nullify", ...at };

describe("the safety checkers", () => {
  test("see an honest validator notarize two proposals in one view", () => {
    const sign = watchedNetwork();
    sign(0, notarize(a));
    sign(0, notarize(a)); // The same bytes again are no second vote.
    expect(() => sign(0, notarize(b))).toThrow(SafetyViolation);
  });

  test("see an honest validator nullify a view that it finalized", () => {
    const sign = watchedNetwork();
    sign(1, finalize(a));
    expect(() => sign(1, nullify)).toThrow(SafetyViolation);
  });

  test("let a faulty validator do both, and see when that makes two notarizations", () => {
    const sign = watchedNetwork([0, 1]);
    for (const number of [0, 1, 2]) sign(number, notarize(a));
    sign(0, notarize(b));
    sign(1, notarize(b));
    expect(() => sign(3, notarize(b))).toThrow("two notarizations");
  });

  test("see a view that is finalized and nullified", () => {
    const sign = watchedNetwork([0, 1]);
    for (const number of [0, 1, 2]) sign(number, notarize(a));
    for (const number of [0, 1, 2]) sign(number, finalize(a));
    sign(0, nullify);
    sign(1, nullify);
    expect(() => sign(3, nullify)).toThrow("finalized and nullified");
  });
});

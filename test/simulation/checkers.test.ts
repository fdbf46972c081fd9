/**
 * The checkers see what must never happen: each is shown its violation once.
 * @module
 */
import { describe, expect, test } from "vitest";
import { nativeHasher, nativeVerifier } from "../../node/adapters/native-crypto.ts";
import { openGenesisLedger } from "../../src/ledger/genesis-state.ts";
import type { Block, Header } from "../../src/protocol/block.ts";
import {
  type BlockId,
  type Digest,
  epoch,
  height,
  type TransactionId,
  validatorIndex,
  view,
} from "../../src/protocol/ids.ts";
import { type Validator, ValidatorSet, validatorsHash } from "../../src/protocol/validator-set.ts";
import type { Verified } from "../../src/protocol/verified.ts";
import {
  type Certificate,
  joinVotes,
  type Proposal,
  signVote,
  type Vote,
  type VoteBody,
} from "../../src/protocol/vote.ts";
import { SafetyCheckers, SafetyViolation } from "./world/checkers.ts";
import { simulatedGenesis } from "./world/network-of-nodes.ts";
import { Random } from "./world/random.ts";

const a = "aa".repeat(32) as BlockId;
const b = "bb".repeat(32) as BlockId;
const c = "cc".repeat(32) as BlockId;
const zeros = "00".repeat(32) as Digest;

class Watched {
  readonly #network = simulatedGenesis(new Random(1), { validators: 4, wallets: 2, spare: 1 });
  readonly genesisId: BlockId = openGenesisLedger(nativeHasher, this.#network.genesis).id;
  readonly members: readonly Validator[] = this.#network.genesis.validators;
  /** The same without the first, and with the spare. */
  readonly others: readonly Validator[] = [...this.#network.candidates.slice(1)].sort((x, y) =>
    x.consensusKey < y.consensusKey ? -1 : 1,
  );
  readonly checkers: SafetyCheckers;
  readonly #signers;
  /** What is voted in. */
  next: readonly Validator[] = this.members;

  constructor(faulty: readonly number[] = [], epochLength = 1_000) {
    const { chainId, signers } = this.#network;
    this.checkers = new SafetyCheckers({
      verifier: nativeVerifier,
      chainId,
      validators: this.setOf(0, this.members, this.genesisId),
      faulty: new Set(faulty),
      epochLength,
      nextValidators: () => this.next,
    });
    this.#signers = signers.map((signer, number) => this.checkers.watch(signer, number));
  }

  setOf(of: number, validators: readonly Validator[], boundary: BlockId): ValidatorSet {
    return new ValidatorSet({ hasher: nativeHasher, validators, epoch: epoch(of), boundary });
  }

  sign(number: number, body: VoteBody): Verified<Vote> {
    const signer = this.#signers[number];
    if (signer === undefined) throw new RangeError("no such validator");
    const { chainId } = this.#network;
    return signVote(body, { signer, chainId, position: validatorIndex(number) });
  }

  /** Three of four sign. */
  certify(body: VoteBody): Certificate {
    const certificate = joinVotes([1, 2, 3].map((number) => this.sign(number, body)));
    if (certificate === undefined) throw new RangeError("three votes are a certificate");
    return certificate;
  }

  #fault(accused: number): object {
    const first = { body: nullify(), signer: validatorIndex(accused) };
    return { id: `fault ${accused}`, signed: { kind: "fault", first } };
  }

  /** A node reports a block; what its header says of the validators is true, unless told otherwise. */
  commit(
    header: Partial<Header> & Pick<Header, "height" | "view" | "parent">,
    {
      id,
      finalization,
      transactions = [],
      accused,
    }: {
      readonly id: BlockId;
      readonly finalization?: Certificate;
      readonly transactions?: readonly string[];
      /** A fault transaction against this validator. */
      readonly accused?: number;
    },
  ): void {
    const block = {
      id,
      header: {
        epoch: epoch(0),
        validatorsHash: validatorsHash(nativeHasher, this.members),
        nextValidatorsHash: validatorsHash(nativeHasher, this.next),
        ...header,
      } as Header,
      transactions: [
        ...transactions.map((text) => ({ id: text as TransactionId, signed: { kind: "signed" } })),
        ...(accused === undefined ? [] : [this.#fault(accused)]),
      ],
    } as unknown as Block;
    this.checkers.committed(0, { block, bytes: 0, finalization });
  }
}

const at = (round: number) => ({ epoch: epoch(0), view: view(round) });
const proposal = (blockId: BlockId, round = 3, parent = 2): Proposal => ({
  ...at(round),
  parentView: view(parent),
  blockId,
});
const notarize = (...of: Parameters<typeof proposal>): VoteBody => ({
  kind: "notarize",
  ...proposal(...of),
});
const finalize = (...of: Parameters<typeof proposal>): VoteBody => ({
  kind: "finalize",
  ...proposal(...of),
});
const nullify = (round = 3): VoteBody => ({ kind: "nullify", ...at(round) });

describe("votes: the safety checkers", () => {
  test("see an honest validator notarize two proposals in one view", () => {
    const world = new Watched();
    world.sign(0, notarize(a));
    world.sign(0, notarize(a)); // The same bytes again are no second vote.
    world.sign(0, notarize(b, 4));
    expect(() => world.sign(0, notarize(b))).toThrow("notarized two proposals");
  });

  test("take another parent for another proposal", () => {
    const world = new Watched();
    world.sign(0, notarize(a, 3, 2));
    expect(() => world.sign(0, notarize(a, 3, 1))).toThrow("notarized two proposals");
  });

  test("see an honest validator finalize two proposals in one view", () => {
    const world = new Watched();
    world.sign(1, finalize(a));
    expect(() => world.sign(1, finalize(b))).toThrow("finalized two proposals");
  });

  test("see an honest validator nullify a view that it finalized", () => {
    const world = new Watched();
    world.sign(1, finalize(a));
    expect(() => world.sign(1, nullify())).toThrow(SafetyViolation);
  });

  test("let an honest validator nullify a view that it notarized", () => {
    const world = new Watched();
    world.sign(1, notarize(a));
    expect(() => world.sign(1, nullify())).not.toThrow();
  });

  test("let a faulty validator do everything, and see when that makes two notarizations", () => {
    const world = new Watched([0, 1]);
    for (const number of [0, 1, 2]) world.sign(number, notarize(a));
    world.sign(0, notarize(b));
    world.sign(1, notarize(b));
    expect(() => world.sign(3, notarize(b))).toThrow("two notarizations");
  });

  test("see a view with two finalizations", () => {
    const world = new Watched([0, 1, 2, 3]);
    for (const number of [0, 1, 2]) world.sign(number, notarize(a));
    for (const number of [0, 1, 2]) world.sign(number, finalize(a));
    world.sign(1, finalize(b));
    world.sign(2, finalize(b));
    expect(() => world.sign(3, finalize(b))).toThrow("two finalizations");
  });

  test("see a view that is finalized and nullified", () => {
    const world = new Watched([0, 1]);
    for (const number of [0, 1, 2]) world.sign(number, notarize(a));
    for (const number of [0, 1, 2]) world.sign(number, finalize(a));
    world.sign(0, nullify());
    world.sign(1, nullify());
    expect(() => world.sign(3, nullify())).toThrow("finalized and nullified");
  });

  test("see a view that is finalized and was never notarized", () => {
    const world = new Watched();
    world.sign(0, finalize(a));
    world.sign(1, finalize(a));
    expect(() => world.sign(2, finalize(a))).toThrow("finalized but not notarized");
  });
});

describe("blocks: the safety checkers", () => {
  const first = { height: height(1), view: view(1) };
  const second = { height: height(2), view: view(2) };
  /** A world in which block a is final at height 1. */
  const afterOne = (faulty: readonly number[] = []): Watched => {
    const world = new Watched(faulty);
    world.certify(notarize(a, 1, 0));
    world.commit({ ...first, parent: world.genesisId }, { id: a });
    return world;
  };

  test("see two blocks at one height", () => {
    const world = afterOne();
    expect(() => world.commit({ ...first, parent: world.genesisId }, { id: b })).toThrow(
      "two final",
    );
  });

  test("see a block that does not extend the one below", () => {
    const world = afterOne();
    world.certify(notarize(c, 2, 1));
    expect(() => world.commit({ ...second, parent: b }, { id: c })).toThrow("does not extend 1");
  });

  test("see a block of an earlier view than its parent", () => {
    const world = afterOne();
    const late = { ...second, view: view(1), parent: a };
    expect(() => world.commit(late, { id: b })).toThrow("its parent of 1");
  });

  test("see a final block that was never notarized", () => {
    const world = afterOne();
    expect(() => world.commit({ ...second, parent: a }, { id: b })).toThrow("never notarized");
  });

  test("see a view that was skipped without a nullification", () => {
    const world = afterOne();
    world.certify(notarize(b, 4, 1));
    world.certify(nullify(2));
    const skipping = { ...second, view: view(4), parent: a };
    expect(() => world.commit(skipping, { id: b })).toThrow("view 3 of epoch 0 was skipped");
  });

  test("accept the same when every view between was nullified", () => {
    const world = afterOne();
    world.certify(notarize(b, 4, 1));
    world.certify(nullify(2));
    world.certify(nullify(3));
    world.commit({ ...second, view: view(4), parent: a }, { id: b });
    expect(world.checkers.lastHeight).toBe(2);
  });

  test("see a transaction that is final twice", () => {
    const world = new Watched();
    const transactions = ["t"];
    world.certify(notarize(a, 1, 0));
    world.commit({ ...first, parent: world.genesisId }, { id: a, transactions });
    world.certify(notarize(b, 2, 1));
    const again = { id: b, transactions };
    expect(() => world.commit({ ...second, parent: a }, again)).toThrow("final twice");
  });

  test("see proof against a validator that did nothing wrong", () => {
    for (const [accused, faulty] of [
      [2, [2]],
      [3, [2]],
    ] as const) {
      const world = new Watched(faulty);
      world.certify(notarize(a, 1, 0));
      const commit = (): void =>
        world.commit({ ...first, parent: world.genesisId }, { id: a, accused });
      if (accused === 2) expect(commit).not.toThrow();
      else expect(commit).toThrow("accuses validator 3");
    }
  });

  test("see a finalization with too few signatures, and one with a forged signature", () => {
    for (const spoil of [
      (all: Certificate["signatures"]) => all.slice(1),
      (all: Certificate["signatures"]) =>
        all.map((one) => ({ ...one, signature: new Uint8Array(64) })),
    ]) {
      const world = afterOne();
      world.certify(notarize(b, 2, 1));
      const { subject, signatures } = world.certify(finalize(b, 2, 1));
      const finalization = { subject, signatures: spoil(signatures) };
      const block = { id: b, finalization };
      expect(() => world.commit({ ...second, parent: a }, block)).toThrow("is not valid");
    }
  });

  test("see a finalization of another block than it is stored with", () => {
    const world = afterOne();
    world.certify(notarize(b, 2, 1));
    const finalization = world.certify(finalize(b, 2, 1));
    world.certify(notarize(c, 3, 2));
    world.commit({ ...second, parent: a }, { id: b });
    const third = { height: height(3), view: view(3), parent: b };
    expect(() => world.commit(third, { id: c, finalization })).toThrow("names its block");
  });

  test("see a finalization whose parent view certified something else", () => {
    const world = afterOne([1, 2, 3]);
    world.certify(notarize(b, 2, 1));
    world.commit({ ...second, parent: a }, { id: b });
    world.certify(notarize(c, 3, 1));
    world.certify(nullify(2));
    const finalization = world.certify(finalize(c, 3, 1));
    const third = { height: height(3), view: view(3), parent: b };
    expect(() => world.commit(third, { id: c, finalization })).toThrow("certified something else");
  });
});

describe("messages: the safety checkers", () => {
  test("see an honest node send a certificate that is none", () => {
    const world = new Watched();
    const { subject, signatures } = world.certify(nullify());
    const short = { subject, signatures: signatures.slice(1) };
    expect(() => world.checkers.certificateSent(0, short)).toThrow("is not valid");
    expect(() => world.checkers.certificateSent(0, { subject, signatures })).not.toThrow();
  });

  test("see an honest node blame one that did nothing wrong", () => {
    const world = new Watched([1]);
    expect(() => world.checkers.faultReported(0, 1)).not.toThrow();
    expect(() => world.checkers.faultReported(0, 2)).toThrow("did nothing wrong");
  });
});

describe("epochs: the safety checkers", () => {
  const last = { height: height(10), view: view(10) };
  const inEpoch1 = (blockId: BlockId): VoteBody => ({
    kind: "notarize",
    epoch: epoch(1),
    view: view(1),
    parentView: view(0),
    blockId,
  });
  /** Block a ends epoch 0; the validators of epoch 1 are those without the first, and with node 4. */
  const atTheEnd = (header: Partial<Header> = {}): Watched => {
    const world = new Watched([], 10);
    world.next = world.others;
    world.certify(notarize(a, 10, 9));
    world.commit({ ...last, parent: b, ...header }, { id: a });
    return world;
  };

  test("know the next validators from what is final", () => {
    const world = atTheEnd();
    expect(world.checkers.setOf(1)?.validators).toEqual(world.others);
  });

  test("see a vote of one who is no member any more", () => {
    const world = atTheEnd();
    world.sign(4, inEpoch1(c));
    expect(() => world.sign(0, inEpoch1(c))).toThrow("is no member");
  });

  test("see it too when the vote came before the boundary was known to be final", () => {
    const world = new Watched([], 10);
    world.next = world.others;
    world.sign(0, inEpoch1(c));
    world.certify(notarize(a, 10, 9));
    expect(() => world.commit({ ...last, parent: b }, { id: a })).toThrow("is no member");
  });

  test("see a first block that commits to other validators than were agreed on", () => {
    const world = atTheEnd();
    const of1 = { height: height(11), epoch: epoch(1), view: view(1), parent: a };
    expect(() => world.commit(of1, { id: c })).toThrow("commits to other validators of epoch 1");
  });

  test("see a block that says it is of another epoch", () => {
    expect(() => atTheEnd({ epoch: epoch(1) })).toThrow("says that it is of epoch 1");
  });

  test("see that a set never became known, when something had to be judged by it", () => {
    const world = atTheEnd({ nextValidatorsHash: zeros });
    expect(() => world.checkers.checkEnd()).not.toThrow();
    const certificate = { subject: inEpoch1(c), signatures: [] };
    world.checkers.certificateSent(0, certificate);
    expect(() => world.checkers.checkEnd()).toThrow("never became known");
  });
});

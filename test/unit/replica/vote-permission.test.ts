/**
 * A validator votes only while nothing speaks against it, says what does, and ends the silence of a lost journal in the
 * epoch that the others' answers name, once its boundary is durable.
 * @module
 */
import { beforeEach, describe, expect, test } from "vitest";
import { nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { silentLog } from "../../../src/base/log.ts";
import { blockIdOf, type Header } from "../../../src/protocol/block.ts";
import { epoch, height, validatorIndex, view } from "../../../src/protocol/ids.ts";
import type { Certified } from "../../../src/protocol/message.ts";
import { markVerified } from "../../../src/protocol/verified.ts";
import { type Certificate, joinVotes, type VoteBody } from "../../../src/protocol/vote.ts";
import type { Epochs } from "../../../src/replica/epochs.ts";
import type { ValidatorIdentity } from "../../../src/replica/ports.ts";
import { VotePermission } from "../../../src/replica/vote-permission.ts";
import { newJournal } from "../../../src/storage/journal-format.ts";
import { type JournalStep, MemoryVoteJournal } from "../../../src/storage/memory-vote-journal.ts";
import { notarize, nullify, signatories, voteBy } from "../../fixtures/faults.ts";
import { hasher } from "../../fixtures/small-ledger.ts";
import { addressOf } from "../network/network-lab.ts";
import { EpochLab, observer, own, twin } from "./epoch-lab.ts";

let lab: EpochLab;
let epochs: Epochs;
let permission: VotePermission;
let failures: unknown[];

beforeEach(async () => {
  lab = await EpochLab.open();
  failures = [];
});

type JournalKind = "sound" | "damaged" | "absent";

/** Our key, with a journal whose mark says this epoch. */
function identityOf(
  kind: JournalKind,
  options: {
    readonly markEpoch?: number;
    readonly beforeStep?: (step: JournalStep) => Promise<void>;
  } = {},
): ValidatorIdentity {
  const { markEpoch = 0, beforeStep } = options;
  const signer = lab.members[own]?.signer;
  if (signer === undefined) throw new Error("we are a member");
  const names = { chainId: lab.chainId, consensusKey: lab.keyOf(own) };
  const image = newJournal(hasher, names, { epoch: markEpoch, view: 1 });
  const journal = image.journal.slice();
  if (kind === "damaged") journal[20] = (journal[20] ?? 0) ^ 1;
  const disk = kind === "absent" ? undefined : { ...image, journal };
  const steps = beforeStep === undefined ? {} : { beforeStep };
  return { signer, journal: MemoryVoteJournal.open(disk, { hasher, ...names, ...steps }) };
}

/** The node has started with these keys. */
function start(...identities: readonly ValidatorIdentity[]): void {
  epochs = lab.epochs(identities);
  permission = new VotePermission(identities, {
    chainId: lab.chainId,
    clock: lab.clock,
    log: silentLog,
    hasher,
    verifier: nativeVerifier,
    chain: lab.node.chain,
    epochs,
    network: lab.linked.network,
    fatal: (error) => failures.push(error),
  });
}

/** And has listened. */
function startAndListen(...identities: readonly ValidatorIdentity[]): void {
  start(...identities);
  permission.stopListening();
}

const silentBecause = (reason: RegExp) => ({
  kind: "silent",
  reason: expect.stringMatching(reason),
});

/** What the voting state is, after telling consensus the same. */
function judged(): unknown {
  expect(epochs.mayVote).toBe(permission.state().kind === "voting");
  return permission.state();
}

/** The next epoch begins, and everybody is told. */
async function turn(): Promise<void> {
  await lab.turn(epochs);
  permission.beganEpoch();
}

/** A final block that we hold, as an answer. */
function held(at: number): Certified {
  const header = lab.node.chain.headerAt(height(at));
  if (header === undefined) throw new Error(`no block ${at}`);
  return { kind: "certified", header, certificate: lab.node.chain.finalizationAt(height(at)) };
}

function answer(numbers: readonly number[], message: Certified): void {
  for (const number of numbers) permission.certified(lab.peer(number), message);
}

describe("who may vote", () => {
  test("a node without a key of the set observes", () => {
    startAndListen();
    expect(judged()).toEqual({ kind: "observer" });
    const stranger = signatories([9])[0]?.signer;
    if (stranger === undefined) throw new Error("there is one");
    startAndListen({ signer: stranger, journal: identityOf("absent").journal });
    permission.poke();
    expect(judged()).toEqual({ kind: "observer" });
  });

  test("a validator listens first, and then votes", () => {
    start(identityOf("sound"));
    expect(judged()).toEqual(silentBecause(/^just started/));
    permission.poke();
    expect(judged()).toEqual(silentBecause(/^just started/));
    permission.stopListening();
    expect(judged()).toEqual({ kind: "voting" });
  });

  test("a ledger in an epoch that the journal has forgotten is followed in silence until it is where the journal is", async () => {
    startAndListen(identityOf("sound", { markEpoch: 2 }));
    expect(judged()).toEqual(silentBecause(/^the ledger is behind the vote journal/));
    await turn();
    expect(judged()).toEqual(silentBecause(/^the ledger is behind the vote journal/));
    await turn();
    expect([epochs.epoch, judged()]).toEqual([2, { kind: "voting" }]);
  });

  test("one claim that our node key is used twice says nothing, those of two of four validators silence us for a while", async () => {
    startAndListen(identityOf("sound"));
    for (let i = 0; i < 3; i += 1) permission.duplicated(addressOf(1));
    permission.duplicated("somewhere:1");
    expect(judged()).toEqual({ kind: "voting" });
    permission.duplicated(addressOf(2));
    expect(judged()).toEqual(silentBecause(/a copied home votes twice$/));
    await lab.clock.advance(15_001);
    permission.poke();
    expect(judged()).toEqual({ kind: "voting" });
  });

  test("a vote of our key that the journal does not hold silences us for good", async () => {
    startAndListen(identityOf("sound"));
    permission.votesElsewhere(voteBy(lab.chainId, lab.members, own, notarize()));
    expect(judged()).toEqual(silentBecause(/^this validator key has voted elsewhere/));
    await turn();
    permission.poke();
    expect(judged()).toEqual(silentBecause(/^this validator key has voted elsewhere/));
  });

  test("whoever has lost its journal is not surprised by its own votes", async () => {
    startAndListen(identityOf("absent"));
    permission.votesElsewhere(voteBy(lab.chainId, lab.members, own, notarize()));
    permission.poke();
    answer([1, 2, 3], held(0));
    await turn();
    permission.poke();
    await lab.clock.advance(0);
    expect(judged()).toEqual({ kind: "voting" });
  });
});

describe("a lost journal", () => {
  test.each([
    ["damaged", /^the vote journal is damaged: .+; asking the other validators/],
    ["absent", /^there is no vote journal beside the validator key: .+; asking the other/],
  ] as const)("that is %s is told, before anything else", (kind, reason) => {
    start(identityOf(kind));
    expect(judged()).toEqual(silentBecause(reason));
    permission.stopListening();
    for (const number of [1, 2, 3]) permission.duplicated(addressOf(number));
    expect(judged()).toEqual(silentBecause(reason));
  });

  test("makes its owner ask every other validator until it has answered, and nobody else", async () => {
    startAndListen(identityOf("damaged"));
    const asked = (): readonly number[] =>
      [1, 2, 3, observer, twin].map((number) => lab.arrived(number, "certified-request").length);
    permission.poke();
    await lab.clock.advance(5);
    expect(asked()).toEqual([1, 1, 1, 0, 0]);
    answer([2], held(0));
    expect(judged()).toEqual(silentBecause(/\(1 of 3 answered\)$/));
    permission.poke();
    await lab.clock.advance(5);
    expect(asked()).toEqual([2, 1, 2, 0, 0]);
    answer([1, 3], held(0));
    expect(judged()).toEqual(silentBecause(/; votes again from epoch 1 on$/));
    permission.poke();
    await lab.clock.advance(5);
    expect(asked()).toEqual([2, 1, 2, 0, 0]);
  });

  test("makes nobody ask whose journal is sound", async () => {
    startAndListen(identityOf("sound"));
    permission.poke();
    await lab.clock.advance(5);
    expect(lab.arrived(1, "certified-request")).toEqual([]);
  });

  test("is waited for as long as its mark says", () => {
    startAndListen(identityOf("damaged", { markEpoch: 5 }));
    permission.poke();
    answer([1, 2, 3], held(0));
    expect(judged()).toEqual(silentBecause(/; votes again from epoch 6 on$/));
  });

  test("waits beyond an epoch whose last block somebody has certified, and asks again in the next one", async () => {
    startAndListen(identityOf("absent"));
    permission.poke();
    await lab.node.growTo(10);
    answer([1, 2], held(9));
    answer([3], held(10));
    expect(judged()).toEqual(silentBecause(/\(2 of 3 answered\)$/));
    await turn();
    permission.poke();
    expect(judged()).toEqual(silentBecause(/\(0 of 3 answered\)$/));
    answer([1, 2, 3], held(10));
    expect(judged()).toEqual(silentBecause(/; votes again from epoch 2 on$/));
  });
});

describe("an answer to whoever lost its journal", () => {
  /** A block that we do not hold, and a certificate of it by these validators. */
  function unknownBlock(
    signers: readonly number[],
    change: (body: VoteBody) => VoteBody = (body) => body,
  ): { readonly header: Header; readonly certificate: Certificate } {
    const { header } = lab.node.blocks.build().block;
    const blockId = blockIdOf(hasher, header);
    const proposal = { epoch: epoch(0), view: view(1), parentView: view(0), blockId };
    const body = change({ kind: "notarize", ...proposal });
    const votes = signers.map((place) => voteBy(lab.chainId, lab.members, place, body));
    const certificate = joinVotes(votes.map(markVerified));
    if (certificate === undefined) throw new Error("somebody signs");
    return { header, certificate };
  }

  beforeEach(() => {
    startAndListen(identityOf("absent"));
    permission.poke();
  });

  const isCounted = (message: Certified): boolean => {
    answer([1], message);
    const state = permission.state();
    return state.kind === "silent" && state.reason.endsWith("(1 of 3 answered)");
  };

  test("counts when a quorum has certified its block", () => {
    expect(isCounted({ kind: "certified", ...unknownBlock([0, 2, 3]) })).toBe(true);
  });

  test("does not count without a certificate", () => {
    const { header } = unknownBlock([0, 2, 3]);
    expect(isCounted({ kind: "certified", header, certificate: undefined })).toBe(false);
  });

  test("does not count when fewer than a quorum have signed", () => {
    expect(isCounted({ kind: "certified", ...unknownBlock([0, 2]) })).toBe(false);
  });

  test("does not count with a signature that is wrong", () => {
    const { header, certificate } = unknownBlock([0, 2, 3]);
    const [first, ...rest] = certificate.signatures;
    const wrong = { signer: validatorIndex(0), signature: new Uint8Array(64).fill(1) };
    expect(first?.signer).toBe(0);
    const forged = { ...certificate, signatures: [wrong, ...rest] };
    expect(isCounted({ kind: "certified", header, certificate: forged })).toBe(false);
  });

  test("does not count when its certificate is of another block, of another epoch, or of none", () => {
    const { header } = lab.node.blocks.build().block;
    const others = [
      unknownBlock([0, 2, 3], (body) => ({ ...body, ...notarize({ view: 1, parentView: 0 }) })),
      unknownBlock([0, 2, 3], (body) => ({ ...body, epoch: epoch(1) })),
      unknownBlock([0, 2, 3], () => nullify({ view: 1 })),
    ];
    for (const { certificate } of others) {
      expect(isCounted({ kind: "certified", header, certificate })).toBe(false);
    }
  });

  test("does not count when it shows another block than the final one of that height", () => {
    const { header, certificate } = held(0);
    const other = { ...header, timestampMs: header.timestampMs + 1 };
    expect(isCounted({ kind: "certified", header: other, certificate })).toBe(false);
  });

  test("does not count from one that is no other validator, or twice from one", () => {
    answer([observer, twin], held(0));
    expect(permission.state()).toEqual(silentBecause(/\(0 of 3 answered\)$/));
    answer([1, 1, 1], held(0));
    expect(permission.state()).toEqual(silentBecause(/\(1 of 3 answered\)$/));
  });
});

describe("a new journal", () => {
  test("begins when the named epoch has begun and its boundary is durable, and not before", async () => {
    const identity = identityOf("damaged");
    startAndListen(identity);
    permission.poke();
    answer([1, 2, 3], held(0));
    await lab.node.growTo(9);
    permission.poke();
    await lab.clock.advance(0);
    expect([identity.journal.state.kind, epochs.epoch]).toEqual(["damaged", 0]);

    const last = lab.node.finalize([]); // Final in memory only.
    lab.begin(epochs);
    permission.beganEpoch();
    permission.poke();
    await lab.clock.advance(0);
    expect(identity.journal.state.kind).toBe("damaged");
    expect(judged()).toEqual(silentBecause(/; votes again from epoch 1 on$/));

    await last.commit();
    permission.poke();
    await lab.clock.advance(0);
    expect(identity.journal.state).toEqual({ kind: "sound", entries: [] });
    expect(identity.journal.markEpoch).toBe(1);
    expect(judged()).toEqual({ kind: "voting" });
    expect(failures).toEqual([]);
  });

  test("is made once, and nothing is voted for until it is written", async () => {
    let finish = (): void => {};
    const isDone = new Promise<void>((resolve) => {
      finish = resolve;
    });
    startAndListen(identityOf("absent", { beforeStep: () => isDone }));
    permission.poke();
    answer([1, 2, 3], held(0));
    await turn();
    for (let i = 0; i < 3; i += 1) permission.poke();
    await lab.clock.advance(1_000);
    expect(judged()).toEqual(silentBecause(/; votes again from epoch 1 on$/));
    finish();
    await lab.clock.advance(0);
    expect(judged()).toEqual({ kind: "voting" });
    expect(failures).toEqual([]);
  });

  test("that the disk refuses ends the node", async () => {
    const full = new Error("the disk is full");
    startAndListen(identityOf("absent", { beforeStep: () => Promise.reject(full) }));
    permission.poke();
    answer([1, 2, 3], held(0));
    await turn();
    permission.poke();
    await lab.clock.advance(0);
    expect(failures).toEqual([full]);
    expect(judged()).toEqual(silentBecause(/^there is no vote journal/));
  });
});

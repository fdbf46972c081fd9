/**
 * A certificate goes, after a moment, to the peers that have not shown that it would bring them nothing.
 * @module
 */
import { beforeEach, describe, expect, test } from "vitest";
import { epoch, view } from "../../../src/protocol/ids.ts";
import { markVerified, type Verified } from "../../../src/protocol/verified.ts";
import { type Certificate, joinVotes, type VoteBody } from "../../../src/protocol/vote.ts";
import { CertificateSpread, spreadingMax } from "../../../src/replica/certificate-spread.ts";
import type { Epochs } from "../../../src/replica/epochs.ts";
import { finalize, notarize, nullify, voteBy } from "../../fixtures/faults.ts";
import { EpochLab, observer, twin } from "./epoch-lab.ts";

/** A link to and fro, and what a peer takes to vote: with the lab's links of one millisecond. */
const waitMs = 17;
const everybody = [1, 2, 3, observer, twin];

let lab: EpochLab;
let epochs: Epochs;
let spread: CertificateSpread;

async function open(options: { readonly latencyMs?: number } = {}): Promise<void> {
  lab = await EpochLab.open(options);
  epochs = lab.epochs([]);
  spread = new CertificateSpread({ network: lab.linked.network, clock: lab.clock, epochs });
  // Peers say that view 6 is their last final one; so it is ours.
  await give(finalize({ view: 6, parentView: 5 }));
}
beforeEach(async () => await open());

function certificate(body: VoteBody): Verified<Certificate> {
  const votes = [0, 1, 2].map((place) => voteBy(lab.chainId, lab.members, place, body));
  const joined = joinVotes(votes.map(markVerified));
  if (joined === undefined) throw new Error("three sign");
  return joined;
}

/** Consensus takes a certificate in. */
async function give(body: VoteBody): Promise<void> {
  epochs.give({ kind: "certificate", certificate: certificate(body) });
  await lab.clock.advance(0);
}

/** Consensus takes the vote of a validator in. */
async function voted(place: number, body: VoteBody): Promise<void> {
  const vote = markVerified(voteBy(lab.chainId, lab.members, place, body));
  epochs.give({ kind: "vote", vote });
  await lab.clock.advance(0);
}

const viewsAt = (number: number): readonly number[] =>
  lab.arrived(number, "certificate").map((message) => message.certificate.subject.view);

/** Who has any certificate. */
const holders = (): readonly number[] => everybody.filter((number) => viewsAt(number).length > 0);

/** Sends it and tells who has it when its time is over. */
async function sentTo(body: VoteBody): Promise<readonly number[]> {
  spread.send(certificate(body));
  await lab.clock.advance(waitMs + 1);
  return holders();
}

describe("a certificate", () => {
  test.each([
    ["near", 1, 17],
    ["further away", 20, 55],
    ["at the end of the world", 400, 300],
  ])(
    "waits for peers that are %s, and goes to all who have shown nothing",
    async (_, latencyMs, dueMs) => {
      await open({ latencyMs });
      spread.send(certificate(notarize({ view: 7 })));
      await lab.clock.advance(dueMs + latencyMs - 1);
      expect(holders()).toEqual([]);
      await lab.clock.advance(1);
      expect(holders()).toEqual(everybody);
    },
  );

  test("has a time of its own, and goes once", async () => {
    spread.send(certificate(notarize({ view: 7 })));
    await lab.clock.advance(10);
    spread.send(certificate(nullify({ view: 8 })));
    await lab.clock.advance(8);
    expect([viewsAt(1), spread.size]).toEqual([[7], 1]);
    await lab.clock.advance(10);
    expect([viewsAt(1), spread.size]).toEqual([[7, 8], 0]);
    await lab.clock.advance(1_000);
    expect(viewsAt(1)).toEqual([7, 8]);
  });

  test("is not returned to those who sent it, before or while it waits", async () => {
    const body = notarize({ view: 7 });
    spread.cameFrom(lab.peer(1), body);
    spread.send(certificate(body));
    await give(body);
    spread.cameFrom(lab.peer(observer), body);
    await lab.clock.advance(waitMs + 1);
    expect(holders()).toEqual([2, 3, twin]);
  });

  test("goes to who has sent another one of the view", async () => {
    spread.cameFrom(lab.peer(1), nullify({ view: 7 }));
    spread.cameFrom(lab.peer(2), notarize({ view: 8, parentView: 7 }));
    expect(await sentTo(notarize({ view: 7 }))).toEqual(everybody);
  });

  test("goes to nobody whose last final view is not below its own", async () => {
    expect(await sentTo(notarize({ view: 6 }))).toEqual([]);
    expect(await sentTo(finalize({ view: 6 }))).toEqual([]);
    expect(await sentTo(finalize({ view: 7 }))).toEqual(everybody);
  });

  test.each([
    ["a notarization goes to all but", notarize({ view: 7 }), [1, 3, observer, twin]],
    ["a finalization goes to all but", finalize({ view: 7 }), [1, 3, observer, twin]],
    ["a nullification goes to all, also to", nullify({ view: 7 }), everybody],
  ])("%s who has voted to finalize its view", async (_, body, expected) => {
    await voted(2, finalize({ view: 7 }));
    await voted(3, notarize({ view: 7 }));
    expect(await sentTo(body)).toEqual(expected);
  });

  test.each([
    ["a notarization goes to all but", notarize({ view: 7 }), [1, 2, observer, twin]],
    ["a nullification goes to all but", nullify({ view: 7 }), [1, 2, observer, twin]],
    ["a finalization goes to all, also to", finalize({ view: 7 }), everybody],
  ])("%s who has voted in a later view", async (_, body, expected) => {
    await voted(2, notarize({ view: 7 }));
    await voted(3, notarize({ view: 8, parentView: 7 }));
    expect(await sentTo(body)).toEqual(expected);
  });
});

describe("a certificate of the epoch before", () => {
  test("goes to all who are in that epoch still, whatever they have seen of it", async () => {
    await lab.turn(epochs);
    expect(await sentTo(finalize({ view: 6 }))).toEqual(everybody);
  });

  test("goes to nobody who is in the next one", async () => {
    await lab.turn(epochs);
    lab.lab.standing = { ...lab.lab.standing, epoch: epoch(1), lastFinalView: view(0) };
    await lab.clock.advance(4_000);
    expect(await sentTo(finalize({ view: 9 }))).toEqual([]);
    expect(await sentTo(finalize({ view: 9, epoch: 1 }))).toEqual(everybody);
  });

  test("is not taken for one of this epoch: what peers have seen there says nothing here", async () => {
    await lab.turn(epochs);
    expect(await sentTo(notarize({ view: 6, epoch: 1 }))).toEqual(everybody);
  });

  test("is sent at once by a flush, with all others, in their order", async () => {
    for (const of of [7, 9, 8]) spread.send(certificate(nullify({ view: of })));
    spread.flush();
    expect(spread.size).toBe(0);
    await lab.clock.advance(1);
    expect(viewsAt(3)).toEqual([7, 9, 8]);
    await lab.clock.advance(1_000);
    expect(viewsAt(3)).toEqual([7, 9, 8]);
  });
});

describe("what is kept", () => {
  test("is so many certificates: the oldest goes at once when one more comes", async () => {
    for (let of = 7; of < 7 + spreadingMax; of += 1)
      spread.send(certificate(nullify({ view: of })));
    await lab.clock.advance(1);
    expect([holders(), spread.size]).toEqual([[], spreadingMax]);
    spread.send(certificate(nullify({ view: 500 })));
    expect(spread.size).toBe(spreadingMax);
    await lab.clock.advance(1);
    expect(everybody.map(viewsAt)).toEqual(everybody.map(() => [7]));
  });

  test("of senders are those of certificates that are new or wait", async () => {
    const body = notarize({ view: 7 });
    await give(body);
    spread.cameFrom(lab.peer(1), body);
    spread.cameFrom(lab.peer(2), notarize({ view: 7, epoch: 1 }));
    expect(await sentTo(body)).toEqual(everybody);
  });

  test("of senders are those of twice as many certificates", async () => {
    const body = (of: number) => nullify({ view: of });
    for (let of = 7; of <= 7 + 2 * spreadingMax; of += 1) spread.cameFrom(lab.peer(1), body(of));
    spread.send(certificate(body(6 + 2 * spreadingMax)));
    spread.send(certificate(body(7 + 2 * spreadingMax)));
    await lab.clock.advance(waitMs + 1);
    expect(viewsAt(1)).toEqual([7 + 2 * spreadingMax]);
    expect(viewsAt(2)).toEqual([6 + 2 * spreadingMax, 7 + 2 * spreadingMax]);
  });

  test("of senders is forgotten with each certificate that is sent, and by a flush", async () => {
    spread.cameFrom(lab.peer(1), nullify({ view: 7 }));
    spread.send(certificate(nullify({ view: 7 })));
    await lab.clock.advance(10);
    spread.send(certificate(nullify({ view: 8 })));
    await lab.clock.advance(10);
    spread.send(certificate(nullify({ view: 7 })));
    await lab.clock.advance(waitMs + 1);
    expect([viewsAt(1), viewsAt(2)]).toEqual([
      [8, 7],
      [7, 8, 7],
    ]);
    spread.cameFrom(lab.peer(1), nullify({ view: 9 }));
    spread.flush();
    await sentTo(nullify({ view: 9 }));
    expect(viewsAt(1)).toEqual([8, 7, 9]);
  });

  test("of senders is forgotten when nothing waits any more", async () => {
    spread.cameFrom(lab.peer(1), nullify({ view: 8 }));
    await sentTo(nullify({ view: 7 }));
    await sentTo(nullify({ view: 8 }));
    expect(viewsAt(1)).toEqual([7, 8]);
  });

  test("is one timer, and nothing after a stop", async () => {
    const { timers } = lab.clock;
    for (const of of [7, 8]) spread.send(certificate(nullify({ view: of })));
    expect(lab.clock.timers).toBe(timers + 1);
    spread.stop();
    expect([spread.size, lab.clock.timers]).toEqual([0, timers]);
    await lab.clock.advance(1_000);
    expect(holders()).toEqual([]);
  });
});

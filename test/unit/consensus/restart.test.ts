/**
 * What a journal restores, what is said again, and what must never happen twice.
 * @module
 */
import { describe, expect, test } from "vitest";
import { view } from "../../../src/protocol/ids.ts";
import { finalize, notarize, nullify, proposal, Scene, vote } from "./scene.ts";

const a = proposal(1, "a");
const b = proposal(2, "b");

describe("after a restart", () => {
  test("own notarize is said again, returns to the own tally, and is not verified anew", () => {
    const before = new Scene();
    before.announce(a);
    before.verified(a);
    const scene = before.restarted();
    expect(scene.started).toEqual(["enter 1", "again notarize 1 a"]);
    expect(scene.announce(a)).toEqual([]);
    const [x = 0] = scene.others(scene.leader(1));
    scene.vote(x, notarize(a));
    expect(scene.returned(notarize(a))).toEqual(["pass notarize 1 a", "certify 1 a"]);
  });

  test("own nullify returns to the own tally: a whole network that crashed at once goes on", () => {
    const before = new Scene();
    before.work();
    before.pass(1_000);
    const scene = before.restarted();
    expect(scene.started).toEqual(["enter 1", "again nullify 1"]);
    const [x = 0, y = 0] = scene.others(scene.leader(1));
    scene.vote(x, nullify(1));
    scene.vote(y, nullify(1));
    expect(scene.returned(nullify(1))).toEqual(["pass nullify 1", "enter 2"]);
  });

  test("a nullified view is neither notarized nor finalized", () => {
    const before = new Scene();
    before.announce(a);
    before.pass(2_000);
    const scene = before.restarted();
    expect(scene.announce(a)).toEqual([]);
    expect(scene.certify(a)).toEqual(["pass notarize 1 a", "certify 1 a", "enter 2"]);
  });

  test("another proposal for a view already voted in is not verified", () => {
    const before = new Scene();
    before.announce(a);
    before.verified(a);
    const scene = before.restarted();
    expect(scene.announce(proposal(1, "other"))).toEqual([]);
    expect(scene.verified(proposal(1, "other"))).toEqual([]);
  });

  test("a leader never proposes twice in a view that it voted in", () => {
    const before = new Scene({ self: new Scene().leader(1) });
    before.work();
    before.give({ kind: "proposed", view: view(1), blockId: a.blockId });
    const scene = before.restarted();
    expect(scene.started).toEqual(["enter 1", "again notarize 1 a"]);
    expect(scene.work()).toEqual([]);
    expect(scene.pass(2_000)).toContain("nullify 1");
  });

  test("what is journaled as certified is not certified again", () => {
    const before = new Scene();
    before.certify(a);
    const scene = before.restarted();
    expect(scene.started).toEqual(["enter 2", "again finalize 1 a"]);
    expect(scene.consensus.highestCertified).toEqual(a);
    expect(scene.announce(b)).toEqual(["verify 2 b on 1"]);
  });

  test("failed certification is remembered", () => {
    const before = new Scene();
    before.receive(notarize(a));
    before.certified(a, "failed");
    before.receive(nullify(1));
    const scene = before.restarted();
    expect(scene.started).toEqual(["enter 2", "again nullify 1"]);
    expect(scene.announce(proposal(2, "b", 1))).toContain("because ancestry-invalid");
  });

  test("a certify without a result is asked for again", () => {
    const before = new Scene();
    before.receive(notarize(a));
    const scene = before.restarted();
    expect(scene.started).toEqual(["enter 1", "certify 1 a"]);
    expect(scene.certified(a)).toEqual(["finalize 1 a", "enter 2"]);
  });

  test("a certified view whose finalize vote was cut off is finalized", () => {
    const before = new Scene();
    before.certify(a);
    const entries = before.journal.filter(({ kind }) => kind !== "vote");
    const scene = before.restarted({ entries });
    expect(scene.started).toEqual(["enter 2", "finalize 1 a"]);
  });

  test("a finalization that the ledger did not get is handed to it again", () => {
    const before = new Scene();
    before.receive(finalize(b));
    expect(before.restarted().started).toEqual(["final 2 b", "enter 3"]);
    expect(before.restarted({ lastFinal: b }).started).toEqual(["enter 3"]);
  });

  test("a ledger ahead of the journal is the floor", () => {
    const before = new Scene();
    before.announce(a);
    before.verified(a);
    const z = proposal(9, "z");
    const scene = before.restarted({ lastFinal: z });
    expect(scene.started).toEqual(["enter 10"]);
    expect(scene.consensus.lastFinalized).toEqual(z);
  });

  test("a conflict between the own vote and the certificate is still known", () => {
    const before = new Scene();
    before.announce(a);
    before.verified(a);
    before.receive(notarize(proposal(1, "other")));
    const scene = before.restarted();
    expect(scene.started).toContain("certify 1 other");
    expect(scene.certified(proposal(1, "other"))).toEqual(["enter 2"]);
  });

  test("an own nullify of the current view is repeated after retryInterval", () => {
    const before = new Scene();
    before.vote(before.leader(1), nullify(1));
    expect(before.restarted().pass(2_000)).toEqual(["again nullify 1"]);
  });

  test("entries of another epoch are not ours", () => {
    const before = new Scene();
    before.certify(a);
    const entries = before.journal.map((entry) =>
      entry.kind === "vote" ? { ...entry, body: { ...entry.body, epoch: 7 as never } } : entry,
    );
    expect(before.restarted({ entries }).started).toEqual(["enter 2", "finalize 1 a"]);
  });

  test("nothing is said again before voting is allowed", () => {
    const before = new Scene();
    before.announce(a);
    before.verified(a);
    const scene = before.restarted({ mayVote: false });
    expect(scene.started).toEqual(["enter 1"]);
    scene.consensus.setMayVote(true);
    expect(scene.give({ kind: "retry" })).toEqual(["again notarize 1 a"]);
  });
});

describe("a pruned journal", () => {
  test("still holds that a view was nullified until something above it is final", () => {
    const before = new Scene();
    before.vote(before.leader(1), nullify(1));
    before.receive(finalize(a)); // The others finalized the view that we nullified.
    expect(before.consensus.journalKeep()).toContainEqual({ kind: "vote", body: nullify(1) });
    const again = before.restarted({ lastFinal: a, entries: before.consensus.journalKeep() });
    expect(again.consensus.journalKeep()).toContainEqual({ kind: "vote", body: nullify(1) });
    before.receive(finalize(b));
    expect(before.consensus.journalKeep()).not.toContainEqual({ kind: "vote", body: nullify(1) });
  });

  test("leads to the same standing as the whole one", () => {
    const before = new Scene();
    before.certify(a);
    before.receive(finalize(a));
    before.announce(b);
    before.verified(b);
    before.certify(b);
    before.receive(nullify(3));
    before.receive(notarize(proposal(3, "c")));
    before.vote(before.leader(4), nullify(4));
    const whole = before.restarted({ lastFinal: a });
    const pruned = before.restarted({ lastFinal: a, entries: before.consensus.journalKeep() });
    expect(pruned.started).toEqual(whole.started);
    expect(pruned.started.length).toBeGreaterThan(3);
    expect(pruned.consensus.bestCertificate()).toEqual(whole.consensus.bestCertificate());
    expect(pruned.consensus.lastFinalization).toEqual(whole.consensus.lastFinalization);
    expect(pruned.consensus.highestCertified).toEqual(whole.consensus.highestCertified);
  });
});

describe("an own vote that the journal does not hold", () => {
  test("is shown once, and stops us from voting for good", () => {
    const scene = new Scene();
    expect(scene.consensus.wantsVote(vote(scene.self, nullify(1)))).toBe(true);
    expect(scene.returned(nullify(1))).toEqual(["stranger nullify 1"]);
    expect(scene.returned(nullify(1))).toEqual([]);
    expect(scene.consensus.wantsVote(vote(scene.self, nullify(1)))).toBe(false);
    expect(scene.consensus.mayVote).toBe(false);
    scene.consensus.setMayVote(true);
    expect(scene.announce(a)).toEqual([]);
    expect(scene.pass(60_000)).toEqual([]);
  });

  test("is noticed inside a certificate too, and not counted as ours", () => {
    const scene = new Scene();
    const { signatures } = scene.certificate(nullify(1));
    const own = vote(scene.self, nullify(1));
    const forged = [...signatures.slice(0, 2), { signer: own.signer, signature: own.signature }];
    const lines = scene.give({
      kind: "certificate",
      certificate: { ...scene.certificate(nullify(1)), signatures: forged },
    });
    expect(lines).toEqual(["stranger nullify 1", "pass nullify 1", "enter 2"]);
    expect(scene.consensus.ownVotesAbove(view(0))).toEqual([]);
  });

  test("for another block than the journal's is one", () => {
    const scene = new Scene();
    scene.announce(a);
    scene.verified(a);
    expect(scene.returned(notarize(proposal(1, "other")))).toEqual(["stranger notarize 1 other"]);
  });

  test("at or below the last final view at start may have been pruned: nothing happens", () => {
    const scene = new Scene({ lastFinal: b });
    expect(scene.consensus.wantsVote(vote(scene.self, nullify(2)))).toBe(false);
    expect(scene.returned(nullify(2))).toEqual([]);
    expect(scene.consensus.mayVote).toBe(true);
  });
});

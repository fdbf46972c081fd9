/**
 * What certificates do: certify, enter, finalize; formed from votes or received.
 * @module
 */
import { describe, expect, test } from "vitest";
import { view } from "../../../src/protocol/ids.ts";
import { certificate, finalize, notarize, nullify, proposal, Scene, vote } from "./scene.ts";

const a = proposal(1, "a");

describe("a notarization", () => {
  test("forms at the quorum, is journaled, passed on once, and certified", () => {
    const scene = new Scene();
    const [x = 0, y = 0, z = 0] = scene.others();
    scene.vote(x, notarize(a));
    scene.vote(y, notarize(a));
    const lines = scene.vote(z, notarize(a));
    expect(lines.slice(0, 2)).toEqual(["pass notarize 1 a", "certify 1 a"]);
    expect(scene.journal.map(({ kind }) => kind)).toEqual(["certificate"]);
    expect(scene.receive(notarize(a))).toEqual([]);
  });

  test("counts the own vote only when it is given back", () => {
    const scene = new Scene();
    const [x = 0, y = 0] = scene.others(scene.leader(1));
    scene.announce(a);
    scene.vote(x, notarize(a));
    expect(scene.verified(a)).toEqual(["notarize 1 a"]);
    expect(scene.returned(notarize(a))).toEqual(["pass notarize 1 a", "certify 1 a"]);
    expect(scene.vote(y, notarize(a))).toEqual([]);
  });

  test("moves to the next view only after certify, with the finalize vote", () => {
    const scene = new Scene();
    expect(scene.receive(notarize(a))).toEqual(["pass notarize 1 a", "certify 1 a"]);
    expect(scene.view).toBe(1);
    expect(scene.certified(a)).toEqual(["finalize 1 a", "enter 2"]);
    expect(scene.journal.map(({ kind }) => kind)).toEqual(["certificate", "certified", "vote"]);
    expect(scene.consensus.highestCertified).toEqual(a);
  });

  test("of a later view moves us there only after certify", () => {
    const scene = new Scene();
    const z = proposal(70, "z", 3);
    scene.receive(notarize(z));
    expect(scene.view).toBe(1);
    expect(scene.certified(z)).toEqual(["finalize 70 z", "enter 71"]);
  });

  test("certify later is asked again on retry and on certificates", () => {
    const scene = new Scene();
    scene.receive(notarize(a));
    expect(scene.certified(a, "later")).toEqual([]);
    expect(scene.give({ kind: "retry" })).toEqual(["certify 1 a"]);
    scene.certified(a, "later");
    expect(scene.receive(nullify(4))).toContain("certify 1 a");
  });

  test("certify later is asked again with every repetition, should the host have missed a change", () => {
    const scene = new Scene();
    scene.receive(notarize(a));
    scene.certified(a, "later");
    scene.pass(2_000);
    expect(scene.pass(2_000)).toEqual(["again nullify 1", "certify 1 a"]);
  });

  test("pending certification nullifies on timeout", () => {
    const scene = new Scene();
    scene.receive(notarize(a));
    expect(scene.pass(1_999)).toEqual([]);
    expect(scene.pass(1)).toEqual(["nullify 1", "because certification-timeout"]);
  });

  test("certify failed nullifies at once, and is journaled", () => {
    const scene = new Scene();
    scene.receive(notarize(a));
    expect(scene.certified(a, "failed")).toEqual(["nullify 1", "because certification-failed"]);
    expect(scene.journal).toContainEqual({ kind: "certified", proposal: a, ok: false });
    expect(scene.certified(a)).toEqual([]);
  });

  test("conflicting with the proposal replaces it and marks the view equivocated", () => {
    const scene = new Scene();
    const b = proposal(1, "b");
    scene.announce(a);
    const [x = 0, y = 0] = scene.others(scene.leader(1));
    const other = certificate(
      notarize(b),
      [x, y, scene.self === 3 ? 2 : 3].filter((s) => s !== scene.leader(1)),
    );
    scene.give({ kind: "certificate", certificate: other });
    expect(scene.consensus.proposalOf(view(1))).toEqual(b);
    expect(scene.verified(a)).toEqual([]);
    expect(scene.certified(b)).toEqual(["enter 2"]); // Certified, but no finalize vote.
  });

  test("conflicting with the own proposal drops it", () => {
    const scene = new Scene({ self: new Scene().leader(1) });
    const b = proposal(1, "b");
    scene.work();
    scene.receive(notarize(b));
    expect(scene.give({ kind: "proposed", view: view(1), blockId: a.blockId })).toEqual([]);
    expect(scene.certified(b)).toEqual(["finalize 1 b", "enter 2"]);
  });

  test("the leader's other vote after the certificate marks the view too", () => {
    const scene = new Scene();
    const signers = scene.others(scene.leader(1));
    scene.give({
      kind: "certificate",
      certificate: certificate(notarize(a), [...signers, scene.leader(1)]),
    });
    const lines = scene.announce(proposal(1, "b"));
    expect(lines).toEqual([`fault ${scene.leader(1)}: notarize 1 a, notarize 1 b`]);
    expect(scene.certified(a)).toEqual(["enter 2"]);
  });
});

describe("a nullification", () => {
  test("forms at the quorum, is journaled, passed on once, and enters the next view", () => {
    const scene = new Scene();
    const followers = scene.others(scene.leader(1));
    for (const signer of followers) expect(scene.vote(signer, nullify(1))).toEqual([]);
    const lines = scene.vote(scene.leader(1), nullify(1));
    expect(lines.filter((l) => l.startsWith("pass") || l.startsWith("enter"))).toEqual([
      "pass nullify 1",
      "enter 2",
    ]);
    expect(scene.receive(nullify(1))).toEqual([]);
  });

  test("of any later view moves us there at once", () => {
    const scene = new Scene();
    expect(scene.receive(nullify(1_000))).toEqual(["pass nullify 1000", "enter 1001"]);
  });

  test("does not cancel a running certify; the finalize vote follows if we did not nullify", () => {
    const scene = new Scene();
    scene.receive(notarize(a));
    expect(scene.receive(nullify(1))).toEqual(["pass nullify 1", "enter 2"]);
    expect(scene.certified(a)).toEqual(["finalize 1 a"]);
    expect(scene.consensus.highestCertified.view).toBe(1);
  });

  test("after the own nullify, a certified view gets no finalize vote", () => {
    const scene = new Scene();
    scene.receive(notarize(a));
    scene.pass(2_000);
    expect(scene.certified(a)).toEqual(["enter 2"]);
  });

  test("late notarization after nullification certifies", () => {
    const scene = new Scene();
    scene.receive(nullify(1));
    expect(scene.receive(notarize(a))).toEqual(["pass notarize 1 a", "certify 1 a"]);
    expect(scene.certified(a)).toEqual(["finalize 1 a"]);
  });
});

describe("a finalization", () => {
  test("forms at the quorum and makes the block final, without a notarization", () => {
    const scene = new Scene();
    const [x = 0, y = 0, z = 0] = scene.others();
    scene.vote(x, finalize(a));
    scene.vote(y, finalize(a));
    expect(scene.vote(z, finalize(a))).toEqual(["pass finalize 1 a", "final 1 a", "enter 2"]);
    expect(scene.consensus.lastFinalized).toEqual(a);
    expect(scene.consensus.highestCertified).toEqual(a);
  });

  test("cancels certifies at and below it", () => {
    const scene = new Scene();
    const b = proposal(2, "b");
    scene.receive(notarize(a));
    scene.receive(notarize(b));
    scene.receive(finalize(b));
    const entries = scene.journal.length;
    expect(scene.certified(a)).toEqual([]);
    expect(scene.certified(b)).toEqual([]);
    expect(scene.journal.length).toBe(entries);
    expect(scene.give({ kind: "retry" })).toEqual([]);
  });

  test("of a later view moves us there, ancestors and all", () => {
    const scene = new Scene();
    expect(scene.receive(finalize(proposal(50, "z", 48)))).toEqual([
      "pass finalize 50 z",
      "final 50 z",
      "enter 51",
    ]);
  });

  test("of an old view changes nothing", () => {
    const scene = new Scene();
    scene.receive(finalize(proposal(50, "z", 48)));
    expect(scene.receive(finalize(a))).toEqual([]);
    expect(scene.receive(nullify(50))).toEqual([]);
    expect(scene.receive(notarize(proposal(50, "z", 48)))).toEqual([]);
  });

  test("a parent may be final without ever having been notarized here", () => {
    const scene = new Scene();
    scene.receive(finalize(a));
    expect(scene.announce(proposal(2, "b"))).toEqual(["verify 2 b on 1"]);
  });
});

describe("faults", () => {
  test("conflicting finalize votes are shown once, also after the view is final", () => {
    const scene = new Scene();
    const [x = 0] = scene.others();
    scene.vote(x, finalize(a));
    scene.receive(finalize(a));
    const lines = scene.vote(x, finalize(proposal(1, "b")));
    expect(lines).toEqual([`fault ${x}: finalize 1 a, finalize 1 b`]);
    expect(scene.vote(x, finalize(proposal(1, "c")))).toEqual([]);
  });

  test("a vote against one inside a certificate is a fault", () => {
    const scene = new Scene();
    const received = scene.certificate(finalize(a));
    const signer = received.signatures[0]?.signer ?? -1;
    scene.give({ kind: "certificate", certificate: received });
    expect(scene.vote(signer, nullify(1))).toEqual([`fault ${signer}: finalize 1 a, nullify 1`]);
  });

  test("of the other epoch or beyond the window nothing is counted", () => {
    const scene = new Scene();
    const [x = 0] = scene.others();
    const elsewhere = { ...nullify(1), epoch: 1 as never };
    expect(scene.consensus.wantsVote(vote(x, elsewhere))).toBe(false);
    expect(scene.consensus.wantsVote(vote(x, nullify(2)))).toBe(true);
    expect(scene.consensus.wantsVote(vote(x, nullify(3)))).toBe(false);
    scene.vote(x, nullify(3));
    expect(scene.consensus.lastVoteView(x as never)).toBe(0);
  });
});

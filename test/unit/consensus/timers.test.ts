/**
 * When a view is given up, what is repeated, and when nothing happens at all.
 * @module
 */
import { describe, expect, test } from "vitest";
import { view } from "../../../src/protocol/ids.ts";
import { certificate, finalize, notarize, nullify, proposal, Scene } from "./scene.ts";

const a = proposal(1, "a");

describe("the timers of a view", () => {
  test("do not start in an idle view before idleInterval", () => {
    const scene = new Scene();
    expect(scene.pass(10_999)).toEqual([]);
    expect(scene.pass(1)).toEqual(["nullify 1", "because leader-timeout"]);
  });

  test("start with work: no proposal for leaderTimeout", () => {
    const scene = new Scene();
    scene.pass(300);
    scene.work();
    expect(scene.pass(999)).toEqual([]);
    expect(scene.pass(1)).toEqual(["nullify 1", "because leader-timeout"]);
  });

  test("once started do not stop when work goes away", () => {
    const scene = new Scene();
    scene.work();
    scene.noWork();
    expect(scene.pass(1_000)).toEqual(["nullify 1", "because leader-timeout"]);
  });

  test("a proposal cancels the leader's, and the certification timer goes on from the same moment", () => {
    const scene = new Scene();
    scene.work();
    scene.pass(900);
    scene.announce(a);
    scene.verified(a);
    expect(scene.pass(1_099)).toEqual([]);
    expect(scene.pass(1)).toContain("nullify 1");
  });

  test("are fresh in the next view", () => {
    const scene = new Scene();
    scene.work();
    scene.pass(900);
    scene.receive(nullify(1));
    scene.work();
    expect(scene.pass(999)).toEqual([]);
    expect(scene.pass(1)).toEqual(["nullify 2", "because leader-timeout"]);
  });

  test("are of the current view only: a view left is not nullified", () => {
    const scene = new Scene();
    scene.announce(a);
    scene.certify(a);
    expect(scene.pass(5_000)).toEqual([]);
  });

  test("give up at most once, and always move on", () => {
    const scene = new Scene();
    scene.work();
    const lines = scene.pass(60_000);
    expect(lines.filter((l) => l === "nullify 1")).toEqual(["nullify 1"]);
  });
});

describe("the leader's own nullify", () => {
  test("nullifies at once", () => {
    const scene = new Scene();
    expect(scene.vote(scene.leader(1), nullify(1))).toEqual([
      "nullify 1",
      "because leader-nullified",
    ]);
  });

  test("that came early takes effect on entering its view", () => {
    const scene = new Scene();
    expect(scene.vote(scene.leader(2), nullify(2))).toEqual([]);
    expect(scene.receive(nullify(1))).toContain("because leader-nullified");
  });

  test("nobody else's does", () => {
    const scene = new Scene();
    for (const signer of scene.others(scene.leader(1))) {
      expect(scene.vote(signer, nullify(1))).toEqual([]);
    }
  });
});

describe("a silent leader", () => {
  /** Leaves views up to `until` by certificates that the leader of `until + 1` never signs. */
  function withoutVotesOfLeader(until: number, settings = {}): Scene {
    const scene = new Scene({ count: 7, self: new Scene({ count: 7 }).leader(14), settings });
    const absent = scene.leader(until + 1);
    for (let v = 1; v <= until; v += 1) {
      for (const signer of scene.others(absent).slice(0, 5)) scene.vote(signer, nullify(v));
    }
    expect(scene.view).toBe(until + 1);
    return scene;
  }

  test("loses its view as soon as there is work", () => {
    const scene = withoutVotesOfLeader(5);
    expect(scene.pass(5_000)).toEqual([]); // Idle: nobody is judged by seconds.
    scene.work();
    expect(scene.pass(0)).toEqual(["nullify 6", "because leader-silent"]);
  });

  test("is not judged by fewer than skipViews views", () => {
    const scene = withoutVotesOfLeader(4);
    scene.work();
    expect(scene.pass(999)).toEqual([]);
  });

  test("is not silent after one vote in them", () => {
    const scene = withoutVotesOfLeader(5);
    scene.vote(scene.leader(6), nullify(3));
    scene.work();
    expect(scene.pass(999)).toEqual([]);
  });

  test("is not silent when its proposal is already here", () => {
    const scene = withoutVotesOfLeader(5);
    scene.announce(proposal(6, "f", 0));
    expect(scene.pass(999)).toEqual([]);
  });

  test("a vote inside a certificate is a vote seen", () => {
    const scene = new Scene({ count: 7, self: new Scene({ count: 7 }).leader(14) });
    for (let v = 1; v <= 5; v += 1) scene.receive(nullify(v));
    const voted = scene.certificate(nullify(5)).signatures.map(({ signer }) => signer);
    scene.work();
    const silent = !voted.includes(scene.leader(6));
    expect(scene.pass(0)).toEqual(silent ? ["nullify 6", "because leader-silent"] : []);
  });

  test("one is never silent to oneself", () => {
    const self = new Scene({ count: 7 }).leader(6);
    const scene = new Scene({ count: 7, self });
    for (let v = 1; v <= 5; v += 1) scene.receive(nullify(v));
    scene.work();
    expect(scene.pass(999)).toEqual([]);
  });

  test("views that we jumped over do not judge", () => {
    const scene = new Scene({ count: 7, self: new Scene({ count: 7 }).leader(14) });
    const signers = scene.others(scene.leader(41));
    for (let v = 2; v <= 40; v += 2) {
      scene.give({ kind: "certificate", certificate: certificate(nullify(v), signers) });
    }
    expect(scene.view).toBe(41);
    scene.work();
    expect(scene.pass(999)).toEqual([]);
  });
});

describe("repetition", () => {
  test("every retryInterval after nullify: the vote and the best entry certificate", () => {
    const scene = new Scene();
    scene.receive(nullify(1));
    scene.vote(scene.leader(2), nullify(2));
    expect(scene.pass(1_999)).toEqual([]);
    expect(scene.pass(1)).toEqual(["again nullify 2", "pass nullify 1"]);
    expect(scene.pass(2_000)).toEqual(["again nullify 2", "pass nullify 1"]);
  });

  test("the first nullify goes out alone", () => {
    const scene = new Scene();
    scene.receive(nullify(1));
    expect(scene.vote(scene.leader(2), nullify(2))).toEqual([
      "nullify 2",
      "because leader-nullified",
    ]);
  });

  test("in a view with work: all own votes above the last final view, and the best certificate", () => {
    const scene = new Scene();
    scene.announce(a);
    scene.verified(a);
    scene.certify(a);
    scene.pass(50);
    scene.work();
    const b = proposal(2, "b");
    scene.announce(b);
    scene.verified(b);
    const lines = scene.pass(2_000);
    expect(lines).toEqual([
      "again notarize 1 a",
      "again finalize 1 a",
      "again notarize 2 b",
      "pass notarize 1 a",
      "nullify 2",
      "because certification-timeout",
    ]);
  });

  test("in an idle view nothing is repeated", () => {
    const scene = new Scene();
    scene.announce(a);
    scene.verified(a);
    scene.certify(a);
    expect(scene.pass(9_000)).toEqual([]);
  });

  test("votes at or below the last final view are not repeated", () => {
    const scene = new Scene();
    scene.announce(a);
    scene.verified(a);
    scene.certify(a);
    scene.receive(finalize(a));
    expect(scene.consensus.ownVotesAbove(view(1))).toEqual([]);
    scene.announce(proposal(2, "b"));
    scene.work();
    expect(scene.pass(2_000).slice(0, 2)).toEqual(["pass finalize 1 a", "nullify 2"]);
  });

  test("a view both nullified and due for repetition says each thing once", () => {
    const scene = new Scene();
    scene.work();
    scene.vote(scene.leader(1), nullify(1));
    expect(scene.pass(2_000)).toEqual(["again nullify 1"]);
  });
});

describe("a validator that may not vote", () => {
  test("follows, with no deadline, and votes when it may", () => {
    const scene = new Scene({ mayVote: false });
    scene.announce(a);
    scene.receive(notarize(a));
    expect(scene.certified(a)).toEqual(["enter 2"]);
    expect(scene.consensus.deadlineMs).toBeUndefined();
    scene.consensus.setMayVote(true);
    expect(scene.give({ kind: "retry" })).toEqual(["finalize 1 a"]);
  });

  test("gets the view's full time once it may", () => {
    const scene = new Scene({ mayVote: false });
    scene.work();
    scene.pass(5_000);
    scene.consensus.setMayVote(true);
    scene.give({ kind: "retry" });
    expect(scene.pass(999)).toEqual([]);
    expect(scene.pass(1)).toEqual(["nullify 1", "because leader-timeout"]);
  });
});

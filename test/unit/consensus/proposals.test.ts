/**
 * From the leader's announcement to the own notarize, and the ancestry between.
 * @module
 */
import { describe, expect, test } from "vitest";
import { validatorIndex, view } from "../../../src/protocol/ids.ts";
import { notarize, nullify, proposal, Scene } from "./scene.ts";

const a = proposal(1, "a");

describe("a proposal", () => {
  test("of the current view is verified, then notarized", () => {
    const scene = new Scene();
    expect(scene.announce(a)).toEqual(["verify 1 a on 0"]);
    expect(scene.verified(a)).toEqual(["notarize 1 a"]);
    expect(scene.journal).toEqual([{ kind: "vote", body: notarize(a) }]);
  });

  test("of anybody but the leader is only a vote", () => {
    const scene = new Scene();
    const [other = 0] = scene.others(scene.leader(1));
    expect(scene.vote(other, notarize(a))).toEqual([]);
  });

  test("of the next view waits for that view", () => {
    const scene = new Scene();
    const b = proposal(2, "b", 0);
    expect(scene.announce(b)).toEqual([]);
    expect(scene.receive(nullify(1))).toEqual(["pass nullify 1", "enter 2", "verify 2 b on 0"]);
  });

  test("that fails verification is nullified at once, and never notarized", () => {
    const scene = new Scene();
    scene.announce(a);
    expect(scene.verified(a, "invalid")).toEqual(["nullify 1", "because proposal-invalid"]);
    expect(scene.verified(a)).toEqual([]);
  });

  test("answered later stays pending and is asked again on retry, certificates and finalizations", () => {
    const scene = new Scene();
    scene.announce(a);
    expect(scene.verified(a, "later")).toEqual([]);
    expect(scene.give({ kind: "tick" })).toEqual([]);
    expect(scene.give({ kind: "retry" })).toEqual(["verify 1 a on 0"]);
    expect(scene.give({ kind: "retry" })).toEqual([]);
    scene.verified(a, "later");
    const far = notarize(proposal(9, "far"));
    expect(scene.receive(far)).toEqual(["pass notarize 9 far", "certify 9 far", "verify 1 a on 0"]);
    expect(scene.verified(a)).toEqual(["notarize 1 a"]);
  });

  test("only notarize before nullify", () => {
    const scene = new Scene();
    scene.announce(a);
    expect(scene.pass(2_000)).toEqual(["nullify 1", "because certification-timeout"]);
    expect(scene.verified(a)).toEqual([]);
  });

  test("verified late is still notarized after its view was left, if not nullified", () => {
    const scene = new Scene();
    scene.announce(a);
    expect(scene.certify(a)).toContain("enter 2");
    expect(scene.verified(a)).toEqual(["notarize 1 a"]);
  });

  test("verified after it became final is not notarized", () => {
    const scene = new Scene();
    scene.announce(a);
    scene.receive({ kind: "finalize", ...a });
    expect(scene.verified(a)).toEqual([]);
  });

  test("a verdict about another proposal changes nothing", () => {
    const scene = new Scene();
    scene.announce(a);
    expect(scene.verified(proposal(1, "b"))).toEqual([]);
    expect(scene.verified(a)).toEqual(["notarize 1 a"]);
  });

  test("a second proposal of the leader blocks notarize and does not replace the first", () => {
    const scene = new Scene();
    const b = proposal(1, "b");
    scene.announce(a);
    expect(scene.announce(b)).toEqual([`fault ${scene.leader(1)}: notarize 1 a, notarize 1 b`]);
    expect(scene.verified(a)).toEqual([]);
    expect(scene.consensus.proposalOf(view(1))).toEqual(a);
  });
});

test("a view that its leader equivocated before we entered is not verified at all", () => {
  const scene = new Scene();
  scene.announce(proposal(2, "b", 0));
  scene.announce(proposal(2, "other", 0));
  expect(scene.receive(nullify(1))).toEqual(["pass nullify 1", "enter 2"]);
});

describe("a leader that shows others another block", () => {
  const other = proposal(1, "other");

  test("has its vote shown to all, once, when somebody votes for the other block", () => {
    const scene = new Scene();
    scene.announce(a);
    const [first = 0, second = 0] = scene.others(scene.leader(1));
    const shown = `show ${scene.leader(1)}'s notarize 1 a`;
    expect(scene.vote(first, notarize(other))).toEqual([shown]);
    expect(scene.vote(second, notarize(other))).toEqual([]);
  });

  test("has it shown as soon as it comes, when votes for the other block were first", () => {
    const scene = new Scene();
    const [first = 0] = scene.others(scene.leader(1));
    expect(scene.vote(first, notarize(other))).toEqual([]);
    expect(scene.announce(a)[0]).toBe(`show ${scene.leader(1)}'s notarize 1 a`);
  });

  test("is proven faulty by whoever was shown the other one", () => {
    const scene = new Scene();
    scene.announce(other);
    const leader = scene.leader(1);
    const fault = `fault ${leader}: notarize 1 other, notarize 1 a`;
    expect(scene.vote(leader, notarize(a))).toEqual([fault]);
  });

  test("is left alone while all votes are for its block", () => {
    const scene = new Scene();
    scene.announce(a);
    const [first = 0] = scene.others(scene.leader(1));
    expect(scene.vote(first, notarize(a))).toEqual([]);
  });
});

describe("ancestry", () => {
  test("a parent at or above the view is invalid", () => {
    const scene = new Scene();
    expect(scene.announce(proposal(1, "a", 1))).toEqual(["nullify 1", "because ancestry-invalid"]);
  });

  test("a parent below the last final view is invalid", () => {
    const scene = new Scene();
    scene.receive({ kind: "finalize", ...a });
    expect(scene.announce(proposal(2, "b", 0))).toEqual(["nullify 2", "because ancestry-invalid"]);
  });

  test("every skipped view must be nullified; what is missing is fetched from the leader", () => {
    const scene = new Scene();
    scene.receive(nullify(2)); // We never saw how view 1 ended.
    const c = proposal(3, "c", 0);
    expect(scene.announce(c)).toEqual([`fetch 1 from ${scene.leader(3)}`]);
    expect(scene.consensus.isMissing(view(1))).toBe(true);
    expect(scene.receive(nullify(1))).toEqual(["pass nullify 1", "verify 3 c on 0"]);
    expect(scene.consensus.isMissing(view(1))).toBe(false);
  });

  test("the whole ancestry is checked again after each delivery", () => {
    const scene = new Scene();
    scene.receive(nullify(3));
    const d = proposal(5, "d", 1);
    scene.receive(nullify(4));
    const from = scene.leader(5);
    expect(scene.announce(d)).toEqual([`fetch 1 from ${from}`, `fetch 2 from ${from}`]);
    expect(scene.receive(nullify(2))).toEqual(["pass nullify 2"]);
    expect(scene.receive(notarize(a))).toEqual(["pass notarize 1 a", "certify 1 a"]);
    expect(scene.certified(a, "later")).toEqual([]);
    expect(scene.give({ kind: "retry" })).toEqual(["certify 1 a"]);
    expect(scene.certified(a)).toEqual(["finalize 1 a", "verify 5 d on 1"]);
  });

  test("split views heal by the targeted fetch: the notarization of a view that we saw nullified", () => {
    const scene = new Scene();
    scene.receive(nullify(1));
    const b = proposal(2, "b", 1); // Its leader certified view 1 and never saw it nullified.
    expect(scene.announce(b)).toEqual([`fetch 1 from ${scene.leader(2)}`]);
    scene.receive(notarize(a));
    expect(scene.certified(a)).toEqual(["finalize 1 a", "verify 2 b on 1"]);
  });

  test("split views heal by the targeted fetch: the nullification of a view that we certified", () => {
    const scene = new Scene();
    scene.certify(a);
    const b = proposal(2, "b", 0); // Its leader saw view 1 nullified and never certified it.
    expect(scene.announce(b)).toEqual([`fetch 1 from ${scene.leader(2)}`]);
    expect(scene.receive(nullify(1))).toEqual(["pass nullify 1", "verify 2 b on 0"]);
  });

  test("nothing is built on what failed to certify", () => {
    const scene = new Scene();
    scene.receive(notarize(a));
    scene.certified(a, "failed");
    scene.receive(nullify(1));
    expect(scene.announce(proposal(2, "b", 1))).toEqual(["nullify 2", "because ancestry-invalid"]);
  });

  test("what the next leader's proposal misses too is fetched from that leader", () => {
    const scene = new Scene({ self: new Scene().leader(1) });
    scene.receive(nullify(2));
    scene.announce(proposal(3, "c", 0));
    scene.announce(proposal(4, "d", 0));
    expect(scene.receive(nullify(3))).toEqual([
      "pass nullify 3",
      "enter 4",
      `fetch 1 from ${scene.leader(4)}`,
    ]);
  });

  test("a fetch is repeated after retryInterval, and not before", () => {
    const scene = new Scene({
      settings: { certificationTimeoutMs: 1_500, retryIntervalMs: 1_500 },
    });
    scene.receive(nullify(2));
    scene.announce(proposal(3, "c", 0));
    expect(scene.give({ kind: "retry" })).toEqual([]);
    expect(scene.pass(1_499)).toEqual([]);
    expect(scene.pass(1)).toContain(`fetch 1 from ${scene.leader(3)}`);
  });
});

describe("leading", () => {
  const lead = (): Scene => new Scene({ self: new Scene().leader(1) });

  test("proposes at once when there is work, once, and notarizes its own block", () => {
    const scene = lead();
    expect(scene.started).toEqual(["enter 1"]);
    expect(scene.work()).toEqual(["propose 1 on 0"]);
    expect(scene.work()).toEqual([]);
    expect(scene.give({ kind: "proposed", view: view(1), blockId: a.blockId })).toEqual([
      "notarize 1 a",
    ]);
    expect(scene.returned(notarize(a))).toEqual([]);
  });

  test("proposes an empty block after idleInterval when there is none", () => {
    const scene = lead();
    expect(scene.pass(9_999)).toEqual([]);
    expect(scene.pass(1)).toEqual(["propose 1 on 0"]);
  });

  test("a declined block nullifies at once", () => {
    const scene = lead();
    scene.work();
    expect(scene.give({ kind: "proposed", view: view(1), blockId: undefined })).toEqual([
      "nullify 1",
      "because proposal-missing",
    ]);
  });

  test("a block that comes after the own nullify is not proposed", () => {
    const scene = lead();
    scene.work();
    expect(scene.pass(1_000)).toEqual(["nullify 1", "because leader-timeout"]);
    expect(scene.give({ kind: "proposed", view: view(1), blockId: a.blockId })).toEqual([]);
  });

  test("parent choice skips nullified views", () => {
    const scene = new Scene();
    scene.certify(a);
    scene.pass(100);
    scene.receive(nullify(2));
    scene.receive(nullify(3));
    expect(scene.work()).toEqual(["propose 4 on 1"]);
  });

  test("parent choice needs a nullification of every view between, and fetches it from anyone", () => {
    const scene = new Scene();
    scene.certify(a);
    scene.pass(100);
    expect(scene.receive(nullify(3))).toEqual(["pass nullify 3", "enter 4", "fetch 2 from anyone"]);
    expect(scene.work()).toEqual([]);
    expect(scene.receive(nullify(2))).toEqual(["pass nullify 2", "propose 4 on 1"]);
  });

  test("parent choice takes a notarization delivered late, once it is certified", () => {
    const scene = new Scene();
    scene.receive(nullify(3));
    scene.work();
    const c = proposal(3, "c", 0);
    scene.receive(notarize(c));
    scene.nowMs = 60;
    expect(scene.certified(c)).toEqual(["finalize 3 c", "propose 4 on 3"]);
  });

  test("keeps pacing from the parent's proposal, however long there has been work", () => {
    const scene = new Scene();
    scene.receive(nullify(2));
    const c = proposal(3, "c", 0);
    scene.announce(c);
    scene.nowMs = 20;
    scene.certify(c);
    expect(scene.work(0)).toEqual([]);
    expect(scene.pass(29)).toEqual([]);
    expect(scene.pass(1)).toEqual(["propose 4 on 3"]);
  });

  test("the host may waive pacing", () => {
    const scene = new Scene();
    scene.receive(nullify(2));
    const c = proposal(3, "c", 0);
    scene.announce(c);
    scene.certify(c);
    expect(scene.work(0, 0)).toEqual(["propose 4 on 3"]);
  });

  test("work that begins later is waited for, and may go away", () => {
    const scene = lead();
    expect(scene.work(50)).toEqual([]);
    expect(scene.pass(49)).toEqual([]);
    scene.noWork();
    expect(scene.pass(100)).toEqual([]);
    scene.work(200);
    expect(scene.pass(51)).toEqual(["propose 1 on 0"]);
  });

  test("work of an earlier view is not work of this one", () => {
    const scene = new Scene();
    scene.receive(nullify(2));
    scene.work();
    scene.certify(proposal(3, "c", 0));
    expect(scene.give({ kind: "work", view: view(3), sinceMs: 0 })).toEqual([]);
    expect(scene.pass(100)).toEqual([]);
  });

  test("an observer neither proposes nor votes, and follows", () => {
    const scene = new Scene({ self: "observer" });
    expect(scene.announce(a)).toEqual([]);
    expect(scene.certify(a)).toEqual(["pass notarize 1 a", "certify 1 a", "enter 2"]);
    expect(scene.work()).toEqual([]);
    expect(scene.consensus.deadlineMs).toBeUndefined();
    expect(scene.receive({ kind: "finalize", ...a })).toEqual(["pass finalize 1 a", "final 1 a"]);
  });
});

test("leaders take turns: n views in a row have n leaders", () => {
  const scene = new Scene();
  const leaders = [1, 2, 3, 4].map((v) => scene.leader(v));
  expect(new Set(leaders)).toEqual(new Set([0, 1, 2, 3].map(validatorIndex)));
  expect(scene.leader(5)).toBe(scene.leader(1));
});

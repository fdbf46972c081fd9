/**
 * The questions that the host asks: what helps, what to hand on, what is remembered.
 * @module
 */
import { describe, expect, test } from "vitest";
import { defaultConsensusSettings } from "../../../src/consensus/settings.ts";
import { validatorIndex, view } from "../../../src/protocol/ids.ts";
import { finalize, notarize, nullify, proposal, Scene, vote } from "./scene.ts";

const a = proposal(1, "a");

describe("wantsVote", () => {
  test("until the slot of signer, kind and view is taken", () => {
    const scene = new Scene();
    const [x = 0] = scene.others();
    expect(scene.consensus.wantsVote(vote(x, notarize(a)))).toBe(true);
    scene.vote(x, notarize(a));
    expect(scene.consensus.wantsVote(vote(x, notarize(a)))).toBe(false);
    expect(scene.consensus.wantsVote(vote(x, nullify(1)))).toBe(true);
  });

  test("not for votes that came in a certificate", () => {
    const scene = new Scene();
    const received = scene.certificate(notarize(a));
    scene.give({ kind: "certificate", certificate: received });
    const signer = received.signatures[0]?.signer ?? -1;
    expect(scene.consensus.wantsVote(vote(signer, notarize(a)))).toBe(false);
  });

  test("from viewRetention below the last final view to one above the current", () => {
    const scene = new Scene();
    const [x = 0] = scene.others();
    scene.receive(finalize(proposal(30, "z")));
    const wanted = [18, 19, 20, 31, 32, 33].filter((v) =>
      scene.consensus.wantsVote(vote(x, nullify(v))),
    );
    expect(wanted).toEqual([20, 31, 32]);
  });

  test("never of a signer that does not exist", () => {
    expect(new Scene().consensus.wantsVote(vote(4, nullify(1)))).toBe(false);
  });
});

describe("wantsCertificate", () => {
  test("each kind once, for any view above the last final one", () => {
    const scene = new Scene();
    expect(scene.consensus.wantsCertificate(nullify(1_000_000))).toBe(true);
    scene.receive(nullify(1));
    expect(scene.consensus.wantsCertificate(nullify(1))).toBe(false);
    expect(scene.consensus.wantsCertificate(notarize(a))).toBe(true);
    scene.receive(finalize(a));
    expect(scene.consensus.wantsCertificate(finalize(a))).toBe(false);
    expect(scene.consensus.wantsCertificate(notarize(a))).toBe(false);
  });
});

describe("bestCertificate", () => {
  test("is nothing before the first", () => {
    expect(new Scene().consensus.bestCertificate()).toBeUndefined();
  });

  test("is the finalization when nothing is above it", () => {
    const scene = new Scene();
    scene.certify(a);
    expect(scene.consensus.bestCertificate()?.subject.kind).toBe("notarize");
    scene.receive(finalize(a));
    expect(scene.consensus.bestCertificate()?.subject.kind).toBe("finalize");
  });

  test("prefers the nullification to the notarization of the view before", () => {
    const scene = new Scene();
    scene.certify(a);
    scene.receive(nullify(1));
    expect(scene.consensus.bestCertificate()?.subject).toEqual(nullify(1));
  });
});

describe("certificateFor", () => {
  test("answers with a finalization at or above, the certified notarization, or the nullification", () => {
    const scene = new Scene();
    const b = proposal(2, "b");
    scene.receive(finalize(a));
    scene.receive(notarize(b));
    expect(scene.consensus.certificateFor(view(2))).toBeUndefined();
    scene.certified(b);
    scene.receive(nullify(3));
    const kinds = [0, 1, 2, 3, 4].map((v) => scene.consensus.certificateFor(view(v))?.subject.kind);
    expect(kinds).toEqual(["finalize", "finalize", "notarize", "nullify", undefined]);
  });
});

describe("what is remembered", () => {
  test("the newest votes of a validator, to be handed back", () => {
    const scene = new Scene();
    const [x = 0] = scene.others();
    scene.vote(x, nullify(1));
    scene.vote(x, nullify(2));
    scene.vote(x, notarize(proposal(2, "b")));
    const kinds = scene.consensus.votesOf(validatorIndex(x)).map(({ body }) => body.kind);
    expect(kinds.toSorted()).toEqual(["notarize", "nullify"]);
    expect(scene.consensus.lastVoteView(validatorIndex(x))).toBe(2);
  });

  test("the newest view of a validator, whatever comes late", () => {
    const scene = new Scene();
    const [x = 0] = scene.others();
    scene.vote(x, nullify(2));
    scene.vote(x, nullify(1));
    expect(scene.consensus.lastVoteView(validatorIndex(x))).toBe(2);
  });

  test("views below the window are forgotten", () => {
    const scene = new Scene();
    scene.certify(a);
    scene.receive(finalize(proposal(11, "k")));
    expect(scene.consensus.proposalOf(view(1))).toEqual(a);
    scene.receive(finalize(proposal(12, "l")));
    expect(scene.consensus.proposalOf(view(1))).toBeUndefined();
  });

  test("own votes are repeated of a bounded number of views", () => {
    const scene = new Scene();
    for (let v = 1; v <= 200; v += 1) scene.certify(proposal(v, `p${v}`));
    expect(scene.consensus.ownVotesAbove(view(0)).length).toBe(64);
  });
});

test.each([
  ["pacing", { pacingMs: 1_000 }],
  ["leader", { leaderTimeoutMs: 2_000 }],
  ["certification", { certificationTimeoutMs: 2_001 }],
  ["retry", { retryIntervalMs: 10_000 }],
  ["skip views", { skipViews: 11 }],
])("contradictory settings are refused: %s", (_, settings) => {
  expect(() => new Scene({ settings })).toThrow("invariant violated");
  expect(() => new Scene({ settings: defaultConsensusSettings })).not.toThrow();
});

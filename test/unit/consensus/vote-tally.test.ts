/**
 * The tally counts each validator once, says quorum once, and notices every fault once.
 * @module
 */
import { describe, expect, test } from "vitest";
import { VoteTally } from "../../../src/consensus/vote-tally.ts";
import { finalize, notarize, nullify, proposal, vote } from "./scene.ts";

const a = notarize(proposal(1, "a"));
const b = notarize(proposal(1, "b"));

describe("VoteTally", () => {
  test("says quorum at exactly the third of four votes", () => {
    const tally = new VoteTally({ quorum: 3 });
    expect(tally.add(vote(2, a)).standing).toBe("added");
    expect(tally.add(vote(0, a)).standing).toBe("added");
    expect(tally.add(vote(0, a)).standing).toBe("duplicate");
    const counted = tally.add(vote(1, a));
    expect(counted.standing).toBe("quorum");
    expect(counted.votes.map(({ signer }) => signer)).toEqual([2, 0, 1]);
    expect(tally.add(vote(3, a)).standing).toBe("added");
  });

  test("does not count a second, different vote, and shows it as a fault once", () => {
    const tally = new VoteTally({ quorum: 2 });
    tally.add(vote(0, a));
    expect(tally.wants(vote(0, b))).toBe(true);
    const counted = tally.add(vote(0, b));
    expect(counted.standing).toBe("conflict");
    expect(counted.fault?.first.body).toEqual(a);
    expect(counted.fault?.second.body).toEqual(b);
    expect(tally.wants(vote(0, b))).toBe(false);
    expect(tally.add(vote(0, b)).fault).toBeUndefined();
    expect(tally.add(vote(1, b)).standing).toBe("added");
  });

  test("another parent for the same block is a conflicting notarize", () => {
    const tally = new VoteTally({ quorum: 3 });
    tally.add(vote(0, notarize(proposal(5, "a", 4))));
    expect(tally.add(vote(0, notarize(proposal(5, "a", 3)))).fault).toBeDefined();
  });

  test("nullify and finalize of one signer is a fault, in either order, once", () => {
    const final = finalize(proposal(1, "a"));
    const first = new VoteTally({ quorum: 3 });
    first.add(vote(0, nullify(1)));
    expect(first.add(vote(0, final)).fault?.first.body.kind).toBe("nullify");
    const second = new VoteTally({ quorum: 3 });
    second.add(vote(0, final));
    expect(second.add(vote(0, nullify(1))).fault?.first.body.kind).toBe("finalize");
    expect(second.add(vote(0, finalize(proposal(1, "b")))).fault?.first.body.kind).toBe("finalize");
  });

  test("notarize and nullify of one signer is legal", () => {
    const tally = new VoteTally({ quorum: 3 });
    tally.add(vote(0, a));
    expect(tally.add(vote(0, nullify(1))).fault).toBeUndefined();
  });
});

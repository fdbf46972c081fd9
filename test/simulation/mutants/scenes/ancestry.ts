/**
 * Scenes around ancestry, the proposal slot and certify: what may be built on, and that nobody waits for ever.
 * @module
 */
import type { Certificate, Proposal } from "../../../../src/protocol/vote.ts";
import type { Scene } from "./finding.ts";
import {
  certificationTimeoutMs,
  finalizeUnseen,
  forkingProposal,
  leaderTimeoutMs,
  leadView1,
  numbersOf,
  proposalOf,
  scripted,
} from "./scripted.ts";
import type { SmallWorld } from "./small-world.ts";

/** Longer than messages take; far less than any timer. */
const atOnceMs = 300;

/**
 * View 1 is notarized and nullified: 1 and 2 hold its notarization and have certified it; 3 has left it by the
 * nullification. Then 2 proposes on it. `seesNotarization`: 3 holds it too, and is asked to certify it.
 */
function leaveView1InTwoWays(world: SmallWorld, seesNotarization: boolean): void {
  const node = world.node(3);
  node.slow.add("certify");
  world.deliver({ kind: "notarize", from: [1], to: [2, 3] });
  world.pass(certificationTimeoutMs);
  world.deliver({ kind: "notarize", to: [1, 2] });
  if (seesNotarization) world.deliver({ kind: "notarize", to: [3] });
  world.deliver({ kind: "nullify", to: [3] });
  const nullify = world.nullify(1);
  world.hand(node, world.vote(4, nullify));
  world.drop({ view: 1, kind: "certificate" });
  if (!seesNotarization) world.drop({ view: 1, kind: "notarize" });
  world.pass(60);
}

const split7 = { validators: 7, liars: [1] };

/**
 * The liar shows 2 one block, and 3 to 7 another, which they notarize; it does not sign that itself, so that 2 learns of
 * it from their certificate only.
 */
function notarizeAnother(world: SmallWorld): {
  readonly first: Proposal;
  readonly certificate: Certificate;
} {
  world.node(2).slow.add("verify");
  const first = forkingProposal(world, 1);
  const second = forkingProposal(world, 1);
  const others = [3, 4, 5, 6, 7];
  world.announce(1, first, [2]);
  world.announce(1, second, others);
  world.node(2).holds.add(second.blockId);
  const votes = others.map((number) => world.vote(number, { kind: "notarize", ...second }));
  return { first, certificate: world.certificate(votes) };
}

/** Nobody votes for this, and no honest leader proposes it: the view must be given up at once. */
function demandGivenUp(world: SmallWorld, of: number): void {
  const isOver = world.flow(atOnceMs, () =>
    world.nodes.every(({ consensus }) => consensus.view > of),
  );
  world.demand(isOver, `view ${of} goes on though its leader proposed what nobody can vote for`);
}

export const ancestryScenes: readonly Scene[] = [
  scripted("a liar builds on its own view", { liars: [1] }, (world) => {
    world.announce(1, world.proposal(1, 1, world.block(world.boundary, 1)), numbersOf(world.nodes));
    world.hand(world.node(2), world.vote(1, world.nullify(1)));
    demandGivenUp(world, 1);
  }),

  scripted("a liar builds below the last final block", { liars: [2] }, (world) => {
    finalizeUnseen(world);
    world.deliver({ view: 1 });
    world.announce(2, forkingProposal(world, 2), numbersOf(world.nodes));
    demandGivenUp(world, 2);
  }),

  scripted(
    "a leader builds on a block that another validator found unfit",
    { liars: [4] },
    (world) => {
      leaveView1InTwoWays(world, true);
      const node = world.node(3);
      world.answer(node, { kind: "certified", proposal: proposalOf(world, 1), result: "failed" });
      world.deliver({ kind: "notarize", view: 2, to: [3] });
      const hasGivenUp = node.consensus
        .ownVotesAbove(1 as never)
        .some(({ kind }) => kind === "nullify");
      world.demand(hasGivenUp, "a validator waits for a parent that it will never accept");
    },
  ),

  scripted(
    "a leader builds on a block whose bytes another validator lacks",
    { liars: [4] },
    (world) => {
      leaveView1InTwoWays(world, true);
      world.deliver({ kind: "notarize", view: 2, to: [3] });
    },
  ),

  scripted(
    "some left a view by its notarization, some by its nullification",
    { liars: [4] },
    (world) => {
      leaveView1InTwoWays(world, false);
      world.node(3).slow.clear();
      world.demandFinal(atOnceMs);
    },
  ),

  scripted("a view is nullified while its block is on the way", { liars: [4] }, (world) => {
    leaveView1InTwoWays(world, true);
    const node = world.node(3);
    node.slow.clear();
    world.answer(node, { kind: "certified", proposal: proposalOf(world, 1), result: "ok" });
    world.demandFinal(atOnceMs);
  }),

  scripted(
    "a leader that missed many views is told of the last one only",
    { liars: [1] },
    (world) => {
      const away = world.node(3);
      leadView1(world, 1);
      world.deliver({ kind: "notarize", view: 1, to: [2, 4] });
      world.hand(world.node(2), world.vote(1, { kind: "notarize", ...proposalOf(world, 1) }));
      world.hand(world.node(4), world.vote(1, { kind: "notarize", ...proposalOf(world, 1) }));
      // 2 and 4 have finalized view 1, which the liar can complete. They go on without it until view 6 is over.
      for (let of = 2; of <= 6; of += 1) {
        world.pass(60);
        world.drop({ kind: "notarize" });
        world.pass(leaderTimeoutMs + certificationTimeoutMs);
        world.deliver({ kind: "nullify", from: [2, 4], to: [2, 4] });
        for (const number of [2, 4])
          world.hand(world.node(number), world.vote(1, world.nullify(of)));
      }
      const votes = [1, 2, 4].map((number) => world.vote(number, world.nullify(6)));
      world.hand(away, world.certificate(votes));
      world.pass(60);
    },
  ),

  scripted("a quorum notarizes another block than the one being verified", split7, (world) => {
    const node = world.node(2);
    const { first, certificate } = notarizeAnother(world);
    world.hand(node, certificate);
    world.answer(node, { kind: "verified", proposal: first, verdict: "valid" });
    world.deliver({ kind: "notarize", from: [3, 4, 5, 6, 7], to: [3, 4, 5, 6, 7] });
  }),

  scripted("a quorum notarizes another block than the one that is verified", split7, (world) => {
    const node = world.node(2);
    const { first, certificate } = notarizeAnother(world);
    node.slow.add("certify");
    world.setMayVote(node, false);
    world.answer(node, { kind: "verified", proposal: first, verdict: "valid" });
    world.hand(node, certificate);
    world.setMayVote(node, true);
  }),

  scripted("a notarized block comes a little later", { liars: [1] }, (world) => {
    const first = world.proposal(1, 0, world.block(world.boundary, 1));
    world.announce(1, first, [2, 3]);
    for (const number of [2, 3, 4]) {
      world.hand(world.node(number), world.vote(1, { kind: "notarize", ...first }));
    }
    world.node(4).holds.delete(first.blockId);
    world.demandFinal(atOnceMs);
  }),

  scripted("a leader's block is built after its view is over", {}, (world) => {
    const leader = world.node(1);
    leader.slow.add("propose");
    world.restart(leader);
    world.pass(leaderTimeoutMs);
    world.deliver({ kind: "nullify" });
    for (let of = 2; of <= 4; of += 1) {
      world.pass(60);
      world.deliver({ view: of });
    }
    world.pass(60);
    const blockId = world.block(world.boundary, 1);
    world.answer(leader, { kind: "proposed", view: 1 as never, blockId });
  }),
];

/**
 * Scenes around the tally, the quorum and signatures: what must not pass for the word of a quorum.
 *
 * Most of them build past a view that can be final: honest validators have finalized view 1, unseen, and the liar that
 * leads view 2 proposes a block on the boundary. All that it lacks is a nullification of view 1.
 * @module
 */
import type { Certificate, Vote, VoteBody } from "../../../../src/protocol/vote.ts";
import type { Scene } from "./finding.ts";
import {
  certificationTimeoutMs,
  finalizeUnseen,
  forkingProposal,
  leadView1,
  numbersOf,
  proposalOf,
  scripted,
} from "./scripted.ts";
import type { SmallWorldOptions } from "./small-hosts.ts";
import type { SmallNode } from "./small-node.ts";
import type { SmallWorld } from "./small-world.ts";

const liar = 2;

/** `evidence`: what the liar shows everyone for a nullification of view 1. */
function pastView1(
  name: string,
  evidence: (world: SmallWorld, node: SmallNode) => readonly (Vote | Certificate)[],
  options: SmallWorldOptions = {},
): Scene {
  return scripted(name, { liars: [liar], ...options }, (world) => {
    finalizeUnseen(world);
    for (const node of world.nodes) world.hand(node, ...evidence(world, node));
    world.announce(liar, forkingProposal(world, 2), numbersOf(world.nodes));
  });
}

const positions = [0, 1, 2, 3];
const own = (world: SmallWorld): Vote => world.vote(liar, world.nullify(1));
/** What bears a node's own name would only make it stop voting. */
const forgedByOthers = (world: SmallWorld, node: SmallNode): readonly Vote[] =>
  positions
    .filter((position) => position !== own(world).signer && position !== node.position)
    .map((position) => world.forgedVote(position, world.nullify(1)));
const byStrangers = (world: SmallWorld): readonly Vote[] =>
  [4, 5].map((position) => world.forgedVote(position, world.nullify(1)));

/** The liars, of whom one leads view 1, show each half of the others its own block, and vote for both. */
function split(name: string, count: number): Scene {
  const liars = Array.from({ length: Math.trunc((count - 1) / 3) }, (_, i) => i + 1);
  return scripted(name, { validators: count, liars }, (world) => {
    const honest = numbersOf(world.nodes);
    const half = Math.trunc(honest.length / 2);
    for (const group of [honest.slice(0, half), honest.slice(half)]) {
      const proposal = forkingProposal(world, 1);
      world.announce(1, proposal, group);
      for (const kind of ["notarize", "finalize"] as const) {
        world.deliver({ from: group, to: group, kind });
        const body: VoteBody = { kind, ...proposal };
        for (const number of liars) {
          for (const to of group) world.hand(world.node(to), world.vote(number, body));
        }
      }
    }
  });
}

export const certificateScenes: readonly Scene[] = [
  pastView1("a liar builds past a view that can be final", () => []),
  pastView1("a liar builds past view 1 with a nullification that it signed alone", (world) => [
    world.certificate([own(world)]),
  ]),
  pastView1(
    "a liar builds past view 1 with a nullification that it signed three times",
    (world) => [world.certificate([own(world), own(world), own(world)])],
  ),
  pastView1(
    "a liar builds past view 1 with a nullification that it and one other signed",
    (world) => [world.certificate([own(world), world.vote(4, world.nullify(1))])],
  ),
  pastView1(
    "a liar builds past view 1 with a nullification of forged signatures",
    (world, node) => [world.certificate([own(world), ...forgedByOthers(world, node)])],
  ),
  pastView1(
    "a liar builds past view 1 with a nullification of validators that do not exist",
    (world) => [world.certificate([own(world), ...byStrangers(world)])],
  ),
  pastView1("a liar builds past view 1 with its nullify three times at once", (world) => [
    own(world),
    own(world),
    own(world),
  ]),
  pastView1("a liar builds past view 1 with forged nullify votes", (world, node) => [
    own(world),
    ...forgedByOthers(world, node),
  ]),
  pastView1(
    "a liar builds past view 1 with nullify votes of validators that do not exist",
    (world) => [own(world), ...byStrangers(world)],
  ),
  pastView1(
    "a liar builds past view 1 with a nullification of the epoch before",
    (world) => [
      world.certificate([1, 2, 3].map((number) => world.vote(number, world.nullify(1, 0)))),
    ],
    { epoch: 1 },
  ),

  split("two halves of three are shown two blocks by one liar", 4),
  split("two halves of five are shown two blocks by two liars", 7),
  scripted("one of three validators is down", { validators: 3 }, (world) => {
    world.node(3).crash();
    world.flow(3_000, () => false);
  }),

  scripted("one of four validators is down", {}, (world) => {
    world.node(4).crash();
    for (let view = 1; view <= 4; view += 1) world.demandFinal(5_000);
  }),

  scripted("no leader proposes", {}, (world) => {
    for (const node of world.nodes) node.slow.add("propose");
    world.drop({ kind: "notarize" });
    world.flow(5_000, () => false);
  }),

  scripted(
    "a liar finalizes one block, and another one again and again",
    { liars: [1] },
    (world) => {
      const first = leadView1(world, 1);
      const second = forkingProposal(world, 1);
      world.deliver({ kind: "notarize" });
      const other = world.vote(1, { kind: "finalize", ...second });
      world.hand(world.node(2), world.vote(1, { kind: "finalize", ...first }), other, other, other);
      world.deliver({ kind: "finalize", to: [3, 4] });
    },
  ),

  scripted("a liar finalizes two blocks, back and forth", { liars: [1] }, (world) => {
    world.node(2).slow.add("certify");
    const first = world.vote(1, { kind: "finalize", ...leadView1(world, 1) });
    const other = world.vote(1, { kind: "finalize", ...forkingProposal(world, 1) });
    world.deliver({ kind: "notarize" });
    world.hand(world.node(2), other, first, other, first, other);
    world.hand(world.node(3), first);
    world.deliver({ kind: "finalize", to: [3, 4] });
  }),

  scripted("the same vote comes twice", {}, (world) => {
    const vote = world.vote(3, world.nullify(1));
    world.pass(1_000);
    world.hand(world.node(2), vote, vote);
  }),

  scripted(
    "a liar shows a node both of its blocks after the view was notarized",
    { liars: [1] },
    (world) => {
      const first = leadView1(world, 1);
      world.deliver({ kind: "notarize" });
      world.hand(world.node(2), world.vote(1, { kind: "notarize", ...first }));
      world.hand(world.node(2), world.vote(1, { kind: "notarize", ...forkingProposal(world, 1) }));
      world.demandBlame(1);
    },
  ),

  scripted("a liar finalizes a view and nullifies it", { liars: [1] }, (world) => {
    const first = leadView1(world, 1);
    world.hand(world.node(2), world.vote(1, { kind: "finalize", ...first }));
    world.hand(world.node(2), world.vote(1, world.nullify(1)));
    world.demandBlame(1);
  }),

  scripted(
    "notarize votes are passed off as finalize votes, the view is given up",
    { liars: [4] },
    (world) => {
      world.deliver({ kind: "notarize", from: [1], to: [2, 3] });
      const proposal = proposalOf(world, 1);
      world.pass(certificationTimeoutMs);
      const votes = [1, 2, 3].map((number) =>
        world.vote(number, { kind: "notarize", ...proposal }),
      );
      const certificate = world.certificate(votes);
      for (const node of world.nodes) {
        world.hand(node, { ...certificate, subject: { kind: "finalize", ...proposal } });
      }
    },
  ),

  scripted("a liar proposes in every view, whoever leads it", { liars: [4] }, (world) => {
    world.onEntered = (node, of) => {
      const proposal = world.proposal(of, of - 1, world.block(world.boundary, 4));
      if ((of - 4) % 4 !== 0) world.hand(node, world.vote(4, { kind: "notarize", ...proposal }));
    };
    world.demandFinal(3_000);
    world.demandFinal(3_000);
  }),

  scripted("liars repeat what was voted in the epoch before", { liars: [4], epoch: 1 }, (world) => {
    const past = (number: number, of: number): Vote =>
      world.vote(number, {
        ...world.proposal(of, of - 1, world.boundary),
        kind: "notarize",
        epoch: 0 as never,
      });
    world.onEntered = (node, of) => {
      world.hand(node, past(((of - 1) % 4) + 1, of));
      world.hand(node, world.vote(((of - 1) % 4) + 1, world.nullify(of, 0)));
    };
    world.demandFinal(3_000);
    world.demandFinal(3_000);
  }),

  scripted("a certificate of a view below the last final one comes late", {}, (world) => {
    const first = finalizeUnseen(world);
    const votes = [1, 2, 3].map((number) => world.vote(number, { kind: "finalize", ...first }));
    world.flow(500, () => world.node(2).consensus.lastFinalView > 1);
    world.hand(world.node(2), world.certificate(votes));
  }),
];

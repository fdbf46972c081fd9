/**
 * Scenes in which one conjunct of a voting rule is the only thing between an honest validator and a wrong vote.
 * @module
 */
import type { Scene } from "./finding.ts";
import {
  certificationTimeoutMs,
  finalizeUnseen,
  forkingProposal,
  leaderTimeoutMs,
  leadView1,
  proposalOf,
  scripted,
} from "./scripted.ts";
import type { SmallNode } from "./small-node.ts";
import type { SmallWorld } from "./small-world.ts";

/** The answer that a slow application owes about the proposal of a view. */
function verdict(world: SmallWorld, node: SmallNode, of: number): void {
  world.answer(node, { kind: "verified", proposal: proposalOf(world, of), verdict: "valid" });
}

export const votingScenes: readonly Scene[] = [
  scripted("a calm network: every view becomes final", {}, (world) => {
    world.demandFinal(1_000);
    world.demandFinal(1_000);
  }),

  scripted("a view is given up, then its verdict comes", {}, (world) => {
    const node = world.node(2);
    node.slow.add("verify");
    world.deliver({ kind: "notarize", to: [2] });
    world.pass(certificationTimeoutMs);
    verdict(world, node, 1);
  }),

  scripted("a view is given up, then its proposal comes", {}, (world) => {
    world.pass(leaderTimeoutMs);
    world.deliver({ kind: "notarize", to: [2] });
  }),

  scripted(
    "a leader equivocates while its first block is being verified",
    { liars: [1] },
    (world) => {
      const node = world.node(2);
      node.slow.add("verify");
      const first = leadView1(world, 1);
      world.announce(1, forkingProposal(world, 1), [2]);
      world.answer(node, { kind: "verified", proposal: first, verdict: "valid" });
    },
  ),

  scripted(
    "a leader shows another block while a verified one may not be voted for yet",
    { liars: [2] },
    (world) => {
      const first = finalizeUnseen(world);
      const node = world.node(3);
      node.slow.add("verify");
      const good = world.proposal(2, 1, world.block(first.blockId, 2));
      world.announce(2, good, [3]);
      world.setMayVote(node, false);
      world.answer(node, { kind: "verified", proposal: good, verdict: "valid" });
      world.announce(2, forkingProposal(world, 2), [3]);
      world.setMayVote(node, true);
    },
  ),

  scripted("a liar shows another block after a restart", { liars: [1] }, (world) => {
    const node = world.node(2);
    leadView1(world, 1);
    world.restart(node);
    world.announce(1, forkingProposal(world, 1), [2]);
  }),

  scripted("a leader gives its own view up", { liars: [1] }, (world) => {
    world.hand(world.node(2), world.vote(1, world.nullify(1)));
  }),

  scripted("all give a view up, then learn that it was notarized", { liars: [4] }, (world) => {
    for (const node of world.nodes) node.slow.add("certify");
    world.deliver({ kind: "notarize" });
    world.pass(certificationTimeoutMs);
    for (const node of world.nodes) {
      world.answer(node, { kind: "certified", proposal: proposalOf(world, 1), result: "ok" });
    }
  }),

  scripted("all lose power before a notarized block is stored", {}, (world) => {
    for (const node of world.nodes) node.slow.add("certify");
    world.deliver({ kind: "notarize" });
    const { blockId } = proposalOf(world, 1);
    for (const node of world.nodes) {
      node.crash();
      node.holds.delete(blockId);
      node.slow.clear();
    }
    for (const node of world.nodes) world.restart(node);
    world.demandFinal(20_000);
    world.demand(!world.oracle.isFinal(blockId), "view 1 is final, and nobody has its block");
  }),

  scripted("a leader equivocates, and its first block is notarized", { liars: [1] }, (world) => {
    leadView1(world, 1);
    world.announce(1, forkingProposal(world, 1), [2]);
    world.deliver({ kind: "notarize" });
  }),

  scripted("a restart after finalizing", {}, (world) => {
    world.deliver({ kind: "notarize" });
    world.restart(world.node(2));
  }),

  scripted("a certify ends after a later view is final", {}, (world) => {
    const node = world.node(4);
    node.slow.add("certify");
    world.deliver({ kind: "notarize", view: 1 });
    const first = proposalOf(world, 1);
    goOnWithout4(world);
    world.answer(node, { kind: "certified", proposal: first, result: "ok" });
  }),

  scripted("a verdict comes after a later view is final", {}, (world) => {
    const node = world.node(4);
    node.slow.add("verify");
    world.deliver({ kind: "notarize", view: 1, to: [4], from: [1] });
    const first = proposalOf(world, 1);
    goOnWithout4(world);
    world.answer(node, { kind: "verified", proposal: first, verdict: "valid" });
  }),

  scripted("a finalized view, with time passing in it", {}, (world) => {
    world.deliver({ kind: "notarize", view: 1 });
    world.pass(3 * certificationTimeoutMs);
  }),

  scripted("a journal that holds both a nullify and a finalize, the nullify sent", {}, (world) => {
    restartWithBoth(world, "nullify");
  }),

  scripted("a journal that holds both a nullify and a finalize, the finalize sent", {}, (world) => {
    restartWithBoth(world, "finalize");
  }),
];

/** The others make view 2 final; all that 4 sees of it is the finalization. */
function goOnWithout4(world: SmallWorld): void {
  const others = { from: [1, 2, 3], to: [1, 2, 3] };
  world.deliver(others);
  world.pass(60);
  world.deliver(others);
  world.drop({ kind: "certificate", to: [4], view: 1 });
  world.deliver({ kind: "certificate", to: [4], view: 2 });
}

/** No run of these rules writes such a journal; a restart from one must still not sign the other vote. */
function restartWithBoth(world: SmallWorld, sent: "nullify" | "finalize"): void {
  const node = world.node(2);
  if (sent === "finalize") world.deliver({ kind: "notarize" });
  else world.pass(leaderTimeoutMs);
  const leader = proposalOf(world, 1);
  const { proposal } = { proposal: { ...leader } };
  node.journal = [
    ...node.journal,
    { kind: "vote", body: { kind: "finalize", ...proposal } },
    { kind: "vote", body: world.nullify(1) },
  ];
  world.restart(node);
}

/**
 * Scenes around the voter and replay: what a validator must still know after a crash, and who else uses its key.
 * @module
 */
import { type View, view } from "../../../../src/protocol/ids.ts";
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
import type { SmallNode } from "./small-node.ts";
import type { SmallWorld } from "./small-world.ts";

/** Everybody makes views final until this one is. */
function makeFinal(world: SmallWorld, of: number): void {
  const isDone = (): boolean => world.nodes.every(({ consensus }) => consensus.lastFinalView >= of);
  if (!world.flow(30_000, isDone)) throw new Error("a calm network makes views final");
}

/** The leader of view 1 is a liar that shows a block to all, and after `between` another one to validator 3. */
function showAnother(world: SmallWorld, between: () => void): void {
  leadView1(world, 1);
  between();
  world.announce(1, forkingProposal(world, 1), [3]);
}

function prune(node: SmallNode, durable: number): void {
  node.journal = node.consensus.journalKeep(view(durable));
}

export const restartScenes: readonly Scene[] = [
  scripted("a validator that lost its journal is shown another block", { liars: [1] }, (world) => {
    const node = world.node(3);
    showAnother(world, () => {
      node.journal = [];
      world.restart(node, { mayVote: false });
    });
  }),

  scripted(
    "a second machine with the same key has seen the first one's vote",
    { liars: [1] },
    (world) => {
      showAnother(world, () => {
        const twin = world.twin(3);
        // From now on the second machine is validator 3; it hears of the first one's vote.
        world.nodes.splice(world.nodes.indexOf(world.node(3)), 1);
        const first = proposalOf(world, 1);
        world.hand(twin, world.vote(3, { kind: "notarize", ...first }));
      });
    },
  ),

  scripted(
    "a validator crashes after its vote and is shown another block",
    { liars: [1] },
    (world) => {
      showAnother(world, () => world.restart(world.node(3)));
    },
  ),

  scripted(
    "a validator with a pruned journal crashes after its vote and is shown another block",
    { liars: [1] },
    (world) => {
      showAnother(world, () => {
        prune(world.node(3), 0);
        world.restart(world.node(3));
      });
    },
  ),

  scripted(
    "a ledger falls back behind a pruned journal, and a liar shows another block",
    { liars: [2] },
    (world) => {
      const node = world.node(4);
      finalizeUnseen(world);
      world.deliver({ view: 1 });
      const { ledgerFinal } = node;
      const first = world.proposal(2, 1, world.block(proposalOf(world, 1).blockId, 2));
      world.announce(2, first, [1, 3, 4]);
      // The others finish views 2 and 3; all that 4 sees of it is the finalization of view 3.
      const others = { from: [1, 3], to: [1, 3] };
      for (const to of [1, 3])
        world.hand(world.node(to), world.vote(4, { kind: "notarize", ...first }));
      world.deliver(others);
      world.pass(60);
      world.deliver(others);
      const third = proposalOf(world, 3);
      for (const to of [1, 3])
        world.hand(world.node(to), world.vote(2, { kind: "notarize", ...third }));
      const votes = [1, 2, 3].map((number) => world.vote(number, { kind: "finalize", ...third }));
      world.hand(node, world.certificate(votes));
      prune(node, 1);
      node.ledgerFinal = ledgerFinal;
      world.restart(node);
      const second = world.proposal(2, 1, world.block(proposalOf(world, 1).blockId, 2));
      world.announce(2, second, [4]);
    },
  ),

  scripted("peers hand back old votes after a pruning and a restart", {}, (world) => {
    makeFinal(world, 6);
    for (const node of world.nodes) {
      prune(node, node.consensus.lastFinalView);
      world.restart(node);
    }
    for (const node of world.nodes) {
      for (let of = 1; of < 6; of += 1) {
        const proposal = proposalOfPast(world, of);
        world.hand(node, world.vote(node.number, { kind: "notarize", ...proposal }));
      }
    }
    world.demandFinal(5_000);
  }),

  scripted(
    "a validator gives a view up, crashes, and learns that it was notarized",
    {},
    (world) => {
      const node = world.node(2);
      node.slow.add("certify");
      world.deliver({ kind: "notarize" });
      world.pass(certificationTimeoutMs);
      world.restart(node);
      node.slow.clear();
      world.answer(node, { kind: "certified", proposal: proposalOf(world, 1), result: "ok" });
    },
  ),

  scripted("a leader crashes after proposing", {}, (world) => {
    world.restart(world.node(1));
  }),

  scripted("a block was unfit, and its validator restarts", { liars: [1] }, (world) => {
    const node = world.node(3);
    node.slow.add("certify");
    const first = leadView1(world, 1);
    world.deliver({ kind: "notarize" });
    const votes = [1, 2, 4].map((number) => world.vote(number, world.nullify(1)));
    world.hand(node, world.certificate(votes));
    world.answer(node, { kind: "certified", proposal: first, result: "failed" });
    world.restart(node);
  }),

  scripted(
    "journals still hold a nullification of the epoch before",
    { liars: [2], epoch: 1 },
    (world) => {
      finalizeUnseen(world);
      const votes = [1, 2, 3].map((number) => world.vote(number, world.nullify(1, 0)));
      for (const node of world.nodes) {
        const certificate = world.certificate(votes);
        node.journal = [{ kind: "certificate", certificate }, ...node.journal];
        world.restart(node);
      }
      world.announce(2, forkingProposal(world, 2), numbersOf(world.nodes));
    },
  ),

  scripted("all restart with a long journal", {}, (world) => {
    makeFinal(world, 20);
    for (const node of world.nodes) world.restart(node);
    world.demandFinal(5_000);
  }),

  scripted("a finalization is in the journal, not in the ledger", {}, (world) => {
    makeFinal(world, 3);
    const node = world.node(2);
    node.ledgerFinal = undefined;
    world.restart(node);
    const told = (node.ledgerFinal as { readonly view: View } | undefined)?.view;
    const isTold = told === node.consensus.lastFinalView;
    world.demand(isTold, "the ledger is not told what the journal knows to be final");
  }),

  scripted("all die after journaling a nullify that nobody has seen", {}, (world) => {
    world.drop();
    dieAt(world, "nullify");
    world.demandFinal(60_000);
  }),

  scripted("all die after journaling a finalize that nobody has seen", { idle: true }, (world) => {
    world.pass(10_000);
    for (const node of world.nodes) node.dies = { at: "finalize", keep: 99 };
    world.deliver({ kind: "notarize" });
    for (const node of world.nodes) world.restart(node);
    world.demand(
      world.flow(1_000, () => world.nodes.every(({ consensus }) => consensus.lastFinalView >= 1)),
      "view 1 is not final a second after all are back",
    );
  }),

  scripted("a late verdict finds an old proposal invalid", { liars: [4] }, (world) => {
    const node = world.node(3);
    node.slow.add("verify");
    world.deliver({ kind: "notarize", to: [2] });
    world.deliver({ kind: "notarize", to: [3] });
    const first = proposalOf(world, 1);
    for (const { number } of world.nodes) {
      world.hand(world.node(number), world.vote(4, { kind: "notarize", ...first }));
    }
    world.deliver({ kind: "notarize" });
    world.answer(node, { kind: "verified", proposal: first, verdict: "invalid" });
    node.slow.clear();
    world.demandFinal(300);
  }),
];

function dieAt(world: SmallWorld, at: "nullify" | "finalize"): void {
  for (const node of world.nodes) node.dies = { at, keep: 99 };
  world.pass(certificationTimeoutMs);
  for (const node of world.nodes) world.restart(node);
}

/** What the leader of a view that is over proposed. */
function proposalOfPast(world: SmallWorld, of: number): ReturnType<typeof proposalOf> {
  return world.proposals.get(of) ?? proposalOf(world, of);
}

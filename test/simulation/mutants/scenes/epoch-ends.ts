/**
 * Scenes around the end of an epoch: its last block is proposed until it is final, nothing stands on it before, and the
 * next set takes over.
 * @module
 */
import type { BlockId } from "../../../../src/protocol/ids.ts";
import type { Message } from "../../../../src/protocol/message.ts";
import {
  demandMembers,
  epochLength,
  epochsPass,
  membersAtGenesis,
  reachEpoch,
  vote,
} from "../../scenarios/ballots.ts";
import { bodiesIn, type Wiretap } from "../../scenarios/wiretap.ts";
import type { Scenario } from "../../world/scenario.ts";

const validators = [4];
const short = () => ({ epochLength });

/** In the view of its first proposal, the last block of an epoch never gets its finalize votes through. */
function loseFirstFinalizeVotes(tap: Wiretap): ReadonlyMap<BlockId, number> {
  const firstView = new Map<BlockId, number>();
  tap.lose((message: Message) => {
    if (message.kind === "proposal" && message.header.height % epochLength === 0) {
      const { blockId, view } = message.vote.body as { blockId: BlockId; view: number };
      if (!firstView.has(blockId)) firstView.set(blockId, view);
    }
    return bodiesIn(message).some(
      (body) => body.kind === "finalize" && firstView.get(body.blockId) === body.view,
    );
  });
  return firstView;
}

/** The block is certified, so leaders go on from it; it becomes final only where it is proposed again. */
export const lastBlockProposedAgain: Scenario = {
  name: "the finalize votes for an epoch's last block never arrive, those of its first view",
  validators,
  world: short,
  run: async (world, tap) => {
    loseFirstFinalizeVotes(tap);
    await reachEpoch(world, 3, 20_000);
  },
};

/** No payment drives the network on, and yet nobody waits for an idle interval: the epoch is to end. */
export const emptyLastBlock: Scenario = {
  name: "an epoch's last block is empty and nobody pays, and its finalize votes are lost",
  validators,
  world: short,
  run: async (world, tap) => {
    await world.run(30_000, () => world.checkers.lastHeight >= epochLength - 2);
    world.client.stop();
    const lastBlocks = loseFirstFinalizeVotes(tap);
    await world.run(60_000, () => lastBlocks.size > 0);
    await reachEpoch(world, 1, 5_000);
  },
};

/** The same; and then all restart, so that whoever proposes it again has it from its own disk and journal. */
export const lastBlockAfterCrash: Scenario = {
  name: "an epoch's last block is certified and not final when all lose power",
  validators,
  world: short,
  run: async (world, tap) => {
    tap.lose((message) => bodiesIn(message).some(({ kind }) => kind === "finalize"));
    const isCertified = (): boolean =>
      world.trace.some((line) => / signs finalize /.test(line)) &&
      world.nodes.every(({ queries }) => (queries?.status().view ?? 0) > epochLength + 1);
    await world.run(30_000, isCertified);
    for (const node of world.nodes) node.crash();
    for (const node of world.nodes) node.start();
    tap.lose(undefined);
    await world.run(20_000);
    await reachEpoch(world, 2, 30_000);
  },
};

/** A change needs a quorum of the members, not a third and one. */
export const tooFewVotes: Scenario = {
  name: "two of four want a fifth, and do not get it",
  validators,
  world: () => ({ epochLength, spare: 1 }),
  run: async (world) => {
    const members = membersAtGenesis(world);
    await vote(world, (operators) => operators.voteIn(members.slice(0, 2), members.length));
    await epochsPass(world, 2);
    demandMembers(world, members);
  },
};

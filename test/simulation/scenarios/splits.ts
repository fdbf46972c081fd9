/**
 * Split views: some hold a view's notarization, certified, and others its nullification, and each would refuse what the
 * other builds on; and views that are certified while nothing becomes final.
 * @module
 */
import type { View } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import type { VoteKind } from "../../../src/protocol/vote.ts";
import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import type { World } from "../world/world.ts";
import { viewsOf } from "./demands.ts";
import { bodiesIn, type Wiretap } from "./wiretap.ts";

export const splits: readonly Scenario[] = [
  {
    name: "one holds a view's notarization and the rest its nullification: the split heals",
    validators: [4, 7],
    run: async (world, tap) => {
      const holder = world.random.below(world.nodes.length);
      const split = await comingView(world);
      tap.lose((message, _, to) => {
        if (isLeadersWord(message)) return false;
        return speaksOf(message, "notarize", split) && to !== holder;
      });
      await leaveView(world, split);
      demand(tap.lost > 0, "nothing was split");
    },
  },
  {
    name: "one holds a view's nullification and the rest its notarization: the split heals",
    validators: [4, 7],
    run: (world, tap) => {
      const holder = world.random.below(world.nodes.length);
      return splitBetween(world, tap, (node) => node === holder);
    },
  },
  {
    name: "one half holds a view's nullification and the other its notarization: the split heals",
    validators: [4, 10],
    run: (world, tap) => splitBetween(world, tap, (node) => node % 2 === 0),
  },
  {
    name: "a hundred views are certified and none final, then all are",
    validators: [4, 7],
    run: async (world, tap) => {
      await world.run(3_000);
      const [start, before] = [Math.max(...viewsOf(world)), world.checkers.lastHeight];
      tap.lose((message) => bodiesIn(message).some(({ kind }) => kind === "finalize"));
      const isThere = (): boolean => viewsOf(world).every((view) => view >= start + 100);
      await world.run(120_000, isThere);
      demand(isThere(), `views ${viewsOf(world).join()} of ${start + 100}`);
      const height = world.checkers.lastHeight;
      demand(height <= before + 2, `heights ${before} to ${height} without a finalization`);
    },
  },
];

/** First all nullify a view that nobody could certify; then those beside `nullifies` get its notarization. */
async function splitBetween(
  world: World,
  tap: Wiretap,
  nullifies: (node: number) => boolean,
): Promise<void> {
  const split = await comingView(world);
  const isForOthers = (message: Message, to: number): boolean =>
    speaksOf(message, "nullify", split) && !nullifies(to);
  const isNotarize = (message: Message): boolean =>
    speaksOf(message, "notarize", split) && !isLeadersWord(message);
  tap.lose((message, _, to) => isNotarize(message) || isForOthers(message, to));
  const gaveUp = (): boolean =>
    world.honest.every(
      ({ queries }) => queries?.status().nullified.some(({ view }) => view === split) === true,
    );
  await world.run(15_000, gaveUp);
  demand(gaveUp(), "not all have nullified the view");
  tap.lose((message, _, to) => (nullifies(to) ? isNotarize(message) : isForOthers(message, to)));
  await leaveView(world, split);
}

/** A view that nobody has entered yet. */
async function comingView(world: World): Promise<View> {
  await world.run(world.random.between(2_000, 4_000));
  return (Math.max(...viewsOf(world)) + 2) as View;
}

async function leaveView(world: World, split: View): Promise<void> {
  const left = (): boolean => viewsOf(world).every((view) => view > split);
  await world.run(30_000, left);
  demand(left(), `views ${viewsOf(world).join()} never left ${split}`);
}

const speaksOf = (message: Message, kind: VoteKind, of: View): boolean =>
  bodiesIn(message).some((body) => body.kind === kind && body.view === of);

const isLeadersWord = (message: Message): boolean => message.kind === "proposal";

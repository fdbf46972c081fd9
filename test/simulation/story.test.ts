/**
 * The story of a run tells, in words, what a person would have to dig out of its trace.
 * @module
 */
import { describe, expect, test } from "vitest";
import { replayCommand } from "./run.ts";
import { tellStory } from "./story.ts";
import { World } from "./world/world.ts";

async function silenced(): Promise<World> {
  const world = new World({ seed: 11, validators: 4 });
  await world.startAll();
  world.client.start(100);
  await world.run(3_000);
  const [, , third, fourth] = world.nodes;
  third?.crash();
  await world.run(3_000);
  fourth?.crash();
  await world.run(10_000);
  return world;
}

describe("the story", () => {
  test("says of each view who led it, who signed what, and what became final", async () => {
    const world = await silenced();
    const story = tellStory(world);
    const lines = story.split("\n").filter((line) => / 0\/\d+ at /.test(line));
    expect(lines.length).toBeLessThanOrEqual(40);
    const leaders = new Map(
      lines.map((line) => {
        const [, view = "", leader = ""] = /0\/(\d+) at .* led by (\d)/.exec(line) ?? [];
        return [Number(view), Number(leader)];
      }),
    );
    for (const [view, leader] of leaders) {
      expect(world.validators.leader(view as Parameters<typeof world.validators.leader>[0])).toBe(
        leader,
      );
    }
    expect(story).toMatch(
      /notarize [0-9a-f]{6} on \d+ by .*\(3 of 3\); finalize .*height \d+ final/,
    );
  });

  test("says why a view was given up, and what is missing now", async () => {
    const world = await silenced();
    const story = tellStory(world);
    expect(story).toMatch(/nullify by .*\(leader-(timeout|silent)\)/);
    expect(story).toMatch(/node 2 down/);
    expect(story).toMatch(/node 3 down/);
    expect(story).toMatch(/in view 0\/\d+, led by \d: nothing signed by 2 3|\(2 of 3\)/);
    for (const node of world.nodes) node.crash();
  });
});

test("a failing seed names the one command that shows it again", () => {
  expect(replayCommand(17)).toBe("replay: npm run simulate -- --seeds 1 --from 17 --trace");
  expect(replayCommand(17, { sizes: { from: 4, to: 10 } })).toBe(
    "replay: npm run simulate -- --seeds 1 --from 17 --nodes 4..10 --trace",
  );
});

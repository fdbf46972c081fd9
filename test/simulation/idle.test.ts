/**
 * A network that nobody uses: a new ledger makes its first block at once, since nothing can be proven to anybody before
 * that is final; then it is quiet, and makes one block in each idle interval.
 * @module
 */
import { describe, expect, test } from "vitest";
import { defaultConsensusSettings } from "../../src/consensus/settings.ts";
import { World } from "./world/world.ts";

const { idleIntervalMs, leaderTimeoutMs } = defaultConsensusSettings;
/** A replica listens for a second before its first vote; then one view, over links of milliseconds. */
const firstBlockMs = 1_500;
const idleBlocks = 5;

describe("a new network without a single transaction", () => {
  test.each([1, 4, 7])(
    "of %i makes its first block at once, and no other before its idle interval is over",
    async (validators) => {
      const world = new World({ seed: 44, validators });
      const expectEverywhere = (height: number): void => {
        expect(world.nodes.map((node) => node.height)).toEqual(world.nodes.map(() => height));
      };
      await world.startAll();
      await world.run(firstBlockMs, () => world.nodes.every(({ height }) => height >= 1));
      expectEverywhere(1);

      const quietMs = idleIntervalMs - firstBlockMs;
      expect(quietMs).toBeGreaterThan(5 * leaderTimeoutMs);
      await world.run(quietMs);
      expectEverywhere(1);

      // Half an interval after the last of them: what it takes to make them is far less than that.
      await world.run((idleBlocks + 0.5) * idleIntervalMs - quietMs);
      expectEverywhere(1 + idleBlocks);
      await world.checkEnd();
    },
  );
});

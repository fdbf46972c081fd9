/**
 * A sample of all crashes at effect boundaries, some of every kind: `npm run simulate -- --crash-boundaries` tries all.
 * @module
 */
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Boundary,
  type BoundaryRun,
  boundaryRuns,
  countBoundaries,
  crashAt,
  crashKinds,
} from "./crash-boundaries.ts";

/** So many of each kind of crash, spread over all boundaries. */
const sampledOfEachKind = 12;

let boundaries: readonly Boundary[] = [];
beforeAll(async () => {
  boundaries = await countBoundaries();
});

describe("the effect boundaries of a validator", () => {
  test("are counted alike each time", async () => {
    expect(await countBoundaries()).toEqual(boundaries);
  });

  test("lie around everything that is written and everything that is promised", () => {
    const points = new Set(boundaries.map(({ point }) => point));
    for (const step of ["write", "sync", "write-mark", "sync-mark", "replace"]) {
      expect(points).toContain(`before journal ${step}`);
    }
    for (const kind of ["votes", "certificate", "proposal"]) {
      expect(points).toContain(`before a ${kind} leaves`);
      expect(points).toContain(`after a ${kind} leaves`);
    }
    expect(points).toContain("before a commit is durable");
    expect(points).toContain("after a commit is durable");
  });
});

test.each(crashKinds)(
  "a validator that %s at any of its effects never contradicts itself, and votes on",
  async (kind) => {
    const runs = boundaryRuns(boundaries).filter((run) => run.kind === kind);
    for (const run of sample(runs)) {
      const { failure, story } = await crashAt(run);
      expect(
        failure,
        `${run.boundary.script} ${run.boundary.at} ${run.boundary.point}\n${story}`,
      ).toBeUndefined();
    }
  },
);

/** Evenly spread, and not the same boundaries for each kind. */
function sample(runs: readonly BoundaryRun[]): readonly BoundaryRun[] {
  const stride = runs.length / sampledOfEachKind;
  const [first] = runs;
  const shift = first === undefined ? 0 : crashKinds.indexOf(first.kind) / crashKinds.length;
  return runs.filter(
    (_, i) => Math.floor(i / stride + shift) !== Math.floor((i - 1) / stride + shift),
  );
}

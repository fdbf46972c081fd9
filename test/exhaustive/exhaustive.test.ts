/**
 * The small worlds that are explored whole on every run; `explore.ts` explores the larger ones.
 *
 * The searches that must find something prove the ones that must not.
 * @module
 */
import { describe, expect, test } from "vitest";
import { votingRules } from "../../src/consensus/voting-rules.ts";
import { finalize, notarize, nullify, proposal } from "../unit/consensus/scene.ts";
import { checkArrivals } from "./arrival.ts";
import { type Clause, exploreLostJournal } from "./lost-journal.ts";
import { changedSet, oneSet } from "./lost-journal-worlds.ts";
import { mutants } from "./mutants.ts";
import { exploreBoundary, exploreHops, type HopClause } from "./set-change.ts";
import { story } from "./story.ts";
import { exploreTally } from "./tally.ts";
import { World } from "./world.ts";

/** Whether certificates of all these kinds of bodies could be formed somewhere: a search of an idle world is no proof. */
function formedLines(world: World): string {
  return world.universe.bodies
    .filter(({ bit }) => (world.formed & (1 << bit)) !== 0)
    .map(({ line }) => line)
    .join("; ");
}

describe("S1 to S3 and every promise hold in every interleaving of two views", () => {
  test.each([0, 1, 2])("with a Byzantine leader of view %i (0: of none)", (liarLeads) => {
    const world = new World({ views: 2, liarLeads, illFormed: true });
    const found = world.explore();
    expect(found === undefined ? [] : story(world, found)).toEqual([]);
    expect(world.isComplete).toBe(true);
    expect(world.table.size).toBeGreaterThan(10_000);
    for (const of of [1, 2]) {
      for (const kind of ["notarize", "finalize", "nullify"]) {
        expect(formedLines(world)).toContain(`${kind} ${of}`);
      }
    }
  });

  test("with crashes at any moment, and disks that hold all, or all up to the last own vote", () => {
    const world = new World({ views: 2, liarLeads: 0, withCrashes: true });
    const found = world.explore();
    expect(found === undefined ? [] : story(world, found)).toEqual([]);
    expect(world.isComplete).toBe(true);
  });
});

describe("the search finds what a missing guard allows", () => {
  const found = mutants.filter(({ finds }) => finds !== undefined);
  test.each(found)("$name", ({ world: options, finds }) => {
    const world = new World(options);
    const violation = world.explore();
    expect(violation?.sentence).toMatch(finds ?? /^$/);
    // The way to it can be told, and ends with it.
    expect(violation && story(world, violation).at(-1)).toBe(violation?.sentence);
  });

  test("the shortest way to 'nullified and finalized' is four votes", () => {
    const without = mutants[0];
    const world = new World(without?.world ?? { views: 0, liarLeads: 0 });
    const violation = world.explore();
    expect(violation?.places).toHaveLength(5);
    expect(violation && story(world, violation)[0]).toMatch(/time-out → nullify 1$/);
  });
});

describe("a guard that another one stands behind: without it alone, two views are still safe", () => {
  const redundant = mutants.filter(({ finds }) => finds === undefined);
  test.each(redundant)("$name", ({ world: options }) => {
    expect(options.rules).not.toBe(votingRules);
    const world = new World({ ...options, views: 2 });
    expect(world.explore()?.sentence).toBeUndefined();
    expect(world.isComplete).toBe(true);
    for (const kind of ["notarize", "finalize", "nullify"]) {
      expect(formedLines(world)).toContain(`${kind} 2`);
    }
  });
});

describe("what the search leaves out loses nothing", () => {
  test("however a certificate or a late answer arrives, in every local state of two views", () => {
    const world = new World({ views: 2, liarLeads: 1 });
    world.explore();
    const { arrivals, differs } = checkArrivals(world);
    expect(differs).toEqual([]);
    expect(arrivals).toBeGreaterThan(10_000);
  });

  test("in every order of votes, the tally finds a quorum exactly when there is one", () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => proposal(1, name, 0));
    if (a === undefined || b === undefined || c === undefined) throw new Error("three proposals");
    expect(exploreTally([notarize(a), notarize(b), notarize(c)])).toMatchObject({
      // Each of 4 signers: none, or a first of 3, with or without a conflicting second.
      states: 7 ** 4,
      flaw: undefined,
    });
    const both = exploreTally([nullify(1), finalize(a), finalize(b)]);
    // Nullify or not, times: no finalize, or a first of 2 with or without a second; blame follows.
    expect(both).toMatchObject({ states: (2 * 5) ** 4, flaw: undefined });
  });
});

describe("a validator that lost its journal never votes in an epoch that it has touched", () => {
  test.each([
    ["one set", oneSet],
    ["a set that changes", changedSet],
  ])("%s", (_, options) => {
    const { twice, recoveries } = exploreLostJournal(options);
    expect(twice).toBeUndefined();
    expect(recoveries).toBeGreaterThan(1_000);
  });

  const clauses: readonly Clause[] = [
    "q others",
    "not itself",
    "the block after",
    "greater",
    "asked again",
    "fresh answers",
  ];
  test.each(clauses)("the rule without '%s' lets it", (without) => {
    expect(exploreLostJournal({ ...changedSet, without }).twice?.at(-1)).toMatch(/votes again/);
  });

  test("one more validator that a backup took back, beside the liar, is one too many", () => {
    const { twice } = exploreLostJournal({ ...oneSet, alsoRestored: 2 });
    expect(twice?.at(-1)).toMatch(/votes again/);
  });
});

describe("one set follows another", () => {
  test("no two last blocks of an epoch are both certified, among 4 to 7 with any f liars", () => {
    const { worlds, flaw } = exploreBoundary();
    expect(flaw).toBeUndefined();
    expect(worlds).toBeGreaterThan(10_000);
  });

  test("with quorums of 2f + 1, five validators certify two", () => {
    expect(exploreBoundary((n) => 2 * Math.floor((n - 1) / 3) + 1).flaw).toMatch(/n = 5/);
  });

  test("only the real chain of sets is accepted, however much changes at once", () => {
    const { worlds, flaw } = exploreHops();
    expect(flaw).toBeUndefined();
    expect(worlds).toBeGreaterThan(5_000);
  });

  const clauses: readonly HopClause[] = [
    "distinct signers",
    "members of the set held",
    "a quorum",
    "former members stay honest",
  ];
  test.each(clauses)("without '%s' a forged set is accepted", (without) => {
    expect(exploreHops(without).flaw).toMatch(/to any set/);
  });
});

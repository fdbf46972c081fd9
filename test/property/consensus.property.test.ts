/**
 * Agreement for every order of messages, lies and crashes; liveness as soon as the world is kind again.
 *
 * The last tests take a guard away and must see a violation: they prove that the checks can fail.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { votingRules } from "../../src/consensus/voting-rules.ts";
import { Violation } from "./consensus-checks.ts";
import { World, type WorldOptions } from "./consensus-world.ts";

const seed = fc.nat({ max: 2 ** 31 });
const steps = 2_000;

function survives(options: WorldOptions): World {
  const world = new World(options);
  world.chaos(steps);
  return world;
}

test("with a liar and any order of messages: one notarization a view, no final view nullified, one chain", () => {
  let finals = 0;
  let runs = 0;
  fc.assert(
    fc.property(seed, (chosen) => {
      finals += survives({ seed: chosen, liar: true }).finals.size;
      runs += 1;
    }),
    { numRuns: 80 },
  );
  expect(finals / runs, "final views in a run").toBeGreaterThan(3);
});

test("with crashes at any point of any turn, and a liar, too", () => {
  let finals = 0;
  let runs = 0;
  fc.assert(
    fc.property(seed, (chosen) => {
      finals += survives({ seed: chosen, liar: true, crashes: true }).finals.size;
      runs += 1;
    }),
    { numRuns: 80 },
  );
  expect(finals / runs, "final views in a run").toBeGreaterThan(3);
});

test("after any chaos, once messages arrive and time passes, every view ends and blocks become final", () => {
  fc.assert(
    fc.property(seed, fc.boolean(), fc.boolean(), (chosen, liar, crashes) => {
      const world = survives({ seed: chosen, liar, crashes });
      expect(world.heal(world.highestView + 8, 60_000), "live within a minute").toBe(true);
    }),
    { numRuns: 80 },
  );
});

test("a network without faults makes every view final", () => {
  const world = new World({ seed: 1 });
  expect(world.heal(30, 10_000)).toBe(true);
  expect(world.finals.size).toBeGreaterThanOrEqual(30);
});

/** The first seed, of so many, in which the checks see a violation. */
function violation(options: Omit<WorldOptions, "seed">, seeds: number): string | undefined {
  for (let tried = 0; tried < seeds; tried += 1) {
    try {
      survives({ ...options, seed: tried });
    } catch (error) {
      if (error instanceof Violation) return error.message;
      throw error;
    }
  }
  return undefined;
}

test("without 'who nullified never finalizes' the checks see it", () => {
  const rules = {
    ...votingRules,
    mayFinalize: (own, facts) => votingRules.mayFinalize({ ...own, nullified: false }, facts),
  } satisfies typeof votingRules;
  expect(violation({ rules, liar: true }, 40)).toMatch(/nullified and final/);
});

test("without 'only what is verified is notarized' the checks see it", () => {
  const rules = {
    ...votingRules,
    mayNotarize: (own, slot) =>
      votingRules.mayNotarize(own, { verified: true, equivocated: slot.equivocated }),
  } satisfies typeof votingRules;
  expect(violation({ rules, liar: true }, 40)).toMatch(/does not descend/);
});

test("without the journal the checks see it", () => {
  expect(violation({ forgetful: true, crashes: true, liar: true }, 40)).toBeDefined();
});

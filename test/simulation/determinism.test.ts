/**
 * Same seed, same run: the start of every scenario, twice in this process and once in another one, equal to the last vote.
 * @module
 */
import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { setup as build } from "../integration/support/build.ts";
import { runSeed, seedOf } from "./run.ts";
import { fixedSet } from "./scenarios.ts";

const round = 7;
const hashShown = 16;
/** In simulated time: enough for every kind of event to have happened. */
const endMs = 6_000;
const setUpMs = 300_000;

/** Of each scenario its smallest network. */
const cases = fixedSet.map((scenario) => {
  const [validators = 4] = scenario.validators;
  return { name: scenario.name, seed: seedOf(scenario, validators, round) };
});

/** What a process of its own says of these seeds: the start of each trace's hash. */
function hashesElsewhere(seeds: readonly number[]): ReadonlyMap<number, string> {
  const options = ["--pick", seeds.join(), "--hashes", "--end", String(endMs)];
  const shown = execFileSync(process.execPath, ["dist/test/simulation/simulate.js", ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = shown.matchAll(/^ok +seed (\d+): .* trace ([0-9a-f]+)$/gm);
  return new Map([...lines].map(([, seed, hash = ""]) => [Number(seed), hash]));
}

describe("the same seed, in another process too, gives the same trace:", () => {
  let elsewhere: ReadonlyMap<number, string> = new Map();
  beforeAll(() => {
    build();
    elsewhere = hashesElsewhere(cases.map(({ seed }) => seed));
  }, setUpMs);

  test.each(cases)("$name", async ({ seed }) => {
    const first = await runSeed(seed, { endMs });
    const second = await runSeed(seed, { endMs });
    expect(first.trace.length).toBeGreaterThan(8);
    expect(second.trace).toEqual(first.trace);
    expect(elsewhere.get(seed)).toBe(first.traceHash.slice(0, hashShown));
  });
});

test("another seed of the same scenario gives another trace", async () => {
  const [mixture] = fixedSet;
  if (mixture === undefined) throw new RangeError("there is a scenario");
  const [first, second] = [1, 2].map((of) => runSeed(seedOf(mixture, 5, of)));
  expect((await first)?.traceHash).not.toBe((await second)?.traceHash);
});

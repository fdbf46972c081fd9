/**
 * The test layers, one project each: `vitest run --project unit`.
 *
 * Nothing here sleeps, so a time-out is a failure, not a setting to raise: they leave room for a slow machine.
 * @module
 */
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

const second = 1_000;

const layer = (name: string, testTimeout: number): TestProjectInlineConfiguration => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: Math.max(10 * second, testTimeout),
  },
});

/** Real processes, started from dist/: one file at a time, so that they do not starve each other. */
const processes = (name: string, testTimeout: number): TestProjectInlineConfiguration => ({
  test: {
    ...layer(name, testTimeout).test,
    globalSetup: "test/integration/support/build.ts",
    fileParallelism: false,
  },
});

export default defineConfig({
  test: {
    projects: [
      { test: { name: "tidy", include: ["test/*.test.ts"] } },
      layer("unit", 10 * second),
      layer("property", 60 * second),
      layer("vectors", 60 * second),
      layer("contract", 30 * second),
      layer("simulation", 300 * second),
      layer("exhaustive", 300 * second),
      processes("integration", 120 * second),
      processes("e2e", 180 * second),
    ],
  },
});

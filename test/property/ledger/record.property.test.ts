/**
 * Record for all sequences of operations: a version for each that was written, and none in between.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readRecord } from "../../../src/protocol/state.ts";
import { holders } from "./ledger-model.ts";
import { outlines } from "./operation-model.ts";
import { tryAll } from "./operation-trial.ts";

test("a record's version is how often it was written, its hash the last one's, its height the block's", () => {
  fc.assert(
    fc.property(outlines("record"), (list) => {
      const { applied, rows } = tryAll(list);
      const written = new Map<string, number[]>();
      for (const { sender, steps } of applied) {
        for (const step of steps) {
          if (step.kind !== "record") continue;
          const name = `${step.from ?? sender}/${step.topic}/${step.key}`;
          written.set(name, [...(written.get(name) ?? []), step.hash]);
        }
      }
      for (const [at, { account }] of holders.entries()) {
        for (const topic of ["t", "tk"]) {
          for (const key of ["k", "kk"]) {
            const hashes = written.get(`${at}/${topic}/${key}`);
            const last = hashes?.at(-1)?.toString(16).padStart(64, "0");
            const expected =
              hashes === undefined
                ? undefined
                : { version: hashes.length, contentHash: last, height: 2 };
            expect(readRecord(rows, account, topic, key)).toEqual(expected);
          }
        }
      }
    }),
    { numRuns: 100 },
  );
});

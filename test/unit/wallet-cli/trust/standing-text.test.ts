/**
 * The words behind a figure and about nodes, and with which exit a command ends that has nothing proven.
 * @module
 */
import { expect, test } from "vitest";
import type { Finding } from "../../../../src/client/finding.ts";
import type { Standing } from "../../../../src/client/standing.ts";
import { type BlockId, epoch, height } from "../../../../src/protocol/ids.ts";
import {
  ageText,
  findingText,
  standingText,
  timeWarning,
  trustFailure,
} from "../../../../wallet-cli/trust/standing-text.ts";

const node = "http://n";
const proven = (behind: number): Finding => ({ node, kind: "proven", height: 1, behind });
const silent: Finding = { node, kind: "silent", message: "refused" };
const lie = (code: "wrong_chain" | "quorum_missing"): Finding => ({
  node,
  kind: "lying",
  code,
  message: "m",
  evidence: "/e.json",
});
const standing = (findings: readonly Finding[]): Standing => ({
  height: 18_204,
  blockId: "b".repeat(64),
  timestampMs: 1_000_000,
  signers: 3,
  validatorCount: 4,
  findings,
});

test.each([
  [
    [proven(0), proven(2), proven(1)],
    "✔ final at #18,204 (3 of 4 validators), 3 nodes answered, oldest 2 blocks behind, 0.4 s old",
  ],
  [[proven(0)], "✔ final at #18,204 (3 of 4 validators), 1 node answered, 0.4 s old"],
  [
    [proven(1), silent, lie("quorum_missing")],
    "✔ final at #18,204 (3 of 4 validators), 1 of 3 nodes answered, oldest 1 block behind, 0.4 s old",
  ],
])("%j reads %s", (findings, text) => {
  expect(standingText(standing(findings), 1_000_400)).toBe(text);
});

test.each([
  [-5, "0.0 s"],
  [0, "0.0 s"],
  [9_949, "9.9 s"],
  [10_000, "10 s"],
  [119_999, "119 s"],
  [720_000, "12 min"],
  [2 * 3_600_000, "2 h"],
  [50 * 3_600_000, "2 days"],
])("%d ms are %s", (ageMs, text) => {
  expect(ageText(ageMs)).toBe(text);
});

test("a tip and a clock that do not fit together are said, others are not", () => {
  const of = (wallMs: number) => timeWarning(standing([]), 1_000_000 + wallMs);
  expect(of(12 * 60_000)).toContain("tip is 12 min old");
  expect(of(-60_000)).toContain("60 s ahead of this clock");
  expect([of(0), of(60_000), of(-10_000)]).toEqual([undefined, undefined, undefined]);
});

test("each node that is not in step is named with its reason", () => {
  expect(findingText(proven(5))).toBeUndefined();
  expect(findingText({ node, kind: "lagging", height: 3, behind: 1, than: "remembered" })).toBe(
    "http://n is 1 block behind what this wallet has seen",
  );
  expect(findingText(lie("quorum_missing"))).toBe(
    "http://n is not to be believed (quorum_missing): m Its answer is kept: /e.json",
  );
});

const remembered = {
  height: height(9),
  blockId: "a".repeat(64) as BlockId,
  epoch: epoch(0),
  validators: [],
  timestampMs: 0,
};

test.each([
  [{ kind: "unreachable", findings: [silent] }, 4, "no_node_reachable"],
  [{ kind: "nothing-proven", findings: [lie("quorum_missing"), silent] }, 8, "nothing_proven"],
  [{ kind: "nothing-proven", findings: [lie("wrong_chain"), silent] }, 8, "wrong_chain"],
  [
    { kind: "nothing-proven", findings: [lie("wrong_chain"), lie("quorum_missing")] },
    8,
    "nothing_proven",
  ],
  [{ kind: "rolled-back", remembered, newestHeight: 7, findings: [] }, 8, "older_than_seen"],
  [{ kind: "fork", message: "m", evidence: "/e.json", findings: [] }, 8, "fork_proven"],
] as const)("%j ends with exit %d, %s", (failure, exit, code) => {
  expect(trustFailure(failure)).toMatchObject({ exit, facts: { code } });
});

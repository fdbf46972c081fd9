/**
 * What is concluded from several looks: when it is settled, and from when on everything was back.
 * @module
 */
import { expect, test } from "vitest";
import type { Groups } from "../../../../node/localnet/partition.ts";
import { Watcher, type WatcherOptions } from "../../../../node/localnet/watcher.ts";
import type { LocalActionJson } from "../../../../src/api/local-json.ts";
import { down, halved, halves, look, type Sketch } from "./seen-nodes.ts";

const actionOf = (command: LocalActionJson["command"], node: number | null): LocalActionJson => ({
  ...{ number: 1, command, node, groups: null, startedMs: 0 },
});

const watcherOf = (action: LocalActionJson, options: Partial<WatcherOptions> = {}): Watcher =>
  new Watcher({
    network: { groups: undefined },
    ...{ action, failure: null, needless: undefined, beganMs: 1_000 },
    ...options,
  });

const heal = actionOf("heal", null);
/** A payment waits, and the last act of a quorum was before the harm. */
const halted: Sketch = { waiting: 1, quorumAgeMs: 30_000 };
const acting: Sketch = { waiting: 1, quorumAgeMs: 20 };
const four = (sketch: Sketch): readonly Sketch[] => [sketch, sketch, sketch, sketch];

test("linked nodes whose tip was final before the harm have not recovered while a payment waits", () => {
  const watcher = watcherOf(heal);
  watcher.see(look(four(halted)), 1_100, 100);
  expect([watcher.recoveredAfterMs, watcher.isSettled]).toEqual([null, false]);
  watcher.see(look(four({ ...acting, height: 8 })), 1_900, 900);
  expect([watcher.recoveredAfterMs, watcher.isSettled]).toEqual([900, true]);
});

test("a restarted node has recovered when it has seen a quorum act, not when the others have", () => {
  const watcher = watcherOf(actionOf("restart", 3));
  watcher.see(look([acting, acting, acting, halted]), 1_100, 100);
  expect(watcher.recoveredAfterMs).toBeNull();
  watcher.see(look(four(acting)), 1_200, 200);
  expect(watcher.recoveredAfterMs).toBe(200);
});

test("who was back and is gone again has not recovered", () => {
  const watcher = watcherOf(actionOf("restart", 3));
  watcher.see(look(four({})), 1_200, 200);
  expect(watcher.recoveredAfterMs).toBe(200);
  watcher.see(look([{}, {}, {}, down]), 1_300, 300);
  expect([watcher.recoveredAfterMs, watcher.isSettled]).toEqual([null, true]);
  expect(watcher.recovery(300)).toEqual({
    missing: "node-3 is down (ended by SIGKILL)",
    waitedMs: 300,
  });
});

test("a healing of which no node could recover names no time", () => {
  const watcher = watcherOf(heal);
  watcher.see(look([down, down, down, down]), 1_100, 100);
  expect([watcher.recoveredAfterMs, watcher.isSettled]).toEqual([null, true]);
});

test("what had nothing to do has nothing to recover from", () => {
  const watcher = watcherOf(heal, { needless: "nothing was cut" });
  watcher.see(look(four({})), 1_100, 100);
  expect([watcher.isSettled, watcher.recoveredAfterMs, watcher.recovery(100)]).toEqual([
    true,
    null,
    undefined,
  ]);
});

test("a partition is judged while it lasts: one that was healed meanwhile is said to be over", () => {
  const network: { groups: Groups | undefined } = { groups: halved };
  const watcher = watcherOf(actionOf("partition", null), { network });
  watcher.see(look(four({})), 1_100, 100);
  expect([watcher.isSettled, watcher.flaw]).toEqual([
    false,
    "NOT CUT: links still cross the partition",
  ]);
  network.groups = undefined;
  watcher.see(look(halves), 1_200, 200); // They are not linked again yet: that is for the healing to wait for.
  expect([watcher.isSettled, watcher.flaw]).toEqual([
    true,
    "the partition was over before it could be judged",
  ]);
});

test("a partition that holds has no flaw, and is settled at once where no part has a quorum", () => {
  const watcher = watcherOf(actionOf("partition", null), { network: { groups: halved } });
  watcher.see(look(halves), 1_100, 100);
  expect([watcher.isSettled, watcher.flaw, watcher.liveness]).toEqual([true, undefined, "none"]);
});

/**
 * How a local network is doing, asked of its nodes.
 * @module
 */
import type { StatusJson } from "../../src/api/json.ts";
import type { NodeProcess } from "./node-process.ts";
import type { Pulse } from "./pulse-text.ts";
import { localClient } from "./readiness.ts";

const window = "60s";

export async function takePulse(nodes: readonly NodeProcess[]): Promise<Pulse> {
  const running = nodes.filter(({ state }) => state.kind === "running");
  const answers = await Promise.all(running.map(({ spec }) => localClient(spec.http).status()));
  const statuses = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  const first = running[answers.findIndex(({ ok }) => ok)];
  const stats = first === undefined ? undefined : await localClient(first.spec.http).stats(window);
  const known = stats?.ok ? stats.value : undefined;
  return {
    running: running.length,
    nodes: nodes.length,
    height: statuses.length === 0 ? null : Math.max(...statuses.map(({ tip }) => tip.height)),
    finalityMs: known?.finalityMsMedian ?? null,
    transactionsPerSecond: known?.transactionsPerSecond ?? 0,
    peers: statuses.length === 0 ? 0 : Math.min(...statuses.map(({ peers }) => peers)),
    sync: syncWords(statuses, running.length),
  };
}

function syncWords(statuses: readonly StatusJson[], running: number): string {
  const stalled = statuses.find(({ sync }) => sync.kind === "no-quorum")?.sync;
  if (stalled?.kind === "no-quorum") return `no quorum for ${Math.round(stalled.forMs / 1000)} s`;
  const behind = statuses.filter(({ sync }) => sync.kind === "behind").length;
  if (behind > 0) return `${behind} catching up`;
  return statuses.length < running || running === 0 ? "not all answer" : "in step";
}

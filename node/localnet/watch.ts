/**
 * Watches a local network after something was done to it, until it can be said what came of that.
 *
 * It waits for what can come and for nothing else: where too few nodes are left for a quorum it says so at once, and a
 * node that keeps silent for a reason of its own is not waited for to the end.
 * @module
 */
import type { LocalActionJson, LocalVerdictJson } from "../../src/api/local-json.ts";
import type { Agreement } from "./agreement.ts";
import type { LocalNetwork } from "./local-network.ts";
import { mayReach } from "./partition.ts";
import { lookAt, type SeenNode } from "./sight.ts";
import {
  apartFrom,
  type Findings,
  isAnswering,
  isCut,
  isLive,
  isRecovered,
  isWhole,
  lackOf,
  largestPart,
  mayHaveQuorum,
  quorumIn,
  verdictWords,
} from "./verdict.ts";

export interface WatchOptions {
  readonly network: LocalNetwork;
  readonly agreement: Agreement;
  readonly action: LocalActionJson;
  readonly failure: LocalVerdictJson["failure"];
  /** When the action began, by the monotonic clock. */
  readonly beganMs: number;
}

export interface Watched {
  readonly verdict: LocalVerdictJson;
  /** The time was over before that came about which could have. */
  readonly isLate: boolean;
}

const watchMsMax = 20_000;
const pollMs = 60;
/** So long a node may keep silent at the tip before that is taken for an answer. */
const silenceMsMax = 5_000;

export async function watch(options: WatchOptions): Promise<Watched> {
  const { network, agreement, action, failure, beganMs } = options;
  const doneMs = performance.now();
  const watcher = new Watcher(options);
  for (;;) {
    const lookedMs = performance.now();
    const seen = await lookAt(network.nodes);
    watcher.see(seen, lookedMs, lookedMs - doneMs);
    const isLate = lookedMs - doneMs > watchMsMax;
    if (!watcher.isSettled && !isLate && !network.isStopping) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      continue;
    }
    const contradictions = await agreement.contradictions(seen);
    const { quorum, live, recoveredAfterMs } = watcher;
    const waitedMs = lookedMs - beganMs;
    const findings: Findings = {
      answering: seen.filter(isAnswering).length,
      contradictions,
      quorum,
      live,
      apart: apartFrom(largestPart(seen), seen),
      recovery: watcher.recovery(waitedMs),
    };
    const failed = failure === null ? "" : `${failure.message} · `;
    const verdict = {
      action,
      endedMs: Date.now(),
      safe: contradictions.length === 0,
      ...{ live, quorum, recoveredAfterMs, failure },
      words: `${failed}${verdictWords(findings)}`,
    };
    return { verdict, isLate: !watcher.isSettled };
  }
}

class Watcher {
  readonly #network: LocalNetwork;
  readonly #action: LocalActionJson;
  readonly #beganMs: number;
  /** Whether anything can recover from the action. */
  readonly #recovers: boolean;
  /** The tip to be reached. */
  #height: number | undefined;
  #seen: readonly SeenNode[] = [];
  #silentMs: number | undefined;
  isSettled = false;
  live = false;
  recoveredAfterMs: number | null = null;

  constructor({ network, action, failure, beganMs }: WatchOptions) {
    this.#network = network;
    this.#action = action;
    this.#beganMs = beganMs;
    this.#recovers = failure === null && ["restart", "resume", "heal"].includes(action.command);
  }

  get quorum(): LocalVerdictJson["quorum"] {
    return quorumIn(this.#seen);
  }

  /** `sinceMs`: how long ago the action was done. */
  see(seen: readonly SeenNode[], nowMs: number, sinceMs: number): void {
    this.#seen = seen;
    const heights = seen.map(({ status }) => status?.tip.height ?? 0);
    this.#height ??= Math.max(0, ...heights);
    this.live = isLive(seen, sinceMs);
    const isBack = this.#missing().length === 0;
    if (this.#recovers && isBack) this.recoveredAfterMs ??= Math.round(nowMs - this.#beganMs);
    this.isSettled = this.#judge(nowMs);
  }

  recovery(waitedMs: number): Findings["recovery"] {
    if (!this.#recovers) return undefined;
    if (this.recoveredAfterMs !== null) return { afterMs: this.recoveredAfterMs };
    return { missing: lackOf(this.#missing(), this.#height ?? 0), waitedMs };
  }

  /** The nodes that the action is about; a healing is about all that run. */
  get #concerned(): readonly SeenNode[] {
    const { node } = this.#action;
    return this.#seen.filter(({ index, state }) =>
      node === null ? state === "running" : index === node,
    );
  }

  #missing(): readonly SeenNode[] {
    return this.#concerned.filter((node) => !isRecovered(node, this.#seen, this.#height ?? 0));
  }

  #judge(nowMs: number): boolean {
    const { groups } = this.#network;
    if (groups !== undefined && !isCut(this.#seen, groups)) return false;
    if (!this.#recovers) return this.live || !mayHaveQuorum(this.#seen, groups);
    const { node } = this.#action;
    const within = this.#seen.filter(({ index }) => node === null || mayReach(groups, node, index));
    if (!mayHaveQuorum(within, groups)) return isWhole(this.#seen, groups);
    if (this.recoveredAfterMs !== null) return this.live;
    return this.#concerned.some(({ state }) => state !== "running") || this.#isSilence(nowMs);
  }

  /** Whether nothing is missing but votes of nodes that keep them back, and that for a while. */
  #isSilence(nowMs: number): boolean {
    const isSilent = this.#missing().every(
      ({ status }) =>
        status?.voting.kind === "silent" &&
        status.sync.kind !== "behind" &&
        status.tip.height >= (this.#height ?? 0),
    );
    if (isSilent) this.#silentMs ??= nowMs;
    else this.#silentMs = undefined;
    return this.#silentMs !== undefined && nowMs - this.#silentMs > silenceMsMax;
  }
}

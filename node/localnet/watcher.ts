/**
 * What a sequence of looks at a local network says about one action: is there anything left to wait for, and from when on
 * was everything back?
 * @module
 */
import type { LocalActionJson, LocalVerdictJson } from "../../src/api/local-json.ts";
import { type Groups, mayReach } from "./partition.ts";
import type { SeenNode } from "./sight.ts";
import {
  isCut,
  isRecovered,
  isServed,
  isWhole,
  type Liveness,
  livenessOf,
  mayHaveQuorum,
  quorumIn,
} from "./verdict.ts";
import { type Findings, lackOf } from "./verdict-words.ts";

export interface WatcherOptions {
  /** The partition, as it is now. */
  readonly network: { readonly groups: Groups | undefined };
  readonly action: LocalActionJson;
  readonly failure: LocalVerdictJson["failure"];
  /** In words, why there was nothing to do; then nothing has to recover either. */
  readonly needless: string | undefined;
  /** When the action began, by the monotonic clock. */
  readonly beganMs: number;
}

/** So long a node may keep silent at the tip before that is taken for an answer. */
const silenceMsMax = 5_000;

export class Watcher {
  readonly #network: WatcherOptions["network"];
  readonly #action: LocalActionJson;
  readonly #beganMs: number;
  /** Whether anything can recover from the action. */
  readonly #recovers: boolean;
  /** Of the partition that is judged; undefined when it is not about one. */
  readonly #groups: Groups | undefined;
  /** The tip to be reached. */
  #height: number | undefined;
  #seen: readonly SeenNode[] = [];
  #silentMs: number | undefined;
  isSettled = false;
  liveness: Liveness = "none";
  recoveredAfterMs: number | null = null;

  constructor({ network, action, failure, needless, beganMs }: WatcherOptions) {
    this.#network = network;
    this.#action = action;
    this.#beganMs = beganMs;
    const isMending = ["restart", "resume", "heal"].includes(action.command);
    this.#recovers = isMending && failure === null && needless === undefined;
    this.#groups = action.command === "partition" && failure === null ? network.groups : undefined;
  }

  get quorum(): LocalVerdictJson["quorum"] {
    return quorumIn(this.#seen);
  }

  /** What is wrong with the partition that is being judged, or that it is judged in. */
  get flaw(): string | undefined {
    if (this.#isOver) return "the partition was over before it could be judged";
    const { groups } = this.#network;
    if (groups === undefined || isCut(this.#seen, groups)) return undefined;
    return "NOT CUT: links still cross the partition";
  }

  /** `sinceMs`: how long ago the action was done. */
  see(seen: readonly SeenNode[], nowMs: number, sinceMs: number): void {
    this.#seen = seen;
    const heights = seen.map(({ status }) => status?.tip.height ?? 0);
    this.#height ??= Math.max(0, ...heights);
    this.liveness = livenessOf(seen, sinceMs);
    if (this.#recovers && this.#isBack(sinceMs)) {
      this.recoveredAfterMs ??= Math.round(nowMs - this.#beganMs);
    } else this.recoveredAfterMs = null; // It was back, and is not any more.
    this.isSettled = this.#judge(nowMs);
  }

  recovery(waitedMs: number): Findings["recovery"] {
    if (!this.#recovers) return undefined;
    if (this.recoveredAfterMs !== null) return { afterMs: this.recoveredAfterMs };
    return { missing: lackOf(this.#missing(), this.#height ?? 0), waitedMs };
  }

  /** Another one took its place, or it was healed. */
  get #isOver(): boolean {
    return this.#groups !== undefined && this.#network.groups !== this.#groups;
  }

  /** All that it is about are back, and have their part in what a quorum does. */
  #isBack(sinceMs: number): boolean {
    return this.#missing().length === 0 && isServed(this.#concerned, this.#seen, sinceMs);
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
    const isLive = this.liveness !== "none";
    if (this.#isOver) return true;
    if (groups !== undefined && !isCut(this.#seen, groups)) return false;
    if (!this.#recovers) return isLive || !mayHaveQuorum(this.#seen, groups);
    const { node } = this.#action;
    const within = this.#seen.filter(({ index }) => node === null || mayReach(groups, node, index));
    if (!mayHaveQuorum(within, groups)) return isWhole(this.#seen, groups);
    if (this.recoveredAfterMs !== null) return isLive;
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

/**
 * What the light client needs of its host: the way to nodes, a clock, and two small stores.
 * @module
 */
import type { Web } from "../api/asking.ts";
import type { Clock } from "../base/clock.ts";
import type { Hasher, Verifier } from "../crypto/ports.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import type { Genesis } from "../protocol/genesis.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { Evidence } from "./evidence.ts";
import type { RememberedTip } from "./remembered-tip.ts";

/** Where the newest proven block is remembered between runs. */
export interface TipStore {
  /** Undefined: nothing was proven yet. */
  load(): Promise<RememberedTip | undefined>;
  /** Keeps the higher one: it never moves back, also when two processes save at once. */
  save(tip: RememberedTip): Promise<void>;
}

/** Where lies are kept. */
export interface EvidenceStore {
  /** Says where it is, for people; undefined when it could not be kept. */
  save(evidence: Evidence): Promise<string | undefined>;
}

export interface LightClientOptions {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  /** Base URLs, at least one. */
  readonly nodes: readonly string[];
  readonly web: Web;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly verifier: Verifier;
  readonly tips: TipStore;
  readonly evidence: EvidenceStore;
  /** A block that the history must have, by the word of whoever runs the client. */
  readonly checkpoint?: Checkpoint | undefined;
  /** For one question to one node. */
  readonly timeoutMs: number;
  /** Where the thread is not the client's alone: lets others go first, between a few signatures. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** Called when nodes that cannot prove their tip yet are asked again, for more than a second. */
  readonly whenWaiting?: (() => void) | undefined;
}

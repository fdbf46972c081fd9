/**
 * What a proof needs: the network that is known, the nodes to ask, and a client that begins with both.
 * @module
 */
import type { Web } from "../../../src/api/asking.ts";
import type { Path } from "../../../src/api/paths.ts";
import type { Clock } from "../../../src/base/clock.ts";
import type { Result } from "../../../src/base/result.ts";
import { type Gathered, LightClient, type SubjectCheck } from "../../../src/client/light-client.ts";
import type { ProofQuestion } from "../../../src/client/one-node.ts";
import type { TipStore } from "../../../src/client/ports.ts";
import { proveState } from "../../../src/client/proven-state.ts";
import type { TrustFailure } from "../../../src/client/standing.ts";
import type { Hasher, Verifier } from "../../../src/crypto/ports.ts";
import type { Checkpoint } from "../../../src/protocol/checkpoint.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import { type AssetId, type ChainId, nativeAsset } from "../../../src/protocol/ids.ts";
import { assetKey, readAsset } from "../../../src/protocol/state.ts";
import { keepEvidence } from "./evidence-shelf.ts";
import { type AssetTermsKnown, ProvenWriter } from "./proven-writer.ts";
import type { Acquaintance } from "./remembering.ts";

/** The network, as this browser knows it. */
export interface KnownNetwork {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly acquaintance: Acquaintance;
  /** How the node names it otherwise than its genesis does, as a sentence. */
  readonly misnamed?: string | undefined;
  readonly checkpoint: Checkpoint | undefined;
}

export interface SceneOptions {
  readonly network: KnownNetwork;
  /** Base URL of the node that shows the page. */
  readonly page: string;
  /** Base URLs of others, by the reader's wish. */
  readonly others: readonly string[];
  readonly web: Web;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly verifier: Verifier;
  readonly tips: TipStore;
  /** A moment for the browser to draw and to listen. */
  readonly pause: () => Promise<void>;
  /** The page's node, once more. Throws where it does not answer. */
  readonly ask: <Answer>(path: Path<Answer>) => Promise<Answer>;
  readonly left: AbortSignal;
}

const timeoutMs = 10_000;

/** Remembers what it gathered last: the proof, of which steps are told. */
export class WatchedClient extends LightClient {
  last: Gathered | undefined;

  override async gather(
    question: ProofQuestion,
    check?: SubjectCheck,
  ): Promise<Result<Gathered, TrustFailure>> {
    const gathered = await super.gather(question, check);
    if (gathered.ok) this.last = gathered.value;
    return gathered;
  }
}

export class Scene {
  readonly options: SceneOptions;
  readonly client: WatchedClient;
  /** The page's first. */
  readonly nodes: readonly string[];
  readonly timeoutMs: number = timeoutMs;

  constructor(options: SceneOptions) {
    const { network, page, others, web, clock, hasher, verifier, tips } = options;
    this.options = options;
    this.nodes = [page, ...others];
    this.client = new WatchedClient({
      genesis: network.genesis,
      chainId: network.chainId,
      nodes: this.nodes,
      web,
      clock,
      hasher,
      verifier,
      tips,
      evidence: { save: (evidence) => Promise.resolve(keepEvidence(evidence)) },
      checkpoint: network.checkpoint,
      timeoutMs,
      pause: options.pause,
    });
  }

  get page(): string {
    return this.options.page;
  }

  get network(): KnownNetwork {
    return this.options.network;
  }

  /** The network's own words, with the assets' codes and decimals proven. */
  async writer(assets: readonly AssetId[]): Promise<Result<ProvenWriter, TrustFailure>> {
    const { genesis } = this.network;
    const terms = new Map<AssetId, AssetTermsKnown>();
    const others = [...new Set(assets)].filter((asset) => asset !== nativeAsset);
    if (others.length > 0) {
      const state = await proveState(this.client, others.map(assetKey));
      if (!state.ok) return state;
      for (const asset of others) {
        const entry = readAsset(state.value.entries, asset);
        if (entry !== undefined) terms.set(asset, entry);
      }
    }
    return { ok: true, value: new ProvenWriter(genesis, terms) };
  }
}

/**
 * A whole network of real replicas in one process: virtual time, a simulated wire, simulated disks, watched by checkers.
 * @module
 */
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import { openGenesisLedger } from "../../../src/ledger/genesis-state.ts";
import { networkLimits } from "../../../src/network/limits.ts";
import { MemoryHub } from "../../../src/network/memory-transport.ts";
import { epoch } from "../../../src/protocol/ids.ts";
import { ValidatorSet } from "../../../src/protocol/validator-set.ts";
import { SafetyCheckers, SafetyViolation } from "./checkers.ts";
import { Client } from "./client.ts";
import {
  numberOfNode,
  type SimulatedGenesis,
  simulatedGenesis,
  startWallMs,
} from "./network-of-nodes.ts";
import { SimulatedNode, type Wrap } from "./node.ts";
import { Random } from "./random.ts";
import { SimulatedClock, Timeline } from "./timeline.ts";
import { SimulatedWire } from "./wire.ts";

/** Blocks that every honest node must add once all faults are over. */
export const progressHeights = 5;

export interface WorldOptions {
  readonly seed: number;
  readonly validators: number;
  /** Validators that run something else than the honest code, and what lies between them and the wire. */
  readonly adversaries?: ReadonlyMap<number, Wrap>;
}

export class World {
  readonly seed: number;
  readonly random: Random;
  readonly timeline: Timeline = new Timeline();
  readonly network: SimulatedGenesis;
  readonly validators: ValidatorSet;
  readonly wire: SimulatedWire;
  readonly hub: MemoryHub;
  readonly checkers: SafetyCheckers;
  readonly nodes: readonly SimulatedNode[];
  readonly client: Client;
  readonly #trace: string[] = [];
  #failure: unknown;

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.random = new Random(options.seed);
    this.network = simulatedGenesis(this.random.fork(), {
      validators: options.validators,
      wallets: 8,
    });
    const { genesis, chainId, signers } = this.network;
    const boundary = openGenesisLedger(nativeHasher, genesis).id;
    this.validators = new ValidatorSet({
      hasher: nativeHasher,
      validators: genesis.validators,
      epoch: epoch(0),
      boundary,
    });
    const wireOptions = { random: this.random.fork(), numberOf: numberOfNode };
    this.wire = new SimulatedWire(wireOptions);
    const clock = new SimulatedClock({ timeline: this.timeline, startWallMs });
    this.hub = new MemoryHub({ clock, wire: this.wire, limits: networkLimits });
    const adversaries = options.adversaries ?? new Map<number, Wrap>();
    this.checkers = new SafetyCheckers({
      verifier: nativeVerifier,
      chainId,
      validators: this.validators,
      faulty: new Set(adversaries.keys()),
    });
    this.nodes = signers.map(
      (signer, number) =>
        new SimulatedNode({
          world: this,
          number,
          signer: this.checkers.watch(signer, number),
          wrap: adversaries.get(number),
        }),
    );
    this.client = new Client({
      timeline: this.timeline,
      random: this.random.fork(),
      network: this.network,
      wallMs: () => Math.floor(startWallMs + this.timeline.nowMs),
      reachable: () =>
        this.nodes.flatMap(({ queries, isHonest }) =>
          queries === undefined || !isHonest ? [] : [queries],
        ),
    });
  }

  get honest(): readonly SimulatedNode[] {
    return this.nodes.filter(({ isHonest }) => isHonest);
  }

  async startAll(): Promise<void> {
    for (const node of this.nodes) node.start();
    await this.run(0);
  }

  /** Something that no code of the run may survive: a violation, or a replica that ended itself. */
  fail(failure: unknown): void {
    this.#failure ??= failure;
  }

  /** A line of the run's trace: same seed, same lines. */
  note(line: string): void {
    this.#trace.push(`${this.timeline.nowMs.toFixed(3)} ${line}`);
  }

  get trace(): readonly string[] {
    return this.#trace;
  }

  traceHash(): string {
    return toHex(nativeHasher.sha256(new TextEncoder().encode(this.#trace.join("\n"))));
  }

  /** Lets time pass; throws at the first violation. */
  async run(forMs: number, done: () => boolean = () => false): Promise<void> {
    const untilMs = this.timeline.nowMs + forMs;
    await this.timeline.runUntil(untilMs, () => this.#failure !== undefined || done());
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends all faults, and demands progress on every honest node within the time. */
  async healAndDemandProgress(withinMs = 60_000): Promise<void> {
    this.wire.heal();
    this.wire.quality = { latencyMs: 5, jitterMs: 2, loss: 0 };
    for (const node of this.nodes) if (!node.isUp) node.start();
    await this.run(0);
    const goal = this.checkers.lastHeight + progressHeights;
    const acknowledged = this.client.acknowledged.size + 3;
    const isLive = (): boolean =>
      this.client.acknowledged.size >= acknowledged &&
      this.honest.every(({ height }) => height >= goal);
    await this.run(withinMs, isLive);
    if (isLive()) return;
    const heights = this.nodes.map((node) => node.describe()).join("; ");
    throw new SafetyViolation(`no progress within ${withinMs} ms after healing: ${heights}`);
  }

  /** No honest node may say that it is behind when it is not, nor be behind any more. */
  demandSynced(): void {
    const lost = this.honest.filter(({ queries }) => queries?.status().sync.kind !== "synced");
    if (lost.length === 0) return;
    throw new SafetyViolation(`not in step: ${lost.map((node) => node.describe()).join("; ")}`);
  }

  /** At the end: what was acknowledged is there, once; no money came or went. */
  async checkEnd(): Promise<void> {
    this.client.stop();
    for (const id of this.client.acknowledged) {
      if (this.checkers.heightOf(id) === undefined) {
        throw new SafetyViolation(`transaction ${id} was acknowledged and is lost`);
      }
    }
    for (const node of this.honest) {
      const supply = await node.supply();
      if (supply !== this.network.supply) {
        throw new SafetyViolation(`node ${node.number} holds ${supply} of ${this.network.supply}`);
      }
    }
  }
}

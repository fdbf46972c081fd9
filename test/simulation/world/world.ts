/**
 * A whole network of real replicas in one process: virtual time, a simulated wire, simulated disks, watched by checkers.
 * @module
 */
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import { openGenesisLedger } from "../../../src/ledger/genesis-state.ts";
import { networkLimits } from "../../../src/network/limits.ts";
import { MemoryHub } from "../../../src/network/memory-transport.ts";
import { epoch } from "../../../src/protocol/ids.ts";
import { ValidatorSet } from "../../../src/protocol/validator-set.ts";
import type { NodeQueries } from "../../../src/replica/node-queries.ts";
import { SafetyCheckers, SafetyViolation } from "./checkers.ts";
import { Chronicle } from "./chronicle.ts";
import { Client } from "./client.ts";
import { MachineClock, SimulatedClock } from "./clock.ts";
import { quickDisk } from "./disk.ts";
import { demandAssetsAddUp } from "./holdings.ts";
import { MembershipRecount } from "./membership-recount.ts";
import {
  type Ancestor,
  numberOfNode,
  type SimulatedGenesis,
  simulatedGenesis,
  startWallMs,
} from "./network-of-nodes.ts";
import { SimulatedNode, type Wrap } from "./node.ts";
import { Operators } from "./operators.ts";
import { Pursuit } from "./pursuit.ts";
import { Random } from "./random.ts";
import { RememberingVerifier } from "./remembering-verifier.ts";
import { Timeline } from "./timeline.ts";
import { type SignedVote, subjectOf } from "./vote-record.ts";
import { SimulatedWire } from "./wire.ts";

/** Blocks that every honest node must add once all faults are over. */
export const progressHeights = 5;

const standardEpochLength = 1_000;

export interface WorldOptions {
  readonly seed: number;
  readonly validators: number;
  /** Validators that run something else than the honest code, and what lies between them and the wire. */
  readonly adversaries?: ReadonlyMap<number, Wrap>;
  /** Validators whose key is on a second machine too, with a disk of its own. */
  readonly twins?: readonly number[];
  /** Heights in an epoch, at least 10. */
  readonly epochLength?: number;
  /** Nodes that are no validators at the genesis: observers, or members to be. */
  readonly spare?: number;
  /** Nodes that `startAll` leaves switched off. */
  readonly asleep?: readonly number[];
  /** Accounts that pay. */
  readonly wallets?: number;
  /** The ledger that this one goes on from: one of the same seed and sizes, so that keys and wallets are the same. */
  readonly ancestor?: Ancestor;
  /** When time ends, and with it the run. */
  readonly endMs?: number | undefined;
}

/** Ends a run that was to be no longer. */
export class EndOfTime extends Error {
  override readonly name = "EndOfTime";
}

export class World {
  readonly seed: number;
  readonly random: Random;
  readonly timeline: Timeline = new Timeline();
  readonly verifier: RememberingVerifier = new RememberingVerifier(nativeVerifier);
  /** All signers are watched, so also what adversaries sign with them. */
  readonly network: SimulatedGenesis;
  /** Of epoch 0. */
  readonly validators: ValidatorSet;
  readonly wire: SimulatedWire;
  readonly hub: MemoryHub;
  readonly checkers: SafetyCheckers;
  readonly chronicle: Chronicle = new Chronicle();
  /** The validators of the genesis, each at its place in the set; then the spares; then the twins. */
  readonly nodes: readonly SimulatedNode[];
  readonly client: Client;
  readonly operators: Operators;
  /** Frames that were checked when they first left. */
  readonly seenFrames: WeakSet<Uint8Array> = new WeakSet();
  readonly #options: WorldOptions;
  readonly #trace: string[] = [];
  #failure: unknown;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.seed = options.seed;
    this.random = new Random(options.seed);
    const genesis = simulatedGenesis(this.random.fork(), {
      ...options,
      wallets: options.wallets ?? 8,
    });
    this.validators = firstSet(genesis);
    const { timeline } = this;
    const wireOptions = { random: this.random.fork(), timeline, numberOf: numberOfNode };
    this.wire = new SimulatedWire(wireOptions);
    const clock = new SimulatedClock(new MachineClock({ timeline, startWallMs }));
    this.hub = new MemoryHub({ clock, wire: this.wire, limits: networkLimits });
    const adversaries = options.adversaries ?? new Map<number, Wrap>();
    const twins = options.twins ?? [];
    const epochLength = options.epochLength ?? standardEpochLength;
    const { validators } = genesis.genesis;
    const recount = new MembershipRecount({ hasher: nativeHasher, epochLength, validators });
    this.checkers = new SafetyCheckers({
      verifier: this.verifier,
      chainId: genesis.chainId,
      validators: this.validators,
      faulty: new Set([...adversaries.keys(), ...twins]),
      epochLength,
      nextValidators: (block) => recount.final(block),
      voted: (validator, vote) => this.#voted(validator, vote),
    });
    const signers = genesis.signers.map((signer, number) => this.watch(signer, number));
    this.network = { ...genesis, signers };
    const owners = [...signers.keys(), ...twins];
    this.nodes = owners.map((owner, number) => {
      const signer = signers[owner];
      if (signer === undefined) throw new RangeError("a twin is of a node");
      const isTwin = twins.includes(owner);
      return new SimulatedNode({
        world: this,
        number,
        signer,
        wrap: adversaries.get(number),
        isTwin,
      });
    });
    const wallMs = (): number => Math.floor(startWallMs + timeline.nowMs);
    const pursuit = new Pursuit({
      timeline,
      random: this.random.fork(),
      reachable: () => this.#reachable(),
    });
    const { network } = this;
    this.client = new Client({ timeline, random: this.random.fork(), network, wallMs, pursuit });
    this.operators = new Operators({ network, wallMs, pursuit });
  }

  get honest(): readonly SimulatedNode[] {
    return this.nodes.filter(({ isHonest }) => isHonest);
  }

  /** The second machine of a validator that has one. */
  twinOf(validator: number): SimulatedNode {
    const at = (this.#options.twins ?? []).indexOf(validator);
    const twin = at < 0 ? undefined : this.nodes[this.network.signers.length + at];
    if (twin === undefined) throw new RangeError(`validator ${validator} has no twin`);
    return twin;
  }

  /** Who hears, and is heard by, which of a validator's two machines; neither hears the other. Ends at `wire.heal`. */
  maskTwins(
    validator: number,
    masks: { readonly first: readonly number[]; readonly second: readonly number[] },
    forMs?: number,
  ): void {
    const all = this.nodes.map(({ number }) => number);
    this.wire.confine(validator, masks.first, all, forMs);
    this.wire.confine(this.twinOf(validator).number, masks.second, all, forMs);
  }

  /** The connections between two nodes are reset. */
  resetLinks(a: number, b: number): void {
    this.nodes[a]?.resetLinks(b);
    this.nodes[b]?.resetLinks(a);
  }

  /** A signer whose votes the checkers see; a violation ends the run wherever it is signed. */
  watch(signer: Signer, owner: number): Signer {
    const watched = this.checkers.watch(signer, owner);
    // Signing is deterministic, and votes are signed again for each new link.
    const signed = new Map<string, Uint8Array>();
    return {
      publicKey: signer.publicKey,
      sign: (message) => {
        const text = Buffer.from(message).toString("latin1");
        const known = signed.get(text);
        if (known !== undefined) return known;
        try {
          const signature = watched.sign(message);
          signed.set(text, signature);
          this.verifier.signed(signature, message, signer.publicKey);
          return signature;
        } catch (violation) {
          this.fail(violation);
          throw violation;
        }
      },
    };
  }

  /** The node that a validator set calls by this name. */
  numberOfName(name: string): number | undefined {
    const at = this.network.candidates.findIndex((candidate) => candidate.name === name);
    return at < 0 ? undefined : at;
  }

  async startAll(): Promise<void> {
    const asleep = new Set(this.#options.asleep ?? []);
    for (const node of this.nodes) if (!asleep.has(node.number)) node.start();
    await this.run(0);
  }

  /** Something that no code of the run may survive: a violation, or a replica that ended itself. */
  fail(failure: unknown): void {
    this.#failure ??= failure;
  }

  /** A check whose violation ends the run. */
  judge(check: () => void): void {
    try {
      check();
    } catch (violation) {
      this.fail(violation);
    }
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
    const { endMs = Number.POSITIVE_INFINITY } = this.#options;
    const untilMs = Math.min(this.timeline.nowMs + forMs, endMs);
    await this.timeline.runUntil(untilMs, () => this.#failure !== undefined || done());
    if (this.#failure !== undefined) throw this.#failure;
    if (this.timeline.nowMs >= endMs) throw new EndOfTime();
  }

  /** All faults are over: wire, clocks and disks are good, what was spoilt is replaced, and everybody is up. */
  heal(): void {
    this.wire.repair();
    for (const node of this.nodes) {
      node.clock.correct();
      node.disk.isFull = false;
      node.disk.speed = quickDisk;
      if (node.disk.isDamaged) {
        node.crash();
        node.stored.wipe();
        node.disk.isDamaged = false;
      }
      if (!node.isUp) node.start();
    }
  }

  /** Ends all faults, and demands progress on every honest node within the time. */
  async healAndDemandProgress(withinMs = 60_000): Promise<void> {
    this.heal();
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

  /** At the end: what was acknowledged is there, once; no money came or went; nothing is left unjudged. */
  async checkEnd(): Promise<void> {
    this.client.stop();
    this.checkers.checkEnd();
    for (const id of [...this.client.acknowledged, ...this.operators.acknowledged]) {
      if (this.checkers.heightOf(id) === undefined) {
        throw new SafetyViolation(`transaction ${id} was acknowledged and is lost`);
      }
    }
    for (const node of this.honest) {
      const holdings = await node.holdings();
      const { native } = holdings;
      if (native !== this.network.supply) {
        throw new SafetyViolation(`node ${node.number} holds ${native} of ${this.network.supply}`);
      }
      demandAssetsAddUp(holdings, `node ${node.number}`);
    }
  }

  #reachable(): readonly NodeQueries[] {
    return this.honest.flatMap(({ queries }) => (queries === undefined ? [] : [queries]));
  }

  #voted(validator: number, vote: SignedVote): void {
    const { epoch: of, view } = vote;
    this.chronicle.voted(this.timeline.nowMs, validator, vote);
    const [kind, on = ""] = subjectOf(vote).split(" ");
    this.note(`validator ${validator} signs ${kind} ${of}/${view} ${on.slice(0, 20)}`.trimEnd());
  }
}

function firstSet({ genesis, carried }: SimulatedGenesis): ValidatorSet {
  return new ValidatorSet({
    hasher: nativeHasher,
    validators: genesis.validators,
    epoch: epoch(0),
    boundary: openGenesisLedger(nativeHasher, genesis, carried).id,
  });
}

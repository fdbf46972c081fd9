/**
 * One simulated machine: a disk and a clock that outlive crashes, and the process that runs on it while it is up.
 * @module
 */

import type { Log } from "../../../src/base/log.ts";
import { decode } from "../../../src/codec/codec.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import type { Transport } from "../../../src/network/transport.ts";
import { type Message, messageCodec } from "../../../src/protocol/message.ts";
import type { FoundBlock, NodeQueries } from "../../../src/replica/node-queries.ts";
import type { Replica } from "../../../src/replica/replica.ts";
import { MachineClock, SimulatedClock } from "./clock.ts";
import { type Disk, flippedBit, newDisk, type Survivors } from "./disk.ts";
import { type Holdings, holdingsIn } from "./holdings.ts";
import { SimulatedLinks } from "./links.ts";
import { type DiskImage, MachineDisk } from "./machine-disk.ts";
import {
  numberOfNode,
  simulatedAddress,
  simulatedNodeId,
  startWallMs,
} from "./network-of-nodes.ts";
import { SimulatedProcess } from "./process.ts";
import { watchedLog } from "./watched-log.ts";
import type { World } from "./world.ts";

/** What lies between a replica and its links, in place of nothing: an adversary. */
export type Wrap = (transport: Transport, world: World, number: number) => Transport;

/** Why a process ended by itself, or a node did not start; only ever after its disk was made to fail. */
export interface Death {
  readonly atMs: number;
  readonly reason: string;
}

/** Frames that carry what may be said only after it is durable: a crash may come before and after each. */
const promises = new Set(["votes", "certificate", "proposal"]);
const monotonicOriginMsMax = 1_000_000;

export class SimulatedNode {
  readonly number: number;
  readonly isHonest: boolean;
  readonly clock: MachineClock;
  /** What is the matter with the disk. */
  readonly disk: Disk = newDisk();
  /** What is on it, while the node is down. */
  readonly stored: MachineDisk;
  /** Told of every effect boundary of the running process; may crash the node there. */
  onPoint: ((point: string) => void) | undefined;
  lastDeath: Death | undefined;
  readonly #world: World;
  readonly #wrap: Wrap | undefined;
  #running: SimulatedProcess | undefined;
  #height = 0;

  constructor(options: {
    readonly world: World;
    readonly number: number;
    readonly signer: Signer;
    readonly wrap: Wrap | undefined;
    /** One of the machines of a key that has two: faulty, though it runs the honest code. */
    readonly isTwin?: boolean;
  }) {
    const { world } = options;
    this.#world = world;
    this.number = options.number;
    this.#wrap = options.wrap;
    this.isHonest = options.wrap === undefined && options.isTwin !== true;
    this.clock = new MachineClock({ timeline: world.timeline, startWallMs });
    this.stored = new MachineDisk(world.network.chainId);
    this.stored.addKey(options.signer);
  }

  get isUp(): boolean {
    return this.#running !== undefined;
  }

  get queries(): NodeQueries | undefined {
    return this.#running?.replica?.queries;
  }

  /** Of the last block that it reported durable. */
  get height(): number {
    return this.#height;
  }

  /** How far its wall clock is ahead. */
  set skewMs(skewMs: number) {
    this.clock.skewMs = skewMs;
  }

  describe(): string {
    const status = this.queries?.status();
    if (status === undefined) {
      const why = this.lastDeath === undefined ? "" : `: ${this.lastDeath.reason}`;
      return `node ${this.number} ${this.isUp ? "opening" : "down"}${why}`;
    }
    const { epoch, view, lastFinalView, sync, voting, peers } = status;
    const votes = voting.kind === "silent" ? `silent (${voting.reason})` : voting.kind;
    return `node ${this.number} height ${this.#height} epoch ${epoch} view ${view} final ${lastFinalView} ${sync.kind} ${votes} ${peers} peers`;
  }

  /** A new process on the disk that the last one left. */
  start(): void {
    if (this.#running !== undefined) return;
    const world = this.#world;
    const { timeline, network, wire, verifier } = world;
    const random = world.random.fork();
    const clock = new SimulatedClock(this.clock, random.below(monotonicOriginMsMax));
    const address = simulatedAddress(this.number);
    const memoryTransport = world.hub.transport(simulatedNodeId(this.number), address);
    const links = new SimulatedLinks({
      transport: memoryTransport,
      timeline,
      wire,
      number: this.number,
      numberOf: numberOfNode,
      leaving: (moment, kind, frame) => this.#leaving(moment, kind, frame),
    });
    const running = new SimulatedProcess({
      number: this.number,
      network,
      timeline,
      random,
      clock,
      disk: this.disk,
      stored: this.stored,
      memoryTransport,
      links,
      transport: this.#wrap?.(links, world, this.number) ?? links,
      verifier,
      log: this.#log(),
      point: (point) => this.onPoint?.(point),
      fatal: (error) => this.#died(running, error),
    });
    this.#running = running;
    world.note(`node ${this.number} starts`);
    running.open().then(
      (opened) => {
        if (this.#running !== running) return;
        if (opened.ok) this.#opened(running, opened.value);
        else this.#died(running, new Error(`refuses to start: ${opened.reason.message}`));
      },
      (error: unknown) => this.#died(running, error),
    );
  }

  /** The process alone dies: the system closes its connections, and keeps what it has written. */
  kill(): void {
    this.#running?.links.reset();
    this.crash("all");
  }

  /** The machine loses power, at whatever point it was: peers hear nothing, and what was not synced may be lost. */
  crash(survivors: Survivors = "some"): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#world.hub.vanish(running.transport);
    const { store, journals } = running.crash(survivors);
    this.stored.store = store;
    for (const [i, key] of this.stored.keys.entries()) {
      const journal = journals[i];
      // A journal whose files were gone is still gone.
      key.journal =
        journal?.journal === undefined && journal?.mark === undefined ? undefined : journal;
    }
    this.#world.note(`node ${this.number} crashes`);
  }

  /** Its connections to another node are reset; both dial again. */
  resetLinks(to: number): void {
    this.#running?.links.reset(to);
  }

  /** One bit of a stored row changes, also under a running process. The prefixes are in src/storage/keys.ts. */
  async flipStoredBit(prefix: string): Promise<void> {
    const { random } = this.#world;
    this.disk.isDamaged = true;
    const store = this.#running?.store;
    if (store === undefined) {
      this.stored.flipStoredBit(prefix, random);
      return;
    }
    const row = random.pick(await store.rowsOf(prefix));
    store.overwrite(row.key, flippedBit(row.value, random));
  }

  /** What a backup of the node, taken while it is down, would hold. */
  backup(): DiskImage {
    return this.stored.image();
  }

  /** Another key beside the first, watched as this node's: from the next start on. */
  addKey(signer: Signer): void {
    this.stored.addKey(signer);
  }

  /** What the stored state adds up to. */
  async holdings(): Promise<Holdings> {
    return holdingsIn((await this.#running?.stateRows()) ?? []);
  }

  #opened(running: SimulatedProcess, replica: Replica): void {
    running.replica = replica;
    this.#height = replica.queries.tip().height;
    replica.queries.subscribe((found) => this.#final(found));
    replica.start().catch((error: unknown) => this.#died(running, error));
  }

  #final(found: FoundBlock): void {
    const world = this.#world;
    const { header, id } = found.block;
    this.#height = header.height;
    world.note(`node ${this.number} final ${header.height} view ${header.view} ${id.slice(0, 12)}`);
    world.chronicle.final(world.timeline.nowMs, header);
    // A liar's own ledger is its own affair.
    if (this.isHonest) world.judge(() => world.checkers.committed(this.number, found));
  }

  /** Only a disk that was made to fail excuses the end of a process. */
  #died(running: SimulatedProcess, error: unknown): void {
    if (this.#running !== running) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#world.note(`node ${this.number} ends: ${reason}`);
    if (!this.disk.isFull && !this.disk.isDamaged) {
      this.#world.fail(error);
      return;
    }
    this.lastDeath = { atMs: this.#world.timeline.nowMs, reason };
    this.crash();
  }

  #leaving(moment: "before" | "after", kind: string, frame: Uint8Array): void {
    if (!promises.has(kind)) return;
    if (moment === "before" && kind === "certificate" && this.isHonest) this.#checkSent(frame);
    this.onPoint?.(`${moment} a ${kind} leaves`);
  }

  #checkSent(frame: Uint8Array): void {
    const world = this.#world;
    if (world.seenFrames.has(frame)) return;
    world.seenFrames.add(frame);
    const decoded = decode(messageCodec, frame);
    const message: Message | undefined = decoded.ok ? decoded.value : undefined;
    if (message?.kind !== "certificate") return;
    world.judge(() => world.checkers.certificateSent(this.number, message.certificate));
  }

  #log(): Log {
    const world = this.#world;
    const { chronicle, timeline } = world;
    return watchedLog({
      complained: (text) => {
        chronicle.complained(timeline.nowMs, this.number, text);
        world.note(`node ${this.number} says: ${text}`);
      },
      gaveUp: ({ epoch, view }, reason) => {
        const of = epoch ?? this.queries?.status().epoch ?? 0;
        chronicle.gaveUp(timeline.nowMs, this.number, { epoch: of, view, reason });
        world.note(`node ${this.number} gives up view ${of}/${view}: ${reason}`);
      },
      blamed: (name) => {
        const validator = world.numberOfName(name);
        if (!this.isHonest || validator === undefined) return;
        world.judge(() => world.checkers.faultReported(this.number, validator));
      },
    });
  }
}

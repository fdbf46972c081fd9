/**
 * One simulated machine: a disk that outlives crashes, and the replica that runs on it while it is up.
 * @module
 */
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { silentLog } from "../../../src/base/log.ts";
import { decode } from "../../../src/codec/codec.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import type { MemoryTransport } from "../../../src/network/memory-transport.ts";
import type { Transport } from "../../../src/network/transport.ts";
import { accountEntryCodec } from "../../../src/protocol/state.ts";
import type { NodeQueries } from "../../../src/replica/node-queries.ts";
import { Replica } from "../../../src/replica/replica.ts";
import type { StoreImage } from "../../../src/storage/memory-store.ts";
import { quickDisk, SimulatedStore } from "./disk.ts";
import { type JournalImage, SimulatedJournal } from "./journal.ts";
import { simulatedAddress, simulatedNodeId, startWallMs } from "./network-of-nodes.ts";
import { SimulatedClock } from "./timeline.ts";
import type { World } from "./world.ts";

export type Wrap = (transport: Transport, world: World, number: number) => Transport;

/** One process: gone at a crash. */
interface Running {
  readonly clock: SimulatedClock;
  readonly store: SimulatedStore;
  readonly journal: SimulatedJournal;
  readonly transport: MemoryTransport;
  replica: Replica | undefined;
}

export class SimulatedNode {
  readonly number: number;
  readonly isHonest: boolean;
  readonly #world: World;
  readonly #signer: Signer;
  readonly #wrap: Wrap | undefined;
  #storeImage: StoreImage | undefined;
  #journalImage: JournalImage = [];
  #running: Running | undefined;
  /** Counts processes of this node: what an earlier one does late is not looked at. */
  #life = 0;
  #height = 0;

  constructor(options: {
    readonly world: World;
    readonly number: number;
    readonly signer: Signer;
    readonly wrap: Wrap | undefined;
  }) {
    this.#world = options.world;
    this.number = options.number;
    this.#signer = options.signer;
    this.#wrap = options.wrap;
    this.isHonest = options.wrap === undefined;
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

  set skewMs(skewMs: number) {
    if (this.#running !== undefined) this.#running.clock.skewMs = skewMs;
  }

  describe(): string {
    const status = this.queries?.status();
    if (status === undefined) return `node ${this.number} down`;
    const { view, lastFinalView, sync, voting, peers } = status;
    return `node ${this.number} height ${this.#height} view ${view} final ${lastFinalView} ${sync.kind} ${voting.kind} ${peers} peers`;
  }

  /** A new process on the disk that the last one left. */
  start(): void {
    if (this.#running !== undefined) return;
    const world = this.#world;
    const { timeline, network } = world;
    this.#life += 1;
    const clock = new SimulatedClock({ timeline, startWallMs });
    const random = world.random.fork();
    const store = new SimulatedStore({
      timeline,
      random: random.fork(),
      speed: quickDisk,
      image: this.#storeImage,
    });
    const journal = new SimulatedJournal({
      timeline,
      random: random.fork(),
      image: this.#journalImage,
    });
    const nodeId = simulatedNodeId(this.number);
    const memoryTransport = world.hub.transport(nodeId, simulatedAddress(this.number));
    const transport = this.#wrap?.(memoryTransport, world, this.number) ?? memoryTransport;
    const life = this.#life;
    const running: Running = {
      clock,
      store,
      journal,
      transport: memoryTransport,
      replica: undefined,
    };
    this.#running = running;
    world.note(`node ${this.number} starts`);
    Replica.open(
      {
        genesis: network.genesis,
        chainId: network.chainId,
        nodeId,
        validator: { signer: this.#signer, journal },
        addresses: [],
        listenAddress: simulatedAddress(this.number),
        agent: "simulated",
      },
      {
        store,
        transport,
        clock,
        log: silentLog,
        hasher: nativeHasher,
        verifier: nativeVerifier,
        signatures: {
          verify: (checks) =>
            Promise.resolve(
              checks.map(({ signature, message, publicKey }) =>
                nativeVerifier.verify(signature, message, publicKey),
              ),
            ),
        },
        random: () => random.fraction(),
        fatal: (error) => {
          if (life === this.#life) world.fail(error);
        },
      },
    ).then(
      (opened) => this.#opened(running, opened),
      (error: unknown) => {
        if (life === this.#life) world.fail(error);
      },
    );
  }

  /** The process is gone, at whatever point it was. */
  crash(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#life += 1;
    running.clock.kill();
    this.#world.hub.vanish(running.transport);
    this.#storeImage = running.store.crash();
    this.#journalImage = running.journal.crash();
    this.#world.note(`node ${this.number} crashes`);
  }

  /** The sum of all native balances in the stored state; account rows begin with `s`, kind 0. */
  async supply(): Promise<bigint> {
    let sum = 0n;
    for (const { key, value } of (await this.#running?.store.rowsOf("s")) ?? []) {
      if (key[1] !== 0) continue;
      const account = decode(accountEntryCodec, value);
      if (account.ok) sum += account.value.balance;
    }
    return sum;
  }

  #opened(running: Running, opened: Awaited<ReturnType<typeof Replica.open>>): void {
    const world = this.#world;
    if (this.#running !== running) return;
    if (!opened.ok) {
      world.fail(new Error(`node ${this.number} refuses to start: ${opened.reason.message}`));
      return;
    }
    const replica = opened.value;
    running.replica = replica;
    this.#height = replica.queries.tip().height;
    replica.queries.subscribe((found) => {
      const { header, id } = found.block;
      this.#height = header.height;
      world.note(
        `node ${this.number} final ${header.height} view ${header.view} ${id.slice(0, 12)}`,
      );
      try {
        world.checkers.committed(this.number, found);
      } catch (violation) {
        world.fail(violation);
      }
    });
    replica.start().catch((error: unknown) => world.fail(error));
  }
}

/**
 * One process of a simulated machine: the real replica on the machine's disk, clock and links. Gone at a crash.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import type { Log } from "../../../src/base/log.ts";
import { ok } from "../../../src/base/result.ts";
import type { Verifier } from "../../../src/crypto/ports.ts";
import type { StateRow } from "../../../src/ledger/carried-state.ts";
import type { MemoryTransport } from "../../../src/network/memory-transport.ts";
import type { Transport } from "../../../src/network/transport.ts";
import { Replica } from "../../../src/replica/replica.ts";
import type { JournalImage, MemoryVoteJournal } from "../../../src/storage/memory-vote-journal.ts";
import type { SimulatedClock } from "./clock.ts";
import { type Disk, type Point, SimulatedStore, type Survivors, survivorsOf } from "./disk.ts";
import { openJournal } from "./journal.ts";
import type { SimulatedLinks } from "./links.ts";
import type { MachineDisk } from "./machine-disk.ts";
import { type SimulatedGenesis, simulatedAddress, simulatedNodeId } from "./network-of-nodes.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface ProcessParts {
  readonly number: number;
  readonly network: SimulatedGenesis;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly clock: SimulatedClock;
  readonly disk: Disk;
  readonly stored: MachineDisk;
  readonly memoryTransport: MemoryTransport;
  readonly links: SimulatedLinks;
  /** The links, or what an adversary has put before them. */
  readonly transport: Transport;
  readonly verifier: Verifier;
  readonly log: Log;
  readonly point: Point;
  readonly fatal: (error: unknown) => void;
}

export class SimulatedProcess {
  readonly #o: ProcessParts;
  readonly store: SimulatedStore;
  readonly #journals: readonly MemoryVoteJournal[];
  replica: Replica | undefined;

  constructor(parts: ProcessParts) {
    this.#o = parts;
    const { timeline, random, disk, point, stored } = parts;
    const surroundings = { timeline, disk, point };
    const image = stored.store;
    this.store = new SimulatedStore({ ...surroundings, random: random.fork(), image });
    this.#journals = stored.keys.map(({ identity, journal }) =>
      openJournal(journal, { ...surroundings, random: random.fork(), identity }),
    );
  }

  get links(): SimulatedLinks {
    return this.#o.links;
  }

  get transport(): MemoryTransport {
    return this.#o.memoryTransport;
  }

  open(): ReturnType<typeof Replica.open> {
    const { number, network, stored, clock, log, transport, verifier, random, fatal } = this.#o;
    const validators = stored.keys.flatMap(({ signer }, i) => {
      const journal = this.#journals[i];
      return journal === undefined ? [] : [{ signer, journal }];
    });
    const { carried } = network;
    return Replica.open(
      {
        genesis: network.genesis,
        chainId: network.chainId,
        carried: carried && (() => Promise.resolve(ok(carried))),
        nodeId: simulatedNodeId(number),
        validators,
        addresses: [],
        listenAddress: simulatedAddress(number),
        agent: "simulated",
      },
      {
        store: this.store,
        transport,
        clock,
        log,
        hasher: nativeHasher,
        verifier,
        signatures: {
          verify: (checks) =>
            Promise.resolve(
              checks.map(({ signature, message, publicKey }) =>
                verifier.verify(signature, message, publicKey),
              ),
            ),
        },
        random: () => random.fraction(),
        fatal,
      },
    );
  }

  /** What the disk holds after the process is gone, at whatever point it was. */
  crash(survivors: Survivors): {
    readonly store: ReturnType<SimulatedStore["crash"]>;
    readonly journals: readonly JournalImage[];
  } {
    const { clock, random } = this.#o;
    clock.kill();
    const store = this.store.crash(survivors);
    const journals = this.#journals.map((journal) =>
      journal.crash((unsynced) => survivorsOf(survivors, unsynced, random)),
    );
    return { store, journals };
  }

  /** Every entry of the stored state. */
  async stateRows(): Promise<readonly StateRow[]> {
    const rows = await this.store.rowsOf("s");
    return rows.map(({ key, value }) => ({ key: key.slice(1), value }));
  }
}

/**
 * Whole networks on one manual clock: real Network objects, in-memory transports.
 * @module
 */
import { silentLog } from "../../../src/base/log.ts";
import { createNobleSigner, nobleVerifier } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import { type NetworkLimits, networkLimits } from "../../../src/network/limits.ts";
import { MemoryHub, type MemoryTransport } from "../../../src/network/memory-transport.ts";
import { Network, type Peer } from "../../../src/network/network.ts";
import type { Link, LinkEvents } from "../../../src/network/transport.ts";
import { type ChainId, epoch, height, type NodeId, view } from "../../../src/protocol/ids.ts";
import type { Message, Standing } from "../../../src/protocol/message.ts";
import { ManualClock } from "./manual-clock.ts";

export const chainA = "aa".repeat(32) as ChainId;
export const chainB = "bb".repeat(32) as ChainId;
export const nodeIdOf = (number: number): NodeId => number.toString(16).padStart(64, "0") as NodeId;
export const signerOf = (number: number): Signer =>
  createNobleSigner(new Uint8Array(32).fill(number));

export interface LabNode {
  readonly network: Network;
  readonly transport: MemoryTransport;
  readonly nodeId: NodeId;
  readonly address: string;
  /** "joined 2", "left 2", "votes from 2": what the network told, in order. */
  readonly told: string[];
  readonly received: { readonly peer: Peer; readonly message: Message; readonly bytes: number }[];
}

export interface LabNodeOptions {
  readonly number: number;
  /** Numbers of the nodes it keeps links to. */
  readonly keeps?: readonly number[];
  readonly addresses?: readonly string[];
  readonly chainId?: ChainId;
  readonly consensusSigner?: Signer;
  readonly limits?: Partial<NetworkLimits>;
  readonly address?: string;
  /** What it says others should dial; the address if absent. */
  readonly listenAddress?: string;
  /** Drawn first, so it becomes the session; the jitter comes from the same source. */
  readonly random?: () => number;
}

export const addressOf = (number: number): string => `node-${number}:27000`;

/** A different number 0 ≤ x < 1 each time, the same in each run. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export class NetworkLab {
  readonly clock: ManualClock = new ManualClock();
  latencyMs = 1;
  /** Ordered pairs "from to" between which nothing arrives. */
  readonly cut: Set<string> = new Set();
  /** Of all nodes; told with their next pings. */
  standing: Standing = {
    epoch: epoch(0),
    view: view(7),
    lastFinalView: view(6),
    finalHeight: height(5),
  };
  readonly hub: MemoryHub = new MemoryHub({
    clock: this.clock,
    limits: networkLimits,
    wire: {
      latencyMs: (from, to) => (this.cut.has(`${from} ${to}`) ? undefined : this.latencyMs),
    },
  });
  #seed = 1;

  async node(options: LabNodeOptions): Promise<LabNode> {
    const { number } = options;
    const nodeId = nodeIdOf(number);
    const address = options.address ?? addressOf(number);
    const transport = this.hub.transport(nodeId, address);
    const told: string[] = [];
    const received: LabNode["received"] = [];
    this.#seed += 1;
    const network = new Network(
      {
        chainId: options.chainId ?? chainA,
        nodeId,
        agent: "quorate/test",
        listenAddress: options.listenAddress ?? address,
        addresses: [...(options.keeps ?? []).map(addressOf), ...(options.addresses ?? [])],
        limits: { ...networkLimits, ...options.limits },
        consensusSigner: options.consensusSigner,
        loopbackExempt: true,
      },
      {
        transport,
        clock: this.clock,
        hasher: nobleHasher,
        verifier: nobleVerifier,
        log: silentLog,
        random: options.random ?? dice(this.#seed),
        standing: () => this.standing,
      },
    );
    const name = (peer: Peer): number => Number.parseInt(peer.nodeId, 16);
    await network.start({
      joined: (peer) => told.push(`joined ${name(peer)}`),
      left: (peer) => told.push(`left ${name(peer)}`),
      received: (peer, message, bytes) => {
        told.push(`${message.kind} from ${name(peer)}`);
        received.push({ peer, message, bytes });
      },
      duplicated: (address) => told.push(`duplicated at ${address}`),
    });
    return { network, transport, nodeId, address, told, received };
  }

  /** Numbers of the peers that a node has, ascending. */
  static peersOf({ network }: LabNode): number[] {
    return network.peers.map(({ nodeId }) => Number.parseInt(nodeId, 16)).toSorted((a, b) => a - b);
  }

  cutBoth(a: number, b: number): void {
    this.cut.add(`${nodeIdOf(a)} ${nodeIdOf(b)}`);
    this.cut.add(`${nodeIdOf(b)} ${nodeIdOf(a)}`);
  }

  /** A stranger that speaks frames by itself: what it gets is kept, what it says is up to the test. */
  async stranger(number: number): Promise<Stranger> {
    const transport = this.hub.transport(nodeIdOf(number), addressOf(number));
    const stranger = new Stranger(transport);
    await transport.start(stranger);
    return stranger;
  }
}

export class Stranger implements LinkEvents {
  readonly transport: MemoryTransport;
  readonly links: Link[] = [];
  readonly frames: Uint8Array[] = [];
  readonly ends: string[] = [];

  constructor(transport: MemoryTransport) {
    this.transport = transport;
  }

  opened(link: Link): void {
    this.links.push(link);
  }

  received(_: Link, frame: Uint8Array): void {
    this.frames.push(frame);
  }

  drained(): void {}

  closed(_: Link, reason: string): void {
    this.ends.push(reason);
  }
}

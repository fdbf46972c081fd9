/**
 * Listens to every link of a simulated network: knows who was shut out by whom and why, and may lose single messages.
 * @module
 */
import { decode, encode } from "../../../src/codec/codec.ts";
import { decodeFrame } from "../../../src/network/frames.ts";
import { type GoodbyeReason, goodbyeReason } from "../../../src/network/goodbye.ts";
import { type MemoryHub, MemoryTransport } from "../../../src/network/memory-transport.ts";
import type { LinkEvents } from "../../../src/network/transport.ts";
import type { NodeId } from "../../../src/protocol/ids.ts";
import { type Message, messageCodec } from "../../../src/protocol/message.ts";
import type { VoteBody } from "../../../src/protocol/vote.ts";
import { type Tap, tapFrames } from "../adversaries/outgoing.ts";
import { numberOfNode } from "../world/network-of-nodes.ts";
import type { World } from "../world/world.ts";

export interface Farewell {
  readonly from: number;
  readonly to: number;
  readonly reason: GoodbyeReason;
}

/** A hello that is wrong is a fault too. */
const faults: ReadonlySet<GoodbyeReason> = new Set(["fault", "hello_wrong"]);

/** Whether a message from one node to another is lost. */
export type Loss = (message: Message, from: number, to: number) => boolean;

export class Wiretap {
  readonly farewells: Farewell[] = [];
  /** Messages lost so far. */
  lost = 0;
  #loss: Loss | undefined;

  /** From now on, for every process that is started. */
  constructor(world: World) {
    const { hub } = world;
    hub.transport = (nodeId, address) =>
      new TappedTransport(hub, nodeId, address, {
        outgoing: (frame, link) => {
          const [from, to] = [numberOfNode(nodeId), numberOfNode(link.nodeId)];
          return this.#passes(frame, from, to) ? [frame] : [];
        },
      });
  }

  /** Undefined: nothing is lost any more. */
  lose(loss: Loss | undefined): void {
    this.#loss = loss;
  }

  /** Those who shut this node out, for what no honest node does. */
  accusersOf(node: number): ReadonlySet<number> {
    const accusers = this.farewells.filter(({ to, reason }) => to === node && faults.has(reason));
    return new Set(accusers.map(({ from }) => from));
  }

  #passes(frame: Uint8Array, from: number, to: number): boolean {
    if (frame[0] === goodbyeKind) this.#hearGoodbye(frame, from, to);
    if (this.#loss === undefined) return true;
    const decoded = decode(messageCodec, frame);
    if (!decoded.ok || !this.#loss(decoded.value, from, to)) return true;
    this.lost += 1;
    return false;
  }

  #hearGoodbye(frame: Uint8Array, from: number, to: number): void {
    const decoded = decodeFrame(frame);
    if (!decoded.ok || decoded.value.kind !== "goodbye") return;
    const reason = goodbyeReason(decoded.value.code);
    if (reason !== undefined) this.farewells.push({ from, to, reason });
  }
}

/** The first byte of a frame is the kind of its message. */
const goodbyeKind = encode(messageCodec, { kind: "goodbye", code: 1 })[0];

class TappedTransport extends MemoryTransport {
  readonly #tap: Tap;

  constructor(hub: MemoryHub, nodeId: NodeId, address: string, tap: Tap) {
    super(hub, nodeId, address);
    this.#tap = tap;
  }

  override start(events: LinkEvents): Promise<void> {
    const bare = {
      start: (seen: LinkEvents) => super.start(seen),
      dial: (address: string) => this.dial(address),
      stop: () => this.stop(),
    };
    return tapFrames(bare, this.#tap).start(events);
  }
}

/** The bodies that a message carries votes or certificates of. */
export function bodiesIn(message: Message): readonly VoteBody[] {
  switch (message.kind) {
    case "votes":
      return message.votes.map(({ body }) => body);
    case "proposal":
      return [message.vote.body];
    case "certificate":
      return [message.certificate.subject];
    default:
      return [];
  }
}

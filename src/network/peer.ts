/**
 * A peer: one link to another node, from its Hello to its last frame.
 *
 * Others see the interface; the network drives the class. A peer is "new" until its Hello was accepted, then
 * "ready", then "closed" for good: a node that comes back is another peer.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import { epoch, height, type NodeId, type PublicKey, view } from "../protocol/ids.ts";
import type { Hello, Message, Standing } from "../protocol/message.ts";
import { encodeFrame, type Frame, type FrameRule, type TrafficClass } from "./frames.ts";
import type { NetworkLimits } from "./limits.ts";
import { Outbox } from "./outbox.ts";
import { Pinger } from "./ping.ts";
import { AllowanceMeter } from "./token-bucket.ts";
import type { Link } from "./transport.ts";

export interface Peer {
  readonly nodeId: NodeId;
  /** The validator key that it proved to hold; says nothing about whether that key votes now. */
  readonly consensusKey: PublicKey | undefined;
  /** The latest that it told us. A hint: nothing is decided by it. */
  readonly standing: Standing;
  readonly outbound: boolean;
  /** `host:port` of the other end; what we dialled, if we did. */
  readonly address: string;
  /** Round trip, smoothed; undefined before the first answer. */
  readonly latencyMs: number | undefined;
  readonly hello: Hello;
  /** The name and version that its program gives itself. */
  readonly agent: string;
  /** Its wall clock less ours when its Hello came; what that took to travel is in it. */
  readonly clockSkewMs: number;
  /** When it became ready, on the monotonic clock. */
  readonly readyAtMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Queues a message; false when the peer is gone or its outbox is full of more urgent ones. */
  send(message: Message): boolean;
  /** The same for a message that is encoded once for many peers. */
  sendFrame(frame: Frame): boolean;
}

export interface PeerDependencies {
  readonly clock: Clock;
  readonly standing: () => Standing;
  readonly helloLate: (peer: LinkedPeer) => void;
  readonly unresponsive: (peer: LinkedPeer) => void;
}

export class LinkedPeer implements Peer {
  readonly link: Link;
  readonly openedAtMs: number;
  standing: Standing;
  bytesIn = 0;
  readyAtMs = 0;
  clockSkewMs = 0;
  consensusKey: PublicKey | undefined;
  readonly #limits: NetworkLimits;
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #pinger: Pinger;
  readonly #meters = new Map<TrafficClass, AllowanceMeter>();
  readonly #cancelHello: Cancel;
  #state: "new" | "ready" | "closed" = "new";
  #hello: Hello | undefined;

  constructor(link: Link, limits: NetworkLimits, dependencies: PeerDependencies) {
    const { clock, standing, helloLate, unresponsive } = dependencies;
    this.link = link;
    this.#limits = limits;
    this.#clock = clock;
    this.openedAtMs = clock.monotonicMs();
    this.#outbox = new Outbox(limits, { link });
    this.#pinger = new Pinger(limits, {
      clock,
      standing,
      send: (message) => this.send(message),
      dead: () => unresponsive(this),
    });
    this.#cancelHello = clock.after(limits.helloTimeoutMs, () => helloLate(this));
    this.standing = {
      epoch: epoch(0),
      view: view(0),
      lastFinalView: view(0),
      finalHeight: height(0),
    };
  }

  get nodeId(): NodeId {
    return this.link.nodeId;
  }

  get outbound(): boolean {
    return this.link.outbound;
  }

  get address(): string {
    return this.link.remoteAddress;
  }

  get state(): "new" | "ready" | "closed" {
    return this.#state;
  }

  get latencyMs(): number | undefined {
    return this.#pinger.latencyMs;
  }

  get hello(): Hello {
    assert(this.#hello !== undefined, "only a ready peer is shown to others");
    return this.#hello;
  }

  get agent(): string {
    return this.hello.agent;
  }

  get bytesOut(): number {
    return this.#outbox.bytesSent;
  }

  /** "new" → "ready": the Hello was judged good. */
  becomeReady(hello: Hello, consensusKey: PublicKey | undefined): void {
    assert(this.#state === "new", "a peer becomes ready once");
    this.#cancelHello();
    this.#state = "ready";
    this.#hello = hello;
    this.consensusKey = consensusKey;
    this.readyAtMs = this.#clock.monotonicMs();
    this.clockSkewMs = hello.wallMs - this.#clock.wallMs();
    this.standing = { ...this.standing, finalHeight: hello.finalHeight };
    this.#pinger.start();
  }

  close(): void {
    this.#state = "closed";
    this.#cancelHello();
    this.#pinger.stop();
    this.#outbox.close();
  }

  send(message: Message): boolean {
    return this.#state !== "closed" && this.sendFrame(encodeFrame(message));
  }

  sendFrame(frame: Frame): boolean {
    return this.#outbox.push(frame);
  }

  /** The link has room again. */
  drained(): void {
    this.#outbox.flush();
  }

  /** Whether its allowance for this class of message lets this frame in. */
  allows(rule: FrameRule, bytes: number): boolean {
    let meter = this.#meters.get(rule.traffic);
    const nowMs = this.#clock.monotonicMs();
    if (meter === undefined) {
      meter = new AllowanceMeter(this.#limits.allowances[rule.traffic], nowMs);
      this.#meters.set(rule.traffic, meter);
    }
    return meter.takeMessage(bytes, nowMs);
  }

  answered(token: number): void {
    this.#pinger.answered(token);
  }

  /** Must answer soon, or it is gone: somebody else uses its node id. */
  probe(): void {
    this.#pinger.probe();
  }
}

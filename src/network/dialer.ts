/**
 * The dialer: keeps links to the addresses it was told to keep, and a few to addresses that peers told us of.
 *
 * A kept address is never given up: it is dialled again with a jittered back-off that doubles from 0.2 to 10
 * seconds. It rests while the node behind it is linked, by whichever link, and wakes when that node leaves.
 * @module
 */
import type { Cancel, Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { NodeId } from "../protocol/ids.ts";
import { normalAddress } from "./address.ts";
import type { AddressBook } from "./address-book.ts";
import type { NetworkLimits } from "./limits.ts";

export type DialerLimits = Pick<
  NetworkLimits,
  | "dialBackoffMinMs"
  | "dialBackoffMaxMs"
  | "dialsInFlightMax"
  | "linkSettledMs"
  | "outboundMax"
  | "keptAddressesMax"
>;

export interface DialerDependencies {
  readonly clock: Clock;
  readonly log: Log;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly book: AddressBook;
  /** Transport.dial. */
  readonly dial: (address: string) => Promise<string | undefined>;
  readonly isLinked: (nodeId: NodeId) => boolean;
  readonly outboundLinks: () => number;
}

interface Target {
  readonly address: string;
  state: "waiting" | "dialling" | "resting";
  /** Who answered there the last time. */
  nodeId: NodeId | undefined;
  failures: number;
  cancel: Cancel | undefined;
}

/** How often it looks whether another link to a learned address is wanted. */
const seekEveryMs = 1_000;

export class Dialer {
  readonly #limits: DialerLimits;
  readonly #d: DialerDependencies;
  readonly #targets = new Map<string, Target>();
  readonly #seeking = new Set<string>();
  #inFlight = 0;
  #started = false;
  #cancelSeek: Cancel | undefined;

  constructor(limits: DialerLimits, dependencies: DialerDependencies) {
    this.#limits = limits;
    this.#d = dependencies;
  }

  start(): void {
    this.#started = true;
    for (const target of this.#targets.values()) this.#wait(target, this.#firstDelayMs());
    this.seek();
  }

  stop(): void {
    this.#started = false;
    this.#cancelSeek?.();
    for (const target of this.#targets.values()) target.cancel?.();
    this.#targets.clear();
  }

  /** Adds an address to keep a link to. False when it is not an address, or one too many. */
  keep(text: string): boolean {
    const address = normalAddress(text);
    if (address === undefined) return false;
    if (this.#targets.has(address)) return true;
    if (this.#targets.size >= this.#limits.keptAddressesMax) return false;
    const target: Target = {
      address,
      state: "waiting",
      nodeId: undefined,
      failures: 0,
      cancel: undefined,
    };
    this.#targets.set(address, target);
    this.#d.book.forget(address);
    if (this.#started) this.#wait(target, this.#firstDelayMs());
    return true;
  }

  /** The address is ourselves: never again. */
  forget(address: string): void {
    this.#targets.get(address)?.cancel?.();
    this.#targets.delete(address);
    this.#d.book.forget(address);
  }

  /** A dialled link is open, and this is who is there. */
  opened(address: string, nodeId: NodeId): void {
    this.#d.book.reached(address);
    const target = this.#targets.get(address);
    if (target === undefined) return;
    target.cancel?.();
    target.nodeId = nodeId;
    target.state = "resting";
  }

  /** The last link to a node is gone; it lived this long as a ready one, 0 if it never was. */
  released(nodeId: NodeId, livedMs: number): void {
    if (!this.#started || this.#d.isLinked(nodeId)) return;
    for (const target of this.#targets.values()) {
      if (target.nodeId !== nodeId || target.state !== "resting") continue;
      target.failures = livedMs >= this.#limits.linkSettledMs ? 0 : target.failures + 1;
      this.#wait(target, this.#backoffMs(target.failures));
    }
  }

  /** Looks, now and then, for one more outbound link; call it when an address was learned. */
  seek(): void {
    if (!this.#started || this.#cancelSeek !== undefined || this.#d.book.size === 0) return;
    const delayMs = seekEveryMs * (0.5 + this.#d.random() / 2);
    this.#cancelSeek = this.#d.clock.after(delayMs, () => {
      this.#cancelSeek = undefined;
      this.#dialCandidate();
      this.seek();
    });
  }

  #dialCandidate(): void {
    if (this.#d.outboundLinks() + this.#inFlight >= this.#limits.outboundMax) return;
    const address = this.#d.book.pick(
      this.#d.random(),
      (candidate) => !this.#d.isLinked(candidate.nodeId) && !this.#seeking.has(candidate.address),
    );
    if (address === undefined) return;
    this.#seeking.add(address);
    this.#dial(address, (reason) => {
      this.#seeking.delete(address);
      if (reason !== undefined) this.#d.book.failed(address);
    });
  }

  #attempt(target: Target): void {
    target.cancel = undefined;
    if (target.nodeId !== undefined && this.#d.isLinked(target.nodeId)) {
      target.state = "resting";
      return;
    }
    if (this.#inFlight >= this.#limits.dialsInFlightMax) {
      this.#wait(target, this.#firstDelayMs());
      return;
    }
    target.state = "dialling";
    this.#dial(target.address, (reason) => {
      if (!this.#started || target.state !== "dialling" || reason === undefined) return;
      target.failures += 1;
      this.#d.log.debug("dial failed", {
        address: target.address,
        reason,
        failures: target.failures,
      });
      this.#wait(target, this.#backoffMs(target.failures));
    });
  }

  #dial(address: string, done: (reason: string | undefined) => void): void {
    this.#inFlight += 1;
    const settle = (reason: string | undefined): void => {
      this.#inFlight -= 1;
      done(reason);
    };
    this.#d.dial(address).then(settle, (error: unknown) => settle(String(error)));
  }

  #wait(target: Target, delayMs: number): void {
    target.cancel?.();
    target.state = "waiting";
    target.cancel = this.#d.clock.after(delayMs, () => this.#attempt(target));
  }

  /** Spread out, so that two nodes that start together seldom dial each other at once. */
  #firstDelayMs(): number {
    return this.#d.random() * this.#limits.dialBackoffMinMs;
  }

  #backoffMs(failures: number): number {
    const { dialBackoffMinMs, dialBackoffMaxMs } = this.#limits;
    const wholeMs = Math.min(dialBackoffMaxMs, dialBackoffMinMs * 2 ** Math.min(failures, 20));
    return wholeMs * (0.5 + this.#d.random() / 2);
  }
}

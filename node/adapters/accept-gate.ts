/**
 * The gate before TLS: how many connections may come in, from one address and in all. A handshake costs 2 to 3 ms
 * of processor time, so who may not come in is turned away before it.
 * @module
 */
import type { TransportLimits } from "../../src/network/limits.ts";
import { TokenBucket } from "../../src/network/token-bucket.ts";

export type GateLimits = Pick<
  TransportLimits,
  "acceptsPerS" | "acceptsPerSPerAddress" | "halfOpenMax" | "inboundMax" | "inboundPerAddressMax"
>;

export type Refusal = "rate" | "half-open" | "full" | "per-address";

interface Source {
  readonly bucket: TokenBucket;
  connections: number;
}

/** Sources that are remembered for their rate alone; beyond it the idle ones are forgotten. */
const sourcesMax = 4_096;

export class AcceptGate {
  readonly #limits: GateLimits;
  readonly #loopbackExempt: boolean;
  readonly #nowMs: () => number;
  readonly #all: TokenBucket;
  readonly #sources = new Map<string, Source>();
  #halfOpen = 0;
  #connections = 0;

  constructor(
    limits: GateLimits,
    options: { readonly loopbackExempt: boolean; readonly nowMs: () => number },
  ) {
    this.#limits = limits;
    this.#loopbackExempt = options.loopbackExempt;
    this.#nowMs = options.nowMs;
    this.#all = new TokenBucket(
      { perS: limits.acceptsPerS, burst: limits.acceptsPerS },
      options.nowMs(),
    );
  }

  get connections(): number {
    return this.#connections;
  }

  get halfOpen(): number {
    return this.#halfOpen;
  }

  /** Lets a connection in as a half-open one, or says why not. Whoever is let in must `leave` once. */
  enter(address: string): Refusal | undefined {
    const { halfOpenMax, inboundMax, inboundPerAddressMax } = this.#limits;
    // Those that are let in and those on their way in: a flood of half-open ones leaves the links alone.
    if (this.#halfOpen >= halfOpenMax) return "half-open";
    if (this.#connections - this.#halfOpen >= inboundMax) return "full";
    const source = this.#source(address);
    if (!this.#isExempt(address)) {
      if (source.connections >= inboundPerAddressMax) return "per-address";
      const nowMs = this.#nowMs();
      if (!source.bucket.has(1, nowMs) || !this.#all.take(1, nowMs)) return "rate";
      source.bucket.take(1, nowMs);
    }
    source.connections += 1;
    this.#connections += 1;
    this.#halfOpen += 1;
    return undefined;
  }

  /** The connection became a link. */
  admit(): void {
    this.#halfOpen -= 1;
  }

  leave(address: string, state: "half-open" | "link"): void {
    this.#connections -= 1;
    if (state === "half-open") this.#halfOpen -= 1;
    const source = this.#sources.get(sourceOf(address));
    if (source !== undefined) source.connections -= 1;
  }

  #source(address: string): Source {
    const key = sourceOf(address);
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    if (this.#sources.size >= sourcesMax) this.#forgetIdle();
    const perS = this.#limits.acceptsPerSPerAddress;
    const source = {
      bucket: new TokenBucket({ perS, burst: perS }, this.#nowMs()),
      connections: 0,
    };
    this.#sources.set(key, source);
    return source;
  }

  /** Connections are bounded, so most sources are idle ones. */
  #forgetIdle(): void {
    for (const [key, { connections }] of this.#sources) {
      if (connections === 0) this.#sources.delete(key);
    }
  }

  #isExempt(address: string): boolean {
    return this.#loopbackExempt && isLoopback(address);
  }
}

/** An IPv4 address in IPv6 form is that IPv4 address. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === "::1" || plain.startsWith("127.");
}

/** What counts as one source: an IPv4 address, or the 64-bit network of an IPv6 address. */
export function sourceOf(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = (plain.split("%")[0] ?? "").split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  return groups.slice(0, 4).join(":");
}

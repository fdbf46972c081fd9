/**
 * Token buckets: how much one client may ask, so that no client keeps the node from the others.
 * @module
 */
import { BoundedMap } from "../../src/base/bounded-map.ts";

export interface BucketRate {
  readonly perSecond: number;
  /** Tokens of a full bucket: what may come at once. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  filledMs: number;
}

/** Clients remembered. A forgotten one starts with a full bucket. */
const clientsMax = 10_000;

export class TokenBuckets {
  readonly #buckets = new BoundedMap<string, Bucket>({ entriesMax: clientsMax });

  /** Takes tokens; returns 0, or how many milliseconds to wait until there are so many. */
  take(client: string, rate: BucketRate, nowMs: number, tokens = 1): number {
    const bucket = this.#buckets.get(client) ?? { tokens: rate.burst, filledMs: nowMs };
    const gained = ((nowMs - bucket.filledMs) / 1000) * rate.perSecond;
    bucket.tokens = Math.min(rate.burst, bucket.tokens + gained);
    bucket.filledMs = nowMs;
    this.#buckets.set(client, bucket);
    // A bucket that is smaller than the price is paid with all of it.
    const price = Math.min(tokens, rate.burst);
    if (bucket.tokens < price) {
      return Math.ceil(((price - bucket.tokens) / rate.perSecond) * 1000);
    }
    bucket.tokens -= price;
    return 0;
  }
}

/** One name per client: an IPv4 address, or the /64 that one IPv6 customer gets. */
export const clientName = (address: string): string => prefixName(address, 4);

/**
 * One name for whoever can have many names: an IPv4 address, or the /48 that one IPv6 site gets. Turns and places are
 * shared out by it, so that a site with 65,536 networks is not as many clients.
 */
export const siteName = (address: string): string => prefixName(address, 3);

/** @param groups of 16 bits that count in an IPv6 address. */
function prefixName(address: string, groups: number): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!address.includes(":") || address === "::1") return address;
  const [high = "", low] = address.split("::");
  const first = high === "" ? [] : high.split(":");
  const lowLength = low === undefined || low === "" ? 0 : low.split(":").length;
  const zeros = low === undefined ? 0 : 8 - first.length - lowLength;
  const whole = [
    ...first,
    ...Array<string>(Math.max(0, zeros)).fill("0"),
    ...(low ?? "").split(":"),
  ];
  return `${whole.slice(0, groups).join(":")}::/${16 * groups}`;
}

export const isLoopback = (address: string): boolean =>
  address === "::1" || /^(?:::ffff:)?127\./i.test(address);

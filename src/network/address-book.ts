/**
 * Addresses that peers told us of: bounded in all and per source, forgotten after a few failed dials.
 *
 * Not the addresses we were told to keep; those are the dialer's and are never given up.
 * @module
 */
import type { NodeId } from "../protocol/ids.ts";
import { formatAddress, isPublicAddress, parseAddress } from "./address.ts";
import type { NetworkLimits } from "./limits.ts";

interface Candidate {
  readonly address: string;
  readonly nodeId: NodeId;
  /** Who told us. */
  readonly source: NodeId;
  failures: number;
}

export type BookLimits = Pick<
  NetworkLimits,
  "candidatesMax" | "candidatesPerSourceMax" | "candidateFailuresMax"
>;

export class AddressBook {
  readonly #limits: BookLimits;
  readonly #own: { readonly nodeId: NodeId; readonly listenAddress: string | undefined };
  readonly #privateAllowed: boolean;
  readonly #candidates = new Map<string, Candidate>();
  readonly #countOfSource = new Map<NodeId, number>();

  constructor(
    limits: BookLimits,
    options: {
      readonly own: { readonly nodeId: NodeId; readonly listenAddress: string | undefined };
      /** Local networks only: strangers may name addresses of this machine and of private networks. */
      readonly privateAllowed: boolean;
    },
  ) {
    this.#limits = limits;
    this.#own = options.own;
    this.#privateAllowed = options.privateAllowed;
  }

  get size(): number {
    return this.#candidates.size;
  }

  /** False when it is not kept: not an address, our own, known already, or one too many. */
  learn(text: string, nodeId: NodeId, source: NodeId): boolean {
    const parsed = parseAddress(text);
    if (parsed === undefined || nodeId === this.#own.nodeId) return false;
    if (!this.#privateAllowed && !isPublicAddress(parsed)) return false;
    const address = formatAddress(parsed);
    if (address === this.#own.listenAddress || this.#candidates.has(address)) return false;
    const fromSource = this.#countOfSource.get(source) ?? 0;
    const { candidatesMax, candidatesPerSourceMax } = this.#limits;
    if (fromSource >= candidatesPerSourceMax || this.#candidates.size >= candidatesMax)
      return false;
    this.#candidates.set(address, { address, nodeId, source, failures: 0 });
    this.#countOfSource.set(source, fromSource + 1);
    return true;
  }

  /** One to dial, any of those that pass, chosen by a number 0 ≤ x < 1. */
  pick(
    random: number,
    passes: (candidate: { readonly address: string; readonly nodeId: NodeId }) => boolean,
  ): string | undefined {
    const fit = [...this.#candidates.values()].filter(passes);
    return fit[Math.floor(random * fit.length)]?.address;
  }

  reached(address: string): void {
    const candidate = this.#candidates.get(address);
    if (candidate !== undefined) candidate.failures = 0;
  }

  failed(address: string): void {
    const candidate = this.#candidates.get(address);
    if (candidate === undefined) return;
    candidate.failures += 1;
    if (candidate.failures >= this.#limits.candidateFailuresMax) this.forget(address);
  }

  forget(address: string): void {
    const candidate = this.#candidates.get(address);
    if (candidate === undefined) return;
    this.#candidates.delete(address);
    const left = (this.#countOfSource.get(candidate.source) ?? 1) - 1;
    if (left > 0) this.#countOfSource.set(candidate.source, left);
    else this.#countOfSource.delete(candidate.source);
  }
}

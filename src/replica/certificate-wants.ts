/**
 * Certificates that consensus asked for: asked of the validator that must have them, then of the others in turn, until
 * consensus no longer misses them.
 * @module
 */
import type { Network, Peer } from "../network/network.ts";
import type { Epoch, PublicKey, View } from "../protocol/ids.ts";

const wantsMax = 64;
const askAgainMs = 400;

interface Want {
  readonly view: View;
  readonly first: PublicKey | undefined;
  askedMs: number;
  attempts: number;
}

export class CertificateWants {
  readonly #network: Network;
  readonly #wants = new Map<View, Want>();

  constructor(dependencies: { readonly network: Network }) {
    this.#network = dependencies.network;
  }

  /** Views whose certificate is waited for, ascending. */
  get views(): readonly View[] {
    return [...this.#wants.keys()].toSorted((a, b) => a - b);
  }

  want(view: View, first: PublicKey | undefined, epoch: Epoch, nowMs: number): void {
    const known = this.#wants.get(view);
    if (known !== undefined && known.first === first && nowMs - known.askedMs < askAgainMs) return;
    if (known === undefined && this.#wants.size >= wantsMax) return;
    const want: Want = { view, first, askedMs: nowMs, attempts: known?.attempts ?? 0 };
    this.#wants.set(view, want);
    this.#ask(want, epoch);
  }

  /** Another epoch has begun: its views are others. */
  clear(): void {
    this.#wants.clear();
  }

  /** Asks again what is still missing; `isMissing` is consensus' word. */
  poke(isMissing: (view: View) => boolean, epoch: Epoch, nowMs: number): void {
    for (const want of [...this.#wants.values()]) {
      if (!isMissing(want.view)) this.#wants.delete(want.view);
      else if (nowMs - want.askedMs >= askAgainMs) {
        want.askedMs = nowMs;
        this.#ask(want, epoch);
      }
    }
  }

  #ask(want: Want, epoch: Epoch): void {
    const peer = this.#peerFor(want);
    want.attempts += 1;
    peer?.send({ kind: "certificate-request", epoch, view: want.view });
  }

  /** Every second attempt goes to whom the fetch is aimed at: it proposed on top of what we miss. */
  #peerFor(want: Want): Peer | undefined {
    const { peers } = this.#network;
    if (want.first !== undefined && want.attempts % 2 === 0) {
      const first = this.#network.peerByKey(want.first);
      if (first !== undefined) return first;
    }
    return peers[want.attempts % Math.max(1, peers.length)];
  }
}

/**
 * Admission: how much of the node's time requests may take, so that it goes on voting however many ask.
 *
 * All of a node runs on one thread. Between two looks at the network, requests get one slice of time; what comes beyond
 * it waits in a queue in which each client has its turn, and submissions have turns of their own, so that reading much
 * never keeps a transaction out. What waits is bounded: more of one client is 429, more of all together 503.
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { FairQueue, type QueueRefusal } from "./fair-queue.ts";
import { clientName } from "./token-buckets.ts";

export interface AdmissionLimits {
  /** Requests that wait, of all and of one client. */
  readonly waitingMax: number;
  readonly waitingPerClientMax: number;
  /** How long requests may be worked on before the network is looked at. */
  readonly sliceMs: number;
  /** Requests that are begun and not answered, as far as they are not waiting for something themselves. */
  readonly workingMax: number;
  /** A request that is not answered after so long is waiting: for finality, for a slow reader. */
  readonly workMs: number;
}

export const admissionLimits: AdmissionLimits = {
  waitingMax: 2_048,
  waitingPerClientMax: 512,
  sliceMs: 8,
  workingMax: 32,
  workMs: 100,
};

/** Supervisors and load balancers are answered whatever there is to do. */
export const answeredAlways: readonly string[] = ["/livez", "/readyz", "/metrics"];

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

interface Waiting {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

const refusals = new WeakMap<IncomingMessage, QueueRefusal>();
/** Why a request is to be refused before it is looked at; undefined: it is not. */
export const refusalOf = (incoming: IncomingMessage): QueueRefusal | undefined =>
  refusals.get(incoming);

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #listener: Listener;
  readonly #waiting: FairQueue<Waiting>;
  #working = 0;
  /** Undefined: nothing was begun since the network was looked at. */
  #sliceEndsMs: number | undefined;
  #turnComes = false;

  constructor(listener: Listener, limits: AdmissionLimits = admissionLimits) {
    this.#listener = listener;
    this.#limits = limits;
    this.#waiting = new FairQueue({
      itemsMax: limits.waitingMax,
      itemsPerOwnerMax: limits.waitingPerClientMax,
    });
  }

  readonly admit = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const path = (incoming.url ?? "").split("?", 1)[0] ?? "";
    if (answeredAlways.includes(path)) {
      this.#listener(incoming, outgoing);
      return;
    }
    if (this.#waiting.length === 0 && this.#hasTime()) {
      this.#begin({ incoming, outgoing });
      return;
    }
    const kind = incoming.method === "POST" ? "submits" : "reads";
    const owner = `${clientName(incoming.socket.remoteAddress ?? "")} ${kind}`;
    const refusal = this.#waiting.push(owner, { incoming, outgoing });
    if (refusal !== undefined) {
      refusals.set(incoming, refusal);
      this.#listener(incoming, outgoing);
    } else this.#comeBack();
  };

  #hasTime(): boolean {
    const nowMs = performance.now();
    if (this.#sliceEndsMs === undefined) {
      this.#sliceEndsMs = nowMs + this.#limits.sliceMs;
      this.#comeBack();
    }
    return nowMs < this.#sliceEndsMs && this.#working < this.#limits.workingMax;
  }

  #begin({ incoming, outgoing }: Waiting): void {
    if (outgoing.destroyed) return;
    this.#working += 1;
    let isWorking = true;
    const rest = (): void => {
      if (!isWorking) return;
      isWorking = false;
      clearTimeout(patience);
      this.#working -= 1;
      if (this.#waiting.length > 0) this.#comeBack();
    };
    const patience = setTimeout(rest, this.#limits.workMs);
    patience.unref();
    outgoing.once("close", rest);
    this.#listener(incoming, outgoing);
  }

  /** An immediate runs after the network was looked at; what one sets off then runs after the next look. */
  #comeBack(): void {
    if (this.#turnComes) return;
    this.#turnComes = true;
    setImmediate(() => {
      this.#turnComes = false;
      this.#sliceEndsMs = undefined;
      const { workingMax } = this.#limits;
      const begins = Math.min(this.#waiting.length, workingMax - this.#working);
      // One each, so that what a request does at once is done, and counted, before the next one begins.
      for (let i = 0; i < begins; i += 1) setImmediate(() => this.#beginNext());
    });
  }

  #beginNext(): void {
    if (this.#waiting.length === 0 || !this.#hasTime()) return;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#begin(next);
  }
}

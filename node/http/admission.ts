/**
 * Admission: how much of the node's time requests may take, so that it goes on voting however many ask.
 *
 * All of a node runs on one thread. Between two looks at the network, requests get one slice of time; what comes beyond
 * it waits in a queue in which each client has its turn, and submissions have turns of their own, so that reading much
 * never keeps a transaction out. What waits is bounded: more of one client is 429, more of all together 503. So is what
 * one connection may ask ahead, and what a client has asked for and does not take.
 *
 * What is refused here costs next to nothing: the app never sees it.
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { FairQueue, type QueueRefusal } from "./fair-queue.ts";
import { type BucketRate, isLoopback, siteName, TokenBuckets } from "./token-buckets.ts";
import { Untaken, type UntakenLimits, untakenLimits } from "./untaken.ts";

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
  /** Requests of one connection that are not answered. Who sends more ahead is let go. */
  readonly aheadMax: number;
  /** How often a client is answered out of turn, where it asks for what is answered so. */
  readonly urgent: { readonly loopback: BucketRate; readonly others: BucketRate };
  readonly untaken: UntakenLimits;
}

export const admissionLimits: AdmissionLimits = {
  waitingMax: 2_048,
  waitingPerClientMax: 512,
  sliceMs: 8,
  workingMax: 32,
  workMs: 100,
  aheadMax: 32,
  urgent: {
    loopback: { perSecond: 500, burst: 500 },
    others: { perSecond: 20, burst: 100 },
  },
  untaken: untakenLimits,
};

/** Supervisors and load balancers are answered whatever there is to do; beyond their share, as anybody is. */
export const answeredAlways: readonly string[] = ["/livez", "/readyz", "/metrics"];

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;
/** Answers, in few words, why a request was not looked at. */
export type Refuse = (
  why: QueueRefusal | "untaken",
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) => void;

interface Waiting {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly site: string;
}

const urgent = new WeakSet<IncomingMessage>();
/** Whether a request was answered out of turn: it has paid for that. */
export const isUrgent = (incoming: IncomingMessage): boolean => urgent.has(incoming);

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #listener: Listener;
  readonly #refuse: Refuse;
  readonly #waiting: FairQueue<Waiting>;
  readonly #urgent = new TokenBuckets();
  readonly #untaken: Untaken;
  /** By connection, its requests that are not answered. */
  readonly #open = new WeakMap<Socket, Set<ServerResponse>>();
  #working = 0;
  /** Undefined: nothing was begun since the network was looked at. */
  #sliceEndsMs: number | undefined;
  #turnComes = false;

  constructor(
    app: { readonly listener: Listener; readonly refuse: Refuse },
    limits: AdmissionLimits = admissionLimits,
  ) {
    this.#listener = app.listener;
    this.#refuse = app.refuse;
    this.#limits = limits;
    this.#untaken = new Untaken(limits.untaken);
    this.#waiting = new FairQueue({
      itemsMax: limits.waitingMax,
      itemsPerOwnerMax: limits.waitingPerClientMax,
    });
  }

  readonly admit = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { socket } = incoming;
    if (!this.#goesOn(socket, outgoing)) return;
    const address = socket.remoteAddress ?? "";
    const site = siteName(address);
    if (this.#isUrgent(incoming, address, site)) {
      urgent.add(incoming);
      this.#listener(incoming, outgoing);
      return;
    }
    const waiting = { incoming, outgoing, site };
    // What it asks ahead comes in one piece: it is begun one by one, so that what each costs is known before the next.
    const isAhead = (this.#open.get(socket)?.size ?? 0) > 1;
    if (this.#waiting.length === 0 && !isAhead && this.#hasTime()) {
      this.#begin(waiting);
      return;
    }
    const kind = incoming.method === "POST" ? "submits" : "reads";
    const refused = this.#waiting.push(`${site} ${kind}`, waiting);
    if (refused !== undefined) {
      this.#refuse(refused.why, refused.item.incoming, refused.item.outgoing);
    }
    if (this.#waiting.length > 0) this.#comeBack();
  };

  /** Requests of one connection come without a look at the network between them, as many as it has sent ahead. */
  #goesOn(socket: Socket, outgoing: ServerResponse): boolean {
    if (socket.destroyed) return false;
    const open = this.#open.get(socket) ?? this.#watch(socket);
    if (open.size >= this.#limits.aheadMax) {
      socket.destroy();
      return false;
    }
    open.add(outgoing);
    outgoing.once("close", () => open.delete(outgoing));
    return true;
  }

  /** An answer that had not yet its turn on a connection is not told by Node that the connection is gone. */
  #watch(socket: Socket): Set<ServerResponse> {
    const open = new Set<ServerResponse>();
    this.#open.set(socket, open);
    socket.once("close", () => {
      for (const outgoing of [...open]) {
        if (outgoing.socket !== null) continue;
        outgoing.destroy();
        outgoing.emit("close");
      }
    });
    return open;
  }

  #isUrgent({ url = "" }: IncomingMessage, address: string, site: string): boolean {
    if (!answeredAlways.includes(url.split("?", 1)[0] ?? "")) return false;
    const rate = this.#limits.urgent[isLoopback(address) ? "loopback" : "others"];
    return this.#urgent.take(site, rate, performance.now()) === 0;
  }

  #hasTime(): boolean {
    const nowMs = performance.now();
    if (this.#sliceEndsMs === undefined) {
      this.#sliceEndsMs = nowMs + this.#limits.sliceMs;
      this.#comeBack();
    }
    return nowMs < this.#sliceEndsMs && this.#working < this.#limits.workingMax;
  }

  #begin({ incoming, outgoing, site }: Waiting): void {
    if (outgoing.destroyed) return;
    if (!this.#untaken.add(site, incoming, outgoing)) {
      this.#refuse("untaken", incoming, outgoing);
      return;
    }
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

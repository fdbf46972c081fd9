/**
 * Answers that are made and not taken: they stay in the node's memory for as long as their client likes, if it may.
 *
 * A client that leaves too many bytes lying gets no others until it has taken some; and a whole answer that nobody takes
 * to its end is given up. Streams and exports are made as they are taken, and have bounds of their own.
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isLoopback } from "./token-buckets.ts";

export interface UntakenLimits {
  /** Bytes of answers that one client has not taken. */
  readonly bytesPerClientMax: number;
  /** Of this machine, which may be a proxy for many. */
  readonly bytesPerLoopbackMax: number;
  /** How long a whole answer may lie. */
  readonly takeMs: number;
}

const MiB = 1024 * 1024;

export const untakenLimits: UntakenLimits = {
  bytesPerClientMax: 16 * MiB,
  bytesPerLoopbackMax: 128 * MiB,
  takeMs: 60_000,
};

/** So long is what a client has lying not counted again: it may have many answers. */
const countedMs = 20;

interface Client {
  readonly answers: Set<ServerResponse>;
  bytes: number;
  /** When its bytes were counted, on the monotonic clock. */
  countedAtMs: number;
}

export class Untaken {
  readonly #limits: UntakenLimits;
  readonly #clients = new Map<string, Client>();

  constructor(limits: UntakenLimits) {
    this.#limits = limits;
  }

  /** Watches an answer until it is taken; false, and it is not watched: its client has left too much lying already. */
  add(name: string, { socket }: IncomingMessage, outgoing: ServerResponse): boolean {
    const client = this.#clients.get(name) ?? newClient();
    const { bytesPerClientMax, bytesPerLoopbackMax, takeMs } = this.#limits;
    const isHere = isLoopback(socket.remoteAddress ?? "");
    if (bytesOf(client) > (isHere ? bytesPerLoopbackMax : bytesPerClientMax)) return false;
    client.answers.add(outgoing);
    this.#clients.set(name, client);
    let patience: NodeJS.Timeout | undefined;
    // Made as a whole, and waiting for its client.
    outgoing.once("prefinish", () => {
      patience = setTimeout(() => outgoing.destroy(), takeMs).unref();
    });
    outgoing.once("close", () => {
      clearTimeout(patience);
      client.answers.delete(outgoing);
      if (client.answers.size === 0) this.#clients.delete(name);
    });
    return true;
  }
}

const newClient = (): Client => ({ answers: new Set(), bytes: 0, countedAtMs: 0 });

function bytesOf(client: Client): number {
  const nowMs = performance.now();
  if (nowMs - client.countedAtMs >= countedMs) {
    client.countedAtMs = nowMs;
    client.bytes = 0;
    for (const { writableLength } of client.answers) client.bytes += writableLength;
  }
  return client.bytes;
}

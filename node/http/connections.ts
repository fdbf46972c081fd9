/**
 * Connections: how many one client may hold and how slowly it may send, so that nobody takes all that there are by
 * holding them.
 * @module
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { clientName, isLoopback } from "./token-buckets.ts";

export interface ConnectionLimits {
  readonly connectionsMax: number;
  /** Of one client elsewhere. */
  readonly perClientMax: number;
  /** Of this machine, which may be a proxy for many. */
  readonly perLoopbackMax: number;
}

export const connectionLimits: ConnectionLimits = {
  connectionsMax: 4_096,
  perClientMax: 256,
  perLoopbackMax: 3_072,
};

/** In the words of Node's own options, in milliseconds. What is slower is answered 408, or closed. */
export interface ConnectionPatience {
  /** For the head of a request. */
  readonly headersTimeout: number;
  /** For all of a request. */
  readonly requestTimeout: number;
  /** Until the next request. */
  readonly keepAliveTimeout: number;
  /** How often the first two are looked at. */
  readonly connectionsCheckingInterval: number;
}

export const connectionPatience: ConnectionPatience = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
};

/** Closes what a client opens beyond its share. Call it before the server listens. */
export function limitConnections(
  server: Server,
  limits: ConnectionLimits = connectionLimits,
): void {
  server.maxConnections = limits.connectionsMax;
  const held = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const client = clientName(address);
    const own = held.get(client) ?? 0;
    if (own >= (isLoopback(address) ? limits.perLoopbackMax : limits.perClientMax)) {
      socket.destroy();
      return;
    }
    held.set(client, own + 1);
    socket.once("close", () => {
      const left = (held.get(client) ?? 1) - 1;
      if (left === 0) held.delete(client);
      else held.set(client, left);
    });
  });
}

/**
 * Connections: how many one client may hold and how slowly it may send, so that nobody takes all that there are by
 * holding them.
 * @module
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { clientName, isLoopback, siteName } from "./token-buckets.ts";

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

/**
 * Closes what a client opens beyond its share. Where all are taken, the last one of whoever holds most makes room for
 * whoever holds less. Call it before the server listens.
 */
export function limitConnections(
  server: Server,
  limits: ConnectionLimits = connectionLimits,
): void {
  const byClient = new Map<string, Set<Socket>>();
  const bySite = new Map<string, Set<Socket>>();
  let count = 0;
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const own = heldBy(byClient, clientName(address));
    const ofSite = heldBy(bySite, siteName(address));
    const ownMax = isLoopback(address) ? limits.perLoopbackMax : limits.perClientMax;
    const goes = count < limits.connectionsMax ? undefined : surplusOf(bySite, ofSite);
    if (own.size >= ownMax || (count >= limits.connectionsMax && goes === undefined)) {
      socket.destroy();
      return;
    }
    goes?.destroy();
    count += 1;
    own.add(socket);
    ofSite.add(socket);
    byClient.set(clientName(address), own);
    bySite.set(siteName(address), ofSite);
    socket.once("close", () => {
      count -= 1;
      letGo(byClient, clientName(address), socket);
      letGo(bySite, siteName(address), socket);
    });
  });
}

type Held = Map<string, Set<Socket>>;

const heldBy = (held: Held, name: string): Set<Socket> => held.get(name) ?? new Set();

function letGo(held: Held, name: string, socket: Socket): void {
  const own = held.get(name);
  own?.delete(socket);
  if (own?.size === 0) held.delete(name);
}

/** The last connection of whoever holds most, if that is more than somebody else would hold with one more. */
function surplusOf(held: Held, own: ReadonlySet<Socket>): Socket | undefined {
  let most: ReadonlySet<Socket> = own;
  for (const each of held.values()) if (each.size > most.size) most = each;
  return most.size > own.size + 1 ? [...most].findLast(({ destroyed }) => !destroyed) : undefined;
}

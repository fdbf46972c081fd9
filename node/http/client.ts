/**
 * Who asks: the address at the other end of the connection, never one that a header claims.
 * @module
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import { clientName, isLoopback } from "./token-buckets.ts";

export interface Client {
  readonly name: string;
  readonly loopback: boolean;
}

export function clientOf(c: Context): Client {
  const address = getConnInfo(c).remote.address ?? "";
  return { name: clientName(address), loopback: isLoopback(address) };
}

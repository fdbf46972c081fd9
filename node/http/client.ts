/**
 * Who asks: the address at the other end of the connection, never one that a header claims.
 * @module
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import { clientName, isLoopback, siteName } from "./token-buckets.ts";

export interface Client {
  readonly name: string;
  /** Places that are few are shared out by it: the same for all names that one IPv6 site can have. */
  readonly site: string;
  readonly loopback: boolean;
}

export function clientOf(c: Context): Client {
  const address = getConnInfo(c).remote.address ?? "";
  return { name: clientName(address), site: siteName(address), loopback: isLoopback(address) };
}

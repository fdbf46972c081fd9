/**
 * The host guard: against DNS rebinding, where a web page's own name is made to point at this machine and the
 * page then talks to the node as if it were its own server.
 *
 * Names that an attacker cannot own are served: an IP address, localhost, and what the operator configured.
 * @module
 */
import { isIP } from "node:net";

/** Whether a Host header names us. An absent one is no browser's. */
export function hostIsServed(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return true;
  const name = hostName(host.toLowerCase());
  if (name === undefined) return false;
  return (
    isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost") || names.includes(name)
  );
}

/** The name without its port; undefined when it is not `name`, `name:port`, `[ipv6]` or `[ipv6]:port`. */
function hostName(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/.exec(host);
  return match?.[1] ?? match?.[2];
}

/**
 * Peer addresses: `host:port`, with IPv6 in brackets. `wss://host:port` is read as the same thing.
 * @module
 */
import { endpointBytesMax } from "../protocol/limits.ts";

export interface Address {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

const shape =
  /^(?:wss:\/\/)?(?:\[([0-9a-f:.]+)\]|([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)):([0-9]{1,5})\/?$/;
const privateIpv4 = /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168)\./;
const privateIpv6 = /^(?:::1?$|::ffff:|f[cd]|fe[89ab])/;

/** The parts of an address, or undefined when the text is not one. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > endpointBytesMax) return undefined;
  const match = shape.exec(text.toLowerCase());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port };
}

/** The one spelling of an address: lowercase `host:port`. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The one spelling of a text that is an address. */
export function normalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : formatAddress(address);
}

/** Whether strangers may make us dial it: not this machine, not a private network, by number at least. */
export function isPublicAddress({ host }: Address): boolean {
  if (host.includes(":")) return !privateIpv6.test(host);
  return host !== "localhost" && !host.endsWith(".localhost") && !privateIpv4.test(host);
}

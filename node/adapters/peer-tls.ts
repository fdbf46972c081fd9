/**
 * TLS between peers: version 1.3, both sides show an ed25519 certificate, no authority, no resumption.
 *
 * - `rejectUnauthorized: false`: there is no chain to check. The handshake proves the key, and the key is the name;
 *   whoever uses these options must look at it, and refuse a connection that has none.
 * - `sigalgs: "ed25519"`: else a certificate with an RSA key passes the handshake.
 * - `SSL_OP_NO_TICKET`: on a resumed session the dialling side is shown no certificate.
 * @module
 */
import { constants } from "node:crypto";
import type { ServerOptions } from "node:https";
import type { SecureContextOptions, TLSSocket } from "node:tls";
import type { NodeIdentity } from "./tls-identity.ts";

export type PeerTls = Required<
  Pick<
    SecureContextOptions,
    "key" | "cert" | "minVersion" | "maxVersion" | "sigalgs" | "secureOptions"
  >
> & { readonly rejectUnauthorized: false };

const exporterLabel = "EXPORTER-quorate-handshake";
const exporterBytes = 32;

export function serverTls(identity: NodeIdentity, handshakeTimeoutMs: number): ServerOptions {
  return {
    ...sharedTls(identity),
    requestCert: true,
    handshakeTimeout: handshakeTimeoutMs,
    // The transport closes what is not a link in time by itself; these say the same to node:http.
    headersTimeout: handshakeTimeoutMs,
    requestTimeout: handshakeTimeoutMs,
    keepAliveTimeout: 1,
    maxHeaderSize: 4 * 1024,
  };
}

/** Not to be used with an agent: an agent resumes sessions. */
export function clientTls(identity: NodeIdentity): PeerTls {
  return sharedTls(identity);
}

function sharedTls({ keyPem, certificatePem }: NodeIdentity): PeerTls {
  return {
    key: keyPem,
    cert: certificatePem,
    rejectUnauthorized: false,
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    sigalgs: "ed25519",
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/**
 * 32 bytes that only the two ends of this connection can know (RFC 8446 section 7.5), without a context: there an
 * empty one and none are the same.
 */
export function exporterOf(socket: TLSSocket): Uint8Array {
  const exported = socket.exportKeyingMaterial(exporterBytes, exporterLabel, Buffer.alloc(0));
  return new Uint8Array(exported);
}

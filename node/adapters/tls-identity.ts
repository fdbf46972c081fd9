/**
 * A node's TLS identity: an ed25519 key and a certificate that it signs itself. The node id is the public key.
 *
 * The only door of `@peculiar/x509`. Nothing but the key is ever looked at in a certificate: its bytes can be made
 * anew by whoever holds the key, so its dates, names and hash mean nothing, and no authority vouches for it.
 * The node key is neither the validator key nor an account key.
 * @module
 */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  webcrypto,
  X509Certificate,
} from "node:crypto";
import { open } from "node:fs/promises";
import type { TLSSocket } from "node:tls";
import { assert } from "../../src/base/assert.ts";
import { fromHex } from "../../src/base/bytes.ts";
import { fail, ok, type Result } from "../../src/base/result.ts";
import type { Signer } from "../../src/crypto/ports.ts";
import type { NodeId } from "../../src/protocol/ids.ts";

export interface NodeIdentity {
  /** PKCS#8. */
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly nodeId: NodeId;
}

/** Why a saved identity is refused. `exposed`: someone but its owner can read or write the file. */
export type IdentityFlaw = "absent" | "exposed" | "malformed";

/** Far enough on both sides that no clock matters; whole seconds, because X.509 has no others. */
const notBefore = new Date("2020-01-01T00:00:00Z");
const notAfter = new Date("2120-01-01T00:00:00Z");

/** PKCS#8 of an ed25519 key (RFC 8410): the seed follows. */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

const ownerOnly = 0o600;
const othersMask = 0o077;
/** A key and a certificate are below 1 KiB; whatever is larger is not one of ours. */
const identityBytesMax = 16 * 1024;

/**
 * A new identity, or the one of a 32-byte RFC 8032 seed: the same seed gives the same node id and certificate.
 */
export async function createNodeIdentity(
  seed: Uint8Array = randomBytes(32),
): Promise<NodeIdentity> {
  assert(seed.length === 32, "a seed is 32 bytes");
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: "der",
    type: "pkcs8",
  });
  const x509 = await loadX509();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: "01",
      name: "CN=quorate",
      notBefore,
      notAfter,
      keys: await webKeys(key),
      signingAlgorithm: { name: "Ed25519" },
    },
    webcrypto as Crypto,
  );
  const keyPem = key.export({ format: "pem", type: "pkcs8" }).toString();
  const identity = identityOf(keyPem, `${certificate.toString("pem")}\n`);
  assert(identity !== undefined, "the new certificate is of the new key");
  return identity;
}

/** The key pair in the form that the library signs with. */
async function webKeys(key: KeyObject): Promise<CryptoKeyPair> {
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    privateKey: await subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, true, ["sign"]),
    publicKey: await subtle.importKey("spki", spki, { name: "Ed25519" }, true, ["verify"]),
  };
}

/** Loaded only where a certificate is made: it takes a quarter of a second, and a running node needs none of it. */
async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  await import("./reflect-metadata.ts");
  return await import("@peculiar/x509");
}

/** Writes a new file, readable by its owner alone; an existing one is an error (EEXIST), never replaced. */
export async function saveNodeIdentity(path: string, identity: NodeIdentity): Promise<void> {
  const file = await open(path, "wx", ownerOnly);
  try {
    await file.chmod(ownerOnly); // Whatever the umask says.
    await file.writeFile(`${identity.keyPem.trim()}\n${identity.certificatePem.trim()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function loadNodeIdentity(path: string): Promise<Result<NodeIdentity, IdentityFlaw>> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return fail("absent");
    throw error;
  }
  try {
    const { mode, size } = await file.stat();
    if ((mode & othersMask) !== 0) return fail("exposed");
    if (size > identityBytesMax) return fail("malformed");
    const text = await file.readFile("utf8");
    const identity = identityOf(block(text, "PRIVATE KEY") ?? "", block(text, "CERTIFICATE") ?? "");
    return identity === undefined ? fail("malformed") : ok(identity);
  } finally {
    await file.close();
  }
}

/** Signs as this node, in a domain of our own: TLS never signs such bytes. */
export function identitySigner({ keyPem, nodeId }: NodeIdentity): Signer {
  const key = createPrivateKey(keyPem);
  return {
    publicKey: fromHex(nodeId),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

function block(text: string, label: string): string | undefined {
  return text.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\n?`))?.[0];
}

/** Undefined unless the key is an ed25519 key and the certificate is of that key. */
function identityOf(keyPem: string, certificatePem: string): NodeIdentity | undefined {
  try {
    const own = nodeIdOfKey(createPublicKey(createPrivateKey(keyPem)));
    const certified = nodeIdOfKey(new X509Certificate(certificatePem).publicKey);
    if (own === undefined || own !== certified) return undefined;
    return { keyPem, certificatePem, nodeId: own };
  } catch {
    return undefined;
  }
}

/**
 * Who is at the other end, proven by the TLS handshake; undefined when it showed no certificate, or one of another
 * kind of key, or when the session is a resumed one, in which a client is shown none.
 */
export function nodeIdOfPeer(socket: TLSSocket): NodeId | undefined {
  if (socket.isSessionReused()) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? undefined : nodeIdOfKey(certificate.publicKey);
}

/** The raw 32 bytes of an ed25519 key, in hex. */
function nodeIdOfKey(key: KeyObject): NodeId | undefined {
  if (key.asymmetricKeyType !== "ed25519") return undefined;
  const { x } = key.export({ format: "jwk" });
  const raw = Buffer.from(x ?? "", "base64url");
  return raw.length === 32 ? (raw.toString("hex") as NodeId) : undefined;
}

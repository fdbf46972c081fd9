/**
 * What the wss transport does with those who do not keep to the rules: every one of them is gone soon, and none of
 * them ever becomes a link.
 * @module
 */
import { createHash, KeyObject, webcrypto } from "node:crypto";
import { createServer, type Server } from "node:https";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { afterEach, beforeAll, expect, test } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { createNodeIdentity, type NodeIdentity } from "../../node/adapters/tls-identity.ts";
import {
  WebSocketTransport,
  type WebSocketTransportOptions,
} from "../../node/adapters/websocket-transport.ts";
import { networkLimits, type TransportLimits } from "../../src/network/limits.ts";
import { LinkRecorder } from "./link-recorder.ts";

const quick: TransportLimits = { ...networkLimits, handshakeTimeoutMs: 150, closeTimeoutMs: 100 };
const patient: TransportLimits = networkLimits;

let identity: NodeIdentity;
let stranger: NodeIdentity;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  identity = await createNodeIdentity();
  stranger = await createNodeIdentity();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Listening {
  readonly transport: WebSocketTransport;
  readonly events: LinkRecorder;
  readonly port: number;
}

async function listen(options: Partial<WebSocketTransportOptions> = {}): Promise<Listening> {
  const transport = new WebSocketTransport({
    identity,
    host: "127.0.0.1",
    port: 0,
    limits: patient,
    loopbackExempt: true,
    ...options,
  });
  const events = new LinkRecorder();
  await transport.start(events);
  cleanups.push(() => transport.stop());
  return { transport, events, port: transport.port };
}

function track<AnySocket extends Socket>(socket: AnySocket): AnySocket {
  socket.on("error", () => {});
  cleanups.push(() => socket.destroy());
  return socket;
}

const tcp = (port: number): Socket => track(connect(port, "127.0.0.1"));

const tls = (port: number, options: ConnectionOptions = {}): TLSSocket =>
  track(connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options }));

interface Credentials {
  readonly key: string;
  readonly cert: string;
}

const proven = (own: NodeIdentity = stranger): Credentials => ({
  key: own.keyPem,
  cert: own.certificatePem,
});

function websocket(port: number, options: ClientOptions): WebSocket {
  const socket = new WebSocket(`wss://127.0.0.1:${port}`, {
    rejectUnauthorized: false,
    ...options,
  });
  socket.on("error", () => {});
  cleanups.push(() => socket.terminate());
  return socket;
}

const once = (
  emitter: { once(event: string, listener: (...all: never[]) => void): unknown },
  event: string,
): Promise<unknown[]> =>
  new Promise((resolve) => emitter.once(event, (...all: unknown[]) => resolve(all)));

/** The HTTP status that an upgrade is answered with. */
const answered = (socket: WebSocket): Promise<number | undefined> =>
  new Promise((resolve) => {
    socket.once("unexpected-response", (_, response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    socket.once("open", () => resolve(101));
  });

async function rsaIdentity(): Promise<Credentials> {
  await import("../../node/adapters/reflect-metadata.ts");
  const { X509CertificateGenerator } = await import("@peculiar/x509");
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    publicExponent: Uint8Array.of(1, 0, 1),
    modulusLength: 2_048,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { serialNumber: "01", name: "CN=rsa", keys, signingAlgorithm: algorithm },
    webcrypto as Crypto,
  );
  const key = KeyObject.from(keys.privateKey).export({ format: "pem", type: "pkcs8" });
  return { key: key.toString(), cert: certificate.toString("pem") };
}

test("a client without a certificate is answered 401 at the upgrade", async () => {
  const { events, port } = await listen();
  expect(await answered(websocket(port, {}))).toBe(401);
  expect(events.links.size).toBe(0);
});

test("a client with an RSA certificate is answered 401 at the upgrade", async () => {
  const { events, port } = await listen();
  expect(await answered(websocket(port, await rsaIdentity()))).toBe(401);
  expect(events.links.size).toBe(0);
});

test("a client with an ed25519 certificate is a link", async () => {
  const { events, port } = await listen();
  expect(await answered(websocket(port, proven()))).toBe(101);
  expect((await events.links.next()).nodeId).toBe(stranger.nodeId);
});

test("a certificate whose own signature is broken still names the key that the handshake proved", async () => {
  const { events, port } = await listen();
  const der = Buffer.from(stranger.certificatePem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
  const cert = `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
  websocket(port, { key: stranger.keyPem, cert });
  expect((await events.links.next()).nodeId).toBe(stranger.nodeId);
});

test("a server with an RSA certificate is not dialled", async () => {
  const { transport, events } = await listen();
  // It takes any client, so that its own key is the only thing that can be wrong.
  const server: Server = createServer({
    ...(await rsaIdentity()),
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on("tlsClientError", () => {});
  server.on("upgrade", (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  expect(await transport.dial(`127.0.0.1:${port}`)).toBe("EPROTO");
  expect(events.links.size).toBe(0);
});

test("TLS 1.2 is refused", async () => {
  const { port } = await listen();
  const [error] = await once(tls(port, { ...proven(), maxVersion: "TLSv1.2" }), "error");
  expect(error).toMatchObject({ code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION" });
});

test("a session cannot be resumed, so a dialler is always shown the certificate", async () => {
  const { port } = await listen();
  const first = tls(port, proven());
  const tickets: Buffer[] = [];
  first.on("session", (ticket: Buffer) => tickets.push(ticket));
  await once(first, "secureConnect");
  first.end("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  first.resume();
  await once(first, "close");
  const session = tickets.at(-1) ?? first.getSession();
  const second = tls(port, { ...proven(), ...(session === undefined ? {} : { session }) });
  await once(second, "secureConnect");
  expect(second.isSessionReused()).toBe(false);
  expect(second.getPeerX509Certificate()).toBeDefined();
});

test("plain HTTP over TLS is answered 426 and closed", async () => {
  const { port } = await listen();
  const socket = tls(port, proven());
  await once(socket, "secureConnect");
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 426 /);
  socket.resume();
  await once(socket, "close");
});

test.each<[string, (port: number) => Socket]>([
  ["nothing", (port) => tcp(port)],
  [
    "half a client hello",
    (port) => {
      const socket = tcp(port);
      socket.write(Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3));
      return socket;
    },
  ],
  ["TLS and then nothing", (port) => tls(port, proven())],
  [
    "half an HTTP header",
    (port) => {
      const socket = tls(port, proven());
      socket.once("secureConnect", () => socket.write("GET / HTTP/1.1\r\nupgrade: web"));
      return socket;
    },
  ],
])("a connection that says %s is gone when the handshake time is over", async (_, open) => {
  const { transport, events, port } = await listen({ limits: quick });
  const startedAtMs = performance.now();
  const socket = open(port);
  socket.resume();
  await once(socket, "close");
  expect(performance.now() - startedAtMs).toBeLessThan(10 * quick.handshakeTimeoutMs);
  expect(events.links.size).toBe(0);
  await expect.poll(() => transport.halfOpen).toBe(0);
});

test("garbage on the port is hung up on, and the next peer is served", async () => {
  const { events, port } = await listen();
  const socket = tcp(port);
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  socket.resume();
  await once(socket, "close");
  websocket(port, proven());
  expect((await events.links.next()).nodeId).toBe(stranger.nodeId);
});

test("dialling a server that never answers is given up after the handshake time", async () => {
  const { transport } = await listen({ limits: quick });
  const mute = createTcpServer((socket) => track(socket));
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => mute.close());
  const address = mute.address();
  const port = typeof address === "object" ? address?.port : undefined;
  expect(await transport.dial(`127.0.0.1:${port}`)).toBe("timeout");
});

test("one address gets its connections a second, and no more", async () => {
  const { events, port } = await listen({
    loopbackExempt: false,
    limits: { ...patient, acceptsPerS: 100, acceptsPerSPerAddress: 2 },
  });
  for (let count = 0; count < 2; count += 1) {
    websocket(port, proven());
    await events.links.next();
  }
  const [error] = await once(tcp(port), "error");
  expect(error).toMatchObject({ code: "ECONNRESET" });
});

test("one address holds so many links, and no more", async () => {
  const { events, port } = await listen({
    loopbackExempt: false,
    limits: { ...patient, inboundPerAddressMax: 1 },
  });
  websocket(port, proven());
  const link = await events.links.next();
  expect((await once(tcp(port), "error"))[0]).toMatchObject({ code: "ECONNRESET" });
  link.close(4_001, "stopping");
  await events.ends.next();
  websocket(port, proven());
  expect((await events.links.next()).nodeId).toBe(stranger.nodeId);
});

test("half-open connections are bounded, and a place is free again when one ends", async () => {
  const { transport, events, port } = await listen({ limits: { ...patient, halfOpenMax: 2 } });
  const stuck = [tls(port, proven()), tls(port, proven())];
  await Promise.all(stuck.map((socket) => once(socket, "secureConnect")));
  expect(transport.halfOpen).toBe(2);
  await once(tcp(port), "error");
  for (const socket of stuck) socket.resume().end();
  await Promise.all(stuck.map((socket) => once(socket, "close")));
  await expect.poll(() => transport.halfOpen).toBe(0);
  websocket(port, proven());
  expect((await events.links.next()).nodeId).toBe(stranger.nodeId);
});

test("a fragmented message closes the link", async () => {
  const { events, port } = await listen();
  const socket = websocket(port, proven());
  await once(socket, "open");
  socket.send(Uint8Array.of(1), { fin: false });
  socket.send(Uint8Array.of(2), { fin: true });
  expect((await events.ends.next()).reason).toBe("WS_ERR_TOO_MANY_BUFFERED_PARTS");
  expect(events.frames.size).toBe(0);
});

test("a text frame closes the link", async () => {
  const { events, port } = await listen();
  const socket = websocket(port, proven());
  await once(socket, "open");
  socket.send("hello");
  expect((await events.ends.next()).reason).toBe("binary_only");
  expect(events.frames.size).toBe(0);
});

test("compression is never agreed on", async () => {
  const { port } = await listen();
  const socket = websocket(port, { ...proven(), perMessageDeflate: true });
  await once(socket, "open");
  expect(socket.extensions).toBe("");
});

test("a dialler's frames carry the zero mask, so they are on the wire as they are", async () => {
  const server = createServer({ ...proven(), requestCert: true, rejectUnauthorized: false });
  const bytes = new Promise<Buffer>((resolve) => {
    server.on("upgrade", (request, socket) => {
      const accept = createHash("sha1")
        .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest("base64");
      socket.on("error", () => {});
      cleanups.push(() => socket.destroy());
      let received = Buffer.alloc(0);
      socket.on("data", (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (received.length >= 11) resolve(received);
      });
      socket.write(
        `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => server.close());
  const address = server.address();
  const events = new LinkRecorder();
  const dialler = new WebSocketTransport({ identity, host: "127.0.0.1", port: 0 });
  await dialler.start(events);
  cleanups.push(() => dialler.stop());
  await dialler.dial(`127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  (await events.links.next()).send(Uint8Array.of(1, 2, 3, 4, 5));
  // RFC 6455 section 5.2: FIN and binary, MASK and length 5, the mask, the payload.
  expect([...(await bytes)]).toEqual([0x82, 0x85, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
});

/**
 * The Transport port on `wss`: `ws` over `node:https`, TLS 1.3 with keys proven on both sides (peer-tls.ts).
 *
 * The only door of `ws`. A connection comes in through four gates, all of them within one deadline:
 *
 *   TCP accepted -> rate and count (accept-gate.ts) -> TLS -> HTTP upgrade with a proven key -> a link
 *
 * What is not a link when the deadline is over is destroyed, wherever it got stuck.
 *
 * Frames are not masked: inside TLS a mask hides nothing and is the largest cost of a link. They are not compressed
 * and not fragmented either, so a frame never costs more memory than its stated size.
 * @module
 */
import type { IncomingMessage } from "node:http";
import { createServer, type Server as HttpsServer } from "node:https";
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { type ClientOptions, type ServerOptions, WebSocket, WebSocketServer } from "ws";
import { assert } from "../../src/base/assert.ts";
import { normalAddress } from "../../src/network/address.ts";
import { networkLimits, type TransportLimits } from "../../src/network/limits.ts";
import type { LinkEvents, Transport } from "../../src/network/transport.ts";
import { TransportError } from "../../src/network/transport-error.ts";
import type { NodeId } from "../../src/protocol/ids.ts";
import { AcceptGate, plainAddress } from "./accept-gate.ts";
import { CutOff } from "./cut-off.ts";
import { clientTls, exporterOf, serverTls } from "./peer-tls.ts";
import { type NodeIdentity, nodeIdOfPeer } from "./tls-identity.ts";
import { WebSocketLink } from "./websocket-link.ts";

export interface WebSocketTransportOptions {
  readonly identity: NodeIdentity;
  /** Where to listen. */
  readonly host: string;
  /** 0 = any free one: see `port`. */
  readonly port: number;
  readonly limits?: TransportLimits | undefined;
  /** Local networks only: no rate and count per address for connections from this machine. */
  readonly loopbackExempt?: boolean | undefined;
}

/** A connection on its way to become a link. */
interface Arrival {
  readonly socket: Socket;
  readonly address: string;
  readonly deadline: NodeJS.Timeout;
  state: "half-open" | "link";
}

/** How long stop waits for peers to take their leave, before it hangs up. */
const farewellMs = 250;

export class WebSocketTransport implements Transport {
  readonly #identity: NodeIdentity;
  readonly #listen: { readonly host: string; readonly port: number };
  readonly #limits: TransportLimits;
  readonly #gate: AcceptGate;
  readonly #tcp: TcpServer;
  readonly #https: HttpsServer;
  readonly #upgrades: WebSocketServer;
  /** By remote address and port, which TCP and TLS socket of one connection share. */
  readonly #arrivals = new Map<string, Arrival>();
  readonly #links = new Set<WebSocketLink>();
  readonly #dials = new Set<WebSocket>();
  readonly #cut = new CutOff();
  #events: LinkEvents | undefined;
  #lastLinkEnded: () => void = () => {};

  constructor(options: WebSocketTransportOptions) {
    const limits = options.limits ?? networkLimits;
    this.#identity = options.identity;
    this.#listen = { host: options.host, port: options.port };
    this.#limits = limits;
    this.#gate = new AcceptGate(limits, {
      loopbackExempt: options.loopbackExempt ?? false,
      nowMs: () => performance.now(),
    });
    this.#upgrades = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      ...this.#frames(),
    });
    this.#https = createServer(serverTls(options.identity, limits.handshakeTimeoutMs));
    this.#https.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#https.on("request", (_, response) => {
      response.writeHead(426, { connection: "close" }).end();
    });
    this.#https.on("tlsClientError", (_, socket) => socket.destroy());
    this.#https.on("clientError", (_, socket) => socket.destroy());
    this.#tcp = createTcpServer({ noDelay: true }, (socket) => this.#arrived(socket));
  }

  /** The port it listens on. */
  get port(): number {
    const address = this.#tcp.address();
    assert(address !== null && typeof address === "object", "a started transport has a port");
    return address.port;
  }

  /** Connections that are not links yet. */
  get halfOpen(): number {
    return this.#gate.halfOpen;
  }

  /** Rejects with a TransportError when it cannot listen. */
  async start(events: LinkEvents): Promise<void> {
    this.#events = events;
    const { host, port } = this.#listen;
    await new Promise<void>((resolve, reject) => {
      const refused = (error: NodeJS.ErrnoException): void => {
        const code = error.code === "EADDRINUSE" ? "port_in_use" : "address_unavailable";
        reject(new TransportError(code, `cannot listen on ${host}:${port}: ${error.message}`));
      };
      this.#tcp.once("error", refused);
      this.#tcp.listen(port, host, () => {
        this.#tcp.off("error", refused);
        this.#tcp.on("error", () => {}); // A failed accept (no file descriptors left) ends nothing.
        resolve();
      });
    });
  }

  /**
   * Ends the links to these nodes and lets no new one come about, from either side, until a later call leaves them
   * out: then they are dialled at once. For local networks, where no cable can be pulled.
   */
  cutOff(nodes: Iterable<NodeId>): void {
    const back = this.#cut.replace(nodes);
    for (const link of this.#links) {
      if (!this.#cut.has(link.nodeId)) continue;
      if (link.outbound) this.#cut.missed(link.remoteAddress);
      link.terminate("cut_off");
    }
    for (const address of back) void this.dial(address);
  }

  async dial(text: string): Promise<string | undefined> {
    const failure = await this.#dial(text);
    const address = failure === undefined ? undefined : normalAddress(text);
    if (address !== undefined) this.#cut.missed(address);
    return failure;
  }

  #dial(text: string): Promise<string | undefined> {
    const address = normalAddress(text);
    if (address === undefined) return Promise.resolve("not_an_address");
    if (this.#events === undefined) return Promise.resolve("stopped");
    const events = this.#events;
    return new Promise((resolve) => {
      const socket = new WebSocket(`wss://${address}/`, {
        ...this.#frames(),
        ...clientTls(this.#identity),
        generateMask: () => {}, // Leaves the mask at zero, which both sides skip.
      } satisfies ClientOptions);
      let failure: string | undefined;
      const fail = (reason: string): void => {
        failure ??= reason;
        socket.terminate();
      };
      const deadline = setTimeout(() => fail("timeout"), this.#limits.handshakeTimeoutMs);
      this.#dials.add(socket);
      const settled = (): void => {
        clearTimeout(deadline);
        this.#dials.delete(socket);
      };
      let proven: Pick<WebSocketLink, "nodeId" | "exporter"> | undefined;
      socket.once("upgrade", ({ socket: tls }) => {
        proven = tls instanceof TLSSocket ? provenBy(tls) : undefined;
        if (proven === undefined) fail("no_proven_key");
        else if (this.#cut.has(proven.nodeId)) fail("cut_off");
      });
      socket.once("error", (error: NodeJS.ErrnoException) => {
        failure ??= dialFailure(error);
      });
      socket.once("close", () => {
        settled();
        resolve(failure ?? "closed");
      });
      socket.once("open", () => {
        settled();
        socket.removeAllListeners();
        assert(proven !== undefined, "an open link has a proven key");
        this.#adopt(socket, { ...proven, outbound: true, remoteAddress: address }, events);
        resolve(undefined);
      });
    });
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    const closed = new Promise<void>((resolve) => this.#tcp.close(() => resolve()));
    for (const socket of this.#dials) socket.terminate();
    for (const { socket, state } of this.#arrivals.values())
      if (state === "half-open") socket.destroy();
    for (const link of this.#links) link.close(1_001, "stopping");
    const hangUp = setTimeout(() => {
      for (const link of this.#links) link.terminate("stopping");
      for (const { socket } of this.#arrivals.values()) socket.destroy();
    }, farewellMs);
    await Promise.all([closed, this.#linksEnded()]);
    clearTimeout(hangUp);
    this.#https.close();
  }

  /** A TCP connection: through the gate, and against the clock. */
  #arrived(socket: Socket): void {
    const { remotePort, remoteAddress = "" } = socket;
    const address = plainAddress(remoteAddress);
    socket.on("error", () => socket.destroy());
    if (this.#events === undefined || this.#gate.enter(address) !== undefined) {
      socket.resetAndDestroy();
      return;
    }
    const key = `${address} ${remotePort}`;
    const deadline = setTimeout(() => socket.destroy(), this.#limits.handshakeTimeoutMs);
    const arrival: Arrival = { socket, address, deadline, state: "half-open" };
    this.#arrivals.set(key, arrival);
    socket.once("close", () => {
      clearTimeout(deadline);
      this.#arrivals.delete(key);
      this.#gate.leave(address, arrival.state);
    });
    this.#https.emit("connection", socket);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const events = this.#events;
    const tls = socket instanceof TLSSocket ? socket : undefined;
    const proven = tls && provenBy(tls);
    const address = plainAddress(tls?.remoteAddress ?? "");
    const arrival = this.#arrivals.get(`${address} ${tls?.remotePort}`);
    if (events === undefined || proven === undefined || arrival === undefined) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n", () => socket.destroy());
      return;
    }
    if (this.#cut.has(proven.nodeId)) {
      socket.destroy();
      return;
    }
    this.#upgrades.handleUpgrade(request, socket, head, (upgraded) => {
      clearTimeout(arrival.deadline);
      arrival.state = "link";
      this.#gate.admit();
      const host = address.includes(":") ? `[${address}]` : address;
      const remoteAddress = `${host}:${tls?.remotePort}`;
      this.#adopt(upgraded, { ...proven, outbound: false, remoteAddress }, events);
    });
  }

  #adopt(
    socket: WebSocket,
    facts: Pick<WebSocketLink, "nodeId" | "exporter" | "outbound" | "remoteAddress">,
    events: LinkEvents,
  ): void {
    const link = new WebSocketLink(socket, facts, this.#limits);
    this.#links.add(link);
    link.deliverTo(events, () => {
      this.#links.delete(link);
      if (this.#links.size === 0) this.#lastLinkEnded();
    });
  }

  #linksEnded(): Promise<void> {
    if (this.#links.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#lastLinkEnded = resolve;
    });
  }

  /** Of both sides: what a frame may be. */
  #frames(): ServerOptions & ClientOptions {
    return {
      perMessageDeflate: false,
      maxPayload: this.#limits.frameBytesMax,
      maxFragments: 1,
      maxBufferedChunks: this.#limits.bufferedChunksMax,
      skipUTF8Validation: true, // Text frames are refused whatever they say.
    };
  }
}

/** Who is there and the connection's exporter; undefined when no key is proven. */
function provenBy(tls: TLSSocket): Pick<WebSocketLink, "nodeId" | "exporter"> | undefined {
  const nodeId = nodeIdOfPeer(tls);
  return nodeId === undefined ? undefined : { nodeId, exporter: exporterOf(tls) };
}

function dialFailure(error: NodeJS.ErrnoException): string {
  if (error.code === "ECONNREFUSED") return "connection_refused";
  if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN") return "name_not_found";
  return error.code ?? error.message;
}

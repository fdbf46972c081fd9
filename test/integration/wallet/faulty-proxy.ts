/**
 * A server in front of a node that loses what passes through it, or lies about it.
 * @module
 */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/**
 * `faithful`: passes all. `deaf`: takes requests and never answers, nor passes them on. `forgetful`: passes
 * submissions on and cuts the connection instead of answering them; other requests are answered.
 */
export type ProxyMode = "faithful" | "deaf" | "forgetful";

/** An answer in JSON. */
export interface ProxyAnswer {
  readonly status: number;
  readonly json: object;
}

/** A node's answer: each route has some of what is named here, and more. */
export interface NodeAnswer extends ProxyAnswer {
  readonly json: NodeJson;
}

export interface NodeJson {
  [name: string]: unknown;
  id: string;
  name: string;
  agent: string;
  endpoint: string;
  networkName: string;
  chainId: string;
  height: number;
  proof: string;
  memo: object;
  tip: NodeJson;
  items: NodeJson[];
  operations: NodeJson[];
  balances: NodeJson[];
  /** Of a local network of four. */
  nodes: [NodeJson, NodeJson, NodeJson, NodeJson];
  verdicts: [NodeJson];
  action: object;
  agrees: unknown;
  safe: unknown;
}

/** A request as a liar sees it. */
export interface ProxyRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
}

export class FaultyProxy {
  mode: ProxyMode = "faithful";
  /** What it makes of a node's answer. */
  alter: ((request: ProxyRequest, answer: NodeAnswer) => ProxyAnswer) | undefined;
  /** What it answers without asking the node; undefined: it asks. */
  instead: ((request: ProxyRequest) => ProxyAnswer | undefined) | undefined;
  /** Called when a submission arrives, before anything else happens to it. */
  onSubmission: () => void = () => {};
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `port`: where it listens; any free one unless given. */
  static async start(target: string, port = 0): Promise<FaultyProxy> {
    const server = createServer();
    const proxy = new FaultyProxy(server);
    server.on("request", (incoming, answer) => {
      const isSubmission = incoming.method === "POST";
      if (isSubmission) proxy.onSubmission();
      if (proxy.mode === "deaf") return;
      const request = { method: incoming.method ?? "", path: incoming.url ?? "" };
      const instead = proxy.instead?.(request);
      if (instead !== undefined) {
        incoming.resume().on("end", () => send(answer, instead));
        return;
      }
      const { method, headers } = incoming;
      const outgoing = httpRequest(target + incoming.url, { method, headers }, (reply) => {
        if (proxy.mode === "forgetful" && isSubmission) {
          reply.resume().on("end", () => answer.socket?.destroy());
          return;
        }
        if (proxy.alter !== undefined && isJson(reply)) {
          const { alter } = proxy;
          whole(reply).then(
            (text) => {
              const json = JSON.parse(text);
              send(answer, alter(request, { status: reply.statusCode ?? 500, json }));
            },
            () => answer.socket?.destroy(),
          );
          return;
        }
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
      });
      outgoing.on("error", () => answer.socket?.destroy());
      incoming.pipe(outgoing);
    });
    await new Promise<void>((resolve) => {
      server.listen(port, "127.0.0.1", resolve);
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

const isJson = (reply: IncomingMessage): boolean =>
  /\bjson\b/.test(reply.headers["content-type"] ?? "");

async function whole(reply: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of reply) text += String(chunk);
  return text;
}

function send(answer: ServerResponse, { status, json }: ProxyAnswer): void {
  answer.writeHead(status, {
    "content-type": "application/json",
    "access-control-allow-origin": "*",
  });
  answer.end(JSON.stringify(json));
}

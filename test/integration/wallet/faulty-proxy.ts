/**
 * A server in front of a node that loses what passes through it.
 * @module
 */
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * `faithful`: passes all. `deaf`: takes requests and never answers, nor passes them on. `forgetful`: passes
 * submissions on and cuts the connection instead of answering them; other requests are answered.
 */
export type ProxyMode = "faithful" | "deaf" | "forgetful";

export class FaultyProxy {
  mode: ProxyMode = "faithful";
  /** Called when a submission arrives, before anything else happens to it. */
  onSubmission: () => void = () => {};
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(target: string): Promise<FaultyProxy> {
    const server = createServer();
    const proxy = new FaultyProxy(server);
    server.on("request", (incoming, answer) => {
      const isSubmission = incoming.method === "POST";
      if (isSubmission) proxy.onSubmission();
      if (proxy.mode === "deaf") return;
      const { method, headers } = incoming;
      const outgoing = httpRequest(target + incoming.url, { method, headers }, (reply) => {
        if (proxy.mode === "forgetful" && isSubmission) {
          reply.resume().on("end", () => answer.socket?.destroy());
          return;
        }
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
      });
      outgoing.on("error", () => answer.socket?.destroy());
      incoming.pipe(outgoing);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
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

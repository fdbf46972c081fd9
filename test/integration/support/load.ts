/**
 * Load from other processes and other sockets: `wrk`, and clients that hold connections and hardly say anything.
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { repository } from "./local-net.ts";

/** Throws what to do where there is no wrk. */
export function requireWrk(): void {
  const { error } = spawnSync("wrk", ["--version"]);
  if (error !== undefined) {
    throw new Error("this test needs the program wrk: apt-get install wrk, or brew install wrk");
  }
}

export interface LoadReport {
  readonly byStatus: ReadonlyMap<number, number>;
  /** Connections that failed, or had no answer in time. */
  readonly errors: number;
}

/** Reads an address over so many connections at once, each asking again as soon as it is answered. */
export function readHard(options: {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
}): Promise<LoadReport> {
  const { url, connections, seconds } = options;
  const script = join(repository, "test/integration/support/load.lua");
  const how = ["-t2", `-c${connections}`, `-d${seconds}s`, "--timeout", "30s", "-s", script];
  const child = spawn("wrk", [...how, url], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    text += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      const statuses = [...text.matchAll(/^status (\d+) (\d+)$/gm)];
      const errors = /^errors (\d+)$/m.exec(text)?.[1];
      if (errors === undefined) {
        reject(new Error(`wrk did not report:\n${text}`));
        return;
      }
      const byStatus = new Map(statuses.map(([, status, n]) => [Number(status), Number(n)]));
      resolve({ byStatus, errors: Number(errors) });
    });
  });
}

/** Clients that begin a request, say a letter of it now and then, and come back when they are thrown out. */
export class SlowClients {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #beat: NodeJS.Timeout;
  #isOver = false;
  #thrownOut = 0;

  constructor(port: number, clients: number) {
    this.#port = port;
    for (let i = 0; i < clients; i += 1) this.#open();
    this.#beat = setInterval(() => {
      for (const socket of this.#sockets) socket.write("x");
    }, 1_000);
  }

  /** How many hold a connection now. */
  get holding(): number {
    return [...this.#sockets].filter(({ readyState }) => readyState === "open").length;
  }

  /** How often the server has closed the connection of one. */
  get thrownOut(): number {
    return this.#thrownOut;
  }

  stop(): void {
    this.#isOver = true;
    clearInterval(this.#beat);
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(): void {
    const socket = connect(this.#port, "127.0.0.1");
    this.#sockets.add(socket);
    socket.on("error", () => undefined); // It closes, which is what counts.
    socket.once("connect", () => socket.write("GET /v1/status HTTP/1.1\r\nHost: localhost\r\nX: "));
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (this.#isOver) return;
      this.#thrownOut += 1;
      this.#open();
    });
    socket.resume();
  }
}

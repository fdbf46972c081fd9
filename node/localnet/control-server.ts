/**
 * The running network's end of control.sock.
 *
 * Only the user who owns the folder can reach it. A socket file that a killed network left behind is removed only when
 * nobody answers on it.
 * @module
 */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { Refusal } from "../refusal.ts";
import { isAnswering } from "./control-client.ts";
import {
  answerOfError,
  type ControlRequest,
  parseRequest,
  requestBytesMax,
} from "./control-protocol.ts";

export interface ControlServer {
  /** Stops accepting, lets the answers that are due leave, and removes the socket. Takes half a second at most. */
  close(): Promise<void>;
}

const requestMsMax = 10_000;
const connectionsMax = 32;
const farewellMsMax = 500;

/** Throws a Refusal when a network already answers on this path. `answer` gives the data of the reply. */
export async function serveControl(
  path: string,
  answer: (request: ControlRequest) => Promise<unknown>,
): Promise<ControlServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    converse(socket, answer);
  });
  server.maxConnections = connectionsMax;
  await listen(server, path);
  chmodSync(path, 0o600);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, farewellMsMax);
      await closed;
      clearTimeout(cut);
      rmSync(path, { force: true });
    },
  };
}

/** Refuses when a network runs in this folder, and changes nothing. */
export async function requireNoNetwork(path: string): Promise<void> {
  if (await isAnswering(path)) {
    throw new Refusal({
      code: "network_running",
      message: `a network already runs in this folder (it answers on ${path})`,
      fix: "Use it, stop it with `quorate network stop`, or start another one with --dir and --base-port.",
    });
  }
}

/** What only its owner may read and write. */
const othersMask = 0o177;

/** Clears away the socket of a network that no longer runs. */
async function listen(server: Server, path: string): Promise<void> {
  await requireNoNetwork(path);
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const mask = process.umask(othersMask); // From its first moment, not only once it could be changed.
    try {
      server.listen(path, resolve);
    } finally {
      process.umask(mask);
    }
  });
}

function converse(socket: Socket, answer: (request: ControlRequest) => Promise<unknown>): void {
  let text = "";
  const reply = (value: unknown): void => {
    socket.end(`${JSON.stringify(value)}\n`);
  };
  socket.setEncoding("utf8");
  socket.setTimeout(requestMsMax, () => socket.destroy());
  socket.once("end", () => {
    if (!text.includes("\n")) socket.destroy(); // Only looked whether somebody is here.
  });
  socket.on("data", (chunk: string) => {
    text += chunk;
    const end = text.indexOf("\n");
    if (end < 0 && text.length <= requestBytesMax) return;
    socket.removeAllListeners("data");
    socket.setTimeout(0);
    const request = end < 0 ? undefined : parseRequest(text.slice(0, end));
    if (request === undefined) return reply(answerOfError(unknownRequest()));
    answer(request).then(
      (data) => reply({ ok: true, data }),
      (error: unknown) => reply(answerOfError(error)),
    );
  });
}

const unknownRequest = (): Refusal =>
  new Refusal({
    code: "request_unknown",
    message: "this network does not know the request",
    fix: "Use the `quorate` command of the version that runs the network.",
  });

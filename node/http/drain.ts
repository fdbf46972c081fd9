/**
 * Closing a server without cutting off answers, and without waiting for those who ask nothing.
 *
 * Node's own `closeIdleConnections` leaves a connection that never sent a request (browsers open some ahead) and one
 * whose last answer ends later; either would hold the server open for as long as its client likes.
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** After this long, closing no longer waits for answers under way. */
const graceMs = 2_000;

/** Watches a server's connections; the returned function closes it. Call it before the server listens. */
export function drainable(server: Server): () => Promise<void> {
  const idle = new Set<Socket>();
  let closing = false;
  const rest = (socket: Socket): void => {
    if (closing) socket.destroySoon();
    else idle.add(socket);
  };
  server.on("connection", (socket: Socket) => {
    rest(socket);
    socket.once("close", () => idle.delete(socket));
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once("close", () => {
      if (!socket.destroyed) rest(socket);
    });
  });
  return async () => {
    closing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of idle) socket.destroySoon();
    const patience = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(patience);
  };
}

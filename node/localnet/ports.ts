/**
 * Whether the ports of a network are free, found out before anything is created.
 * @module
 */
import { createServer } from "node:net";
import { Refusal } from "../refusal.ts";
import { httpPort, localHost, p2pPort } from "./layout.ts";

/** Throws a Refusal that names the first port that is taken. `nodes` from the node `first` on. */
export async function requireFreePorts(basePort: number, nodes: number, first = 0): Promise<void> {
  for (let index = first; index < first + nodes; index += 1) {
    for (const port of [p2pPort(basePort, index), httpPort(basePort, index)]) {
      if (await isFree(port)) continue;
      throw new Refusal({
        code: "port_in_use",
        message: `port ${port} on ${localHost} is in use by another program`,
        fix: "Stop that program, or take other ports: --base-port PORT.",
      });
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: localHost, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}

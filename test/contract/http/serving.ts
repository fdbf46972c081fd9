/**
 * Starts the real HTTP server over a listed node on a free port of 127.0.0.1, and asks it.
 * @module
 */
import { fileURLToPath } from "node:url";
import {
  type HttpServer,
  type HttpServerOptions,
  startHttpServer,
} from "../../../node/http/server.ts";
import { NodeClient } from "../../../src/api/client.ts";
import { silentLog } from "../../../src/base/log.ts";
import { ListedNode } from "./listed-node.ts";

export interface Serving extends HttpServer {
  readonly node: ListedNode;
  readonly client: NodeClient;
  readonly errors: string[];
}

export async function serve(
  options: Partial<HttpServerOptions> & { readonly blocks?: number } = {},
): Promise<Serving> {
  const { blocks = 0, ...rest } = options;
  const node = new ListedNode(blocks);
  const errors: string[] = [];
  const log = {
    ...silentLog,
    error: (message: string, fields?: object) => {
      errors.push(`${message} ${JSON.stringify(fields)}`);
    },
  };
  const server = await startHttpServer({
    queries: node,
    host: "127.0.0.1",
    port: 0,
    log,
    local: true,
    explorerDirectory: fileURLToPath(new URL("../../../dist/explorer/", import.meta.url)),
    ...rest,
  });
  return { ...server, node, errors, client: clientOf(server.url) };
}

export const clientOf = (baseUrl: string): NodeClient =>
  new NodeClient({
    baseUrl,
    httpFetch: fetch,
    timeoutMs: 5_000,
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
  });

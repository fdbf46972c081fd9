/**
 * The routes that the app has, whether they are described or not.
 * @module
 */
import { buildApp } from "../../../node/http/server.ts";
import { EventStream } from "../../../node/http/stream/event-stream.ts";
import { JsonWriter } from "../../../node/http/to-json.ts";
import { silentLog } from "../../../src/base/log.ts";
import type { NodeQueries } from "../../../src/replica/node-queries.ts";

/** As `GET /v1/blocks/{reference}`, without middleware and without the page's stylesheet. */
export function routesOf(queries: NodeQueries): readonly string[] {
  const served = { queries, json: new JsonWriter(queries) };
  const stream = new EventStream({ ...served, log: silentLog });
  const app = buildApp(
    {
      queries,
      host: "127.0.0.1",
      port: 0,
      log: silentLog,
      local: true,
      steering: () => ({ controlSocket: "", pages: [], cutOff: [] }),
      faucet: { standard: 1n, most: 1n, give: () => Promise.reject(new Error("not asked")) },
      metrics: { contentType: "", text: async () => "", requestAnswered: () => undefined },
    },
    served,
    stream,
  );
  stream.close();
  const routes = app.routes.filter(
    ({ method, path }) => method !== "ALL" && !path.startsWith("/docs."),
  );
  return [
    ...new Set(routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)),
  ];
}

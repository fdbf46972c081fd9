/**
 * GET /v1/status: where this node stands.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { statusSchema } from "../../../src/api/schemas.ts";
import { type App, answers, type Served } from "../app.ts";

const route = createRoute({
  method: "get",
  path: "/v1/status",
  summary: "Where this node stands",
  responses: answers("Its tip, its view, its part in the network", statusSchema),
});

export function mountStatus(app: App, { queries, json }: Served): void {
  app.openapi(route, (c) => c.json(json.status(queries.status()), 200));
}

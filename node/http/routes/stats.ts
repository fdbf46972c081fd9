/**
 * GET /v1/stats: how much, how fast.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { statsSchema } from "../../../src/api/schemas.ts";
import { type App, answers, type Served } from "../app.ts";
import { windowText } from "../window-text.ts";

const route = createRoute({
  method: "get",
  path: "/v1/stats",
  summary: "Throughput, finality and totals",
  request: { query: z.object({ window: windowText("60s") }) },
  responses: answers("Figures over the window, and totals", statsSchema),
});

export function mountStats(app: App, { queries, json }: Served): void {
  app.openapi(route, (c) => {
    const { window } = c.req.valid("query");
    return c.json(json.stats(queries.stats(window)), 200);
  });
}

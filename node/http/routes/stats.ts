/**
 * GET /v1/stats: how much, how fast.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { statsSchema } from "../../../src/api/schemas.ts";
import { type App, answers, type Served } from "../app.ts";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const windowMsMax = 24 * 3_600_000;

/** `500ms`, `60s`, `10m`, `24h`. */
const windowText = z
  .string()
  .max(16)
  .default("60s")
  .transform((text, issues) => {
    const [, digits = "", unit = ""] = /^([0-9]{1,8})(ms|s|m|h)$/.exec(text) ?? [];
    const windowMs = Number(digits) * (unitMs[unit] ?? 0);
    if (windowMs >= 1 && windowMs <= windowMsMax) return windowMs;
    issues.addIssue({ code: "custom", message: "not a window such as 60s or 10m, up to 24h" });
    return z.NEVER;
  });

const route = createRoute({
  method: "get",
  path: "/v1/stats",
  summary: "Throughput, finality and totals",
  request: { query: z.object({ window: windowText }) },
  responses: answers("Figures over the window, and totals", statsSchema),
});

export function mountStats(app: App, { queries, json }: Served): void {
  app.openapi(route, (c) => {
    const { window } = c.req.valid("query");
    return c.json(json.stats(queries.stats(window)), 200);
  });
}

/**
 * GET /v1/stats/series: what became final, by time.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { seriesSchema } from "../../../src/api/series-schemas.ts";
import { pacePointsMax } from "../../../src/replica/pace.ts";
import { type App, answers, type Served } from "../app.ts";
import { integerOr } from "../parameters.ts";
import { shareOf } from "../to-json.ts";
import { windowText } from "../window-text.ts";

const pointsStandard = 60;

const route = createRoute({
  method: "get",
  path: "/v1/stats/series",
  summary: "Blocks, transactions, time to finality and fill of blocks, by time",
  description: `As this node saw them, from memory: it begins with the node's start, which \`sinceMs\` tells. A point begins at a multiple of \`pointMs\`: seconds, or minutes where the window is longer than an hour. So the window may be a little longer, and the points fewer, than asked for.`,
  request: {
    query: z.object({
      window: windowText("10m"),
      points: integerOr(pointsStandard, { min: 1, max: pacePointsMax }),
    }),
  },
  responses: answers("The points, oldest first", seriesSchema),
});

export function mountSeries(app: App, { queries, json }: Served): void {
  app.openapi(route, (c) => {
    const { window, points } = c.req.valid("query");
    const series = queries.pace.series(window, points);
    const body = {
      windowMs: series.pointMs * series.points.length,
      pointMs: series.pointMs,
      sinceMs: Math.round(series.sinceMs),
      points: series.points.map(({ finalityMsMedian, fillMean, ...point }) => ({
        ...point,
        finalityMsMedian:
          finalityMsMedian === undefined ? null : Math.round(finalityMsMedian * 100) / 100,
        fillMean: shareOf(fillMean),
      })),
      tip: json.tip(),
    };
    return c.json(body, 200);
  });
}

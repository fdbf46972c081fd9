/**
 * GET /v1/history/consistency and /v1/history/inclusion: that nothing which was once final was ever changed.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import { requestProblem } from "../../../src/api/problem.ts";
import type { HistoryPointJson } from "../../../src/api/proof-json.ts";
import { consistencySchema, inclusionSchema } from "../../../src/api/schemas-proof.ts";
import { toHex } from "../../../src/base/bytes.ts";
import { height } from "../../../src/protocol/ids.ts";
import type { FoundHeader } from "../../../src/replica/proof-queries.ts";
import { type App, answers, type ProblemAnswer, problemAnswer, type Served } from "../app.ts";
import { numberText } from "../parameters.ts";

const consistencyRoute = createRoute({
  method: "get",
  path: "/v1/history/consistency",
  summary:
    "That the history below one block begins with the history below another (RFC 9162, 2.1.4)",
  request: { query: z.object({ from: numberText, to: numberText }) },
  responses: answers("The path, between the historyRoots of both", consistencySchema),
});

const inclusionRoute = createRoute({
  method: "get",
  path: "/v1/history/inclusion",
  summary: "That a block is in the history below another (RFC 9162, 2.1.3)",
  request: { query: z.object({ height: numberText, at: numberText }) },
  responses: answers("The path, from the leaf to the historyRoot", inclusionSchema),
});

export function mountHistory(app: App, { queries, json }: Served): void {
  app.openapi(consistencyRoute, (c) => {
    const { from, to } = c.req.valid("query");
    if (from > to) return outOfOrder(c, "query.to", "`to` is below `from`.");
    const found = queries.proofs.consistency(height(from), height(to));
    if (found === undefined) return above(c, "query.to", to);
    const ends = { from: pointJson(found.from), to: pointJson(found.to) };
    return c.json({ ...ends, path: found.path.map(toHex), tip: json.tip() }, 200);
  });

  app.openapi(inclusionRoute, (c) => {
    const { height: leaf, at } = c.req.valid("query");
    if (leaf >= at) return outOfOrder(c, "query.at", "`at` is not above `height`.");
    const found = queries.proofs.inclusion(height(leaf), height(at));
    if (found === undefined) return above(c, "query.at", at);
    const { from, to, path } = found;
    const body = { height: from.height, id: from.id, at: pointJson(to), path: path.map(toHex) };
    return c.json({ ...body, tip: json.tip() }, 200);
  });
}

const pointJson = ({ height: at, id, header }: FoundHeader): HistoryPointJson => ({
  height: at,
  id,
  historyRoot: header.historyRoot,
});

const outOfOrder = (c: Context, field: string, detail: string): ProblemAnswer =>
  problemAnswer(c, requestProblem("bad_request", detail, { field }));

function above(c: Context, field: string, at: number): ProblemAnswer {
  const detail = `Height ${at} is above the tip.`;
  return problemAnswer(c, requestProblem("height_unknown", detail, { field }));
}

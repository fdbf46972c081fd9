/**
 * What a node that is behind says of what it does not have: not that there is no such thing, but that it may not have it
 * yet. Transactions have a word of their own for that, `unknown`.
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { type Problem, problemMediaType, requestProblem } from "../../src/api/problem.ts";
import type { RequestProblemCode } from "../../src/api/problem-catalogue.ts";
import { type Env, problemAnswer, type Served } from "./app.ts";

const retryAfterSeconds = 5;
const absences: readonly string[] = [
  "block_unknown",
  "height_unknown",
  "epoch_unknown",
  "asset_not_found",
  "record_not_found",
] satisfies readonly RequestProblemCode[];

export function syncGuard({ queries }: Served): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next();
    const isProblem = c.res.headers.get("content-type") === problemMediaType;
    if (c.res.status !== 404 || !isProblem) return;
    const { sync } = queries.status();
    if (sync.kind !== "behind") return;
    const { code, detail, field } = (await c.res.clone().json()) as Problem;
    if (!absences.includes(code)) return;
    const why = `${detail} This node is ${sync.blocks} blocks behind.`;
    const about = field === null ? {} : { field };
    c.res = problemAnswer(c, requestProblem("not_synced", why, about), {
      "retry-after": String(retryAfterSeconds),
    });
  };
}

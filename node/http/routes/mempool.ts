/**
 * GET /v1/mempool: what waits in this node for a block.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { WaitingJson } from "../../../src/api/mempool-json.ts";
import { mempoolSchema } from "../../../src/api/mempool-schemas.ts";
import type { WaitingTransaction } from "../../../src/replica/pool-queries.ts";
import { type App, answers, type Served } from "../app.ts";
import { limitText, numberCursor } from "../parameters.ts";
import type { JsonWriter } from "../to-json.ts";

const route = createRoute({
  method: "get",
  path: "/v1/mempool",
  summary: "What waits in this node for a block, newest first",
  description:
    "Another node may have others. A page may hold fewer items than `limit`, and name `next` all the same, where some have just left. Cursors are good until the node is started again.",
  request: { query: z.object({ cursor: numberCursor, limit: limitText }) },
  responses: answers("A page of what waits, and how much waits in all", mempoolSchema),
});

export function mountMempool(app: App, { queries, json }: Served): void {
  app.openapi(route, (c) => {
    const { cursor, limit } = c.req.valid("query");
    const { items, next, prev, nowMs, ...sizes } = queries.pool.page(cursor, limit);
    const body = {
      items: items.map((waiting) => waitingJson(json, waiting, nowMs)),
      next: next?.toString() ?? null,
      prev: prev?.toString() ?? null,
      tip: json.tip(),
      ...sizes,
    };
    return c.json(body, 200);
  });
}

function waitingJson(
  json: JsonWriter,
  { transaction: { id, bytes, signed }, rate, receivedMs, missingNonce }: WaitingTransaction,
  nowMs: number,
): WaitingJson {
  const { sender, nonce, fee, expiryMs, operations } = signed.transaction;
  return {
    id,
    sender: json.address(sender),
    nonce,
    fee: fee.toString(),
    feeDisplay: json.display(fee),
    feePerByte: Number.isFinite(rate) ? Math.round(rate * 1_000) / 1_000 : null,
    bytes: bytes.length,
    operations: operations.length,
    kinds: [...new Set(operations.map(({ body }) => body.kind))],
    receivedMs,
    ageMs: Math.max(0, nowMs - receivedMs),
    expiryMs,
    missingNonce: missingNonce ?? null,
  };
}

/**
 * GET /v1/transactions: all final transactions, newest first.
 *
 * There is no index of them besides the blocks. An idle ledger has many blocks without any, and their headers say so:
 * so many headers are looked at for a page, and only blocks that have some are read.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { FinalTransactionJson } from "../../../src/api/json.ts";
import { formatPosition, type Position } from "../../../src/api/position.ts";
import { listOf } from "../../../src/api/schemas.ts";
import { parseNewestAt } from "../../../src/api/stream-position.ts";
import { height } from "../../../src/protocol/ids.ts";
import type { NodeQueries } from "../../../src/replica/node-queries.ts";
import { type App, answers, type Served, shortPages } from "../app.ts";
import { cursorForms, cursorOf, limitText } from "../parameters.ts";
import type { JsonWriter } from "../to-json.ts";
import { finalJson } from "../transaction-json.ts";

const headersMax = 1_000;
/** Above every index that there is. */
const indexMax = 0xffff_ffff;
/** A whole block is decoded in one piece. */
const blocksMax = 8;

const route = createRoute({
  method: "get",
  path: "/v1/transactions",
  summary: "The final transactions, newest first",
  description: shortPages,
  request: {
    query: z.object({
      cursor: cursorOf(parseNewestAt, cursorForms.streamPosition),
      limit: limitText,
    }),
  },
  responses: answers("A page of transactions", listOf.transactions),
});

export function mountNewestTransactions(app: App, { queries, json }: Served): void {
  app.openapi(route, async (c) => {
    const { cursor, limit } = c.req.valid("query");
    const tip = json.tip(); // Whoever goes on with the stream after it must miss nothing.
    const from = cursor ?? { height: queries.tip().height, index: indexMax };
    const { items, next } = await pageFrom(queries, json, from, limit);
    return c.json({ items, next: next && formatPosition(next), prev: null, tip }, 200);
  });
}

interface Page {
  readonly items: readonly FinalTransactionJson[];
  /** The newest place that was not looked at. */
  readonly next: Position | null;
}

async function pageFrom(
  queries: NodeQueries,
  json: JsonWriter,
  from: Position,
  limit: number,
): Promise<Page> {
  const items: FinalTransactionJson[] = [];
  let blocksRead = 0;
  let at = Math.min(from.height, queries.tip().height);
  for (let looked = 0; at >= 0 && looked < headersMax; looked += 1, at -= 1) {
    const summary = await queries.blockSummary(height(at));
    if (summary === undefined) return { items, next: null }; // What is below is not kept here.
    if (summary.header.transactionCount === 0) continue;
    if (blocksRead === blocksMax) break;
    blocksRead += 1;
    const found = queries.blockAt(height(at));
    if (found === undefined) return { items, next: null };
    const { id, header, transactions } = found.block;
    const { timestampMs } = header;
    const newest = transactions.length - 1;
    for (
      let index = Math.min(at === from.height ? from.index : newest, newest);
      index >= 0;
      index -= 1
    ) {
      if (items.length === limit) return { items, next: { height: at, index } };
      const transaction = transactions[index];
      if (transaction === undefined) continue;
      const place = { transaction, height: header.height, index, blockId: id, timestampMs };
      items.push(finalJson(json, place));
    }
  }
  return { items, next: at < 0 ? null : { height: at, index: indexMax } };
}

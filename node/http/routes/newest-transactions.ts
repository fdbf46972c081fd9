/**
 * GET /v1/transactions: all final transactions, newest first.
 *
 * There is no index of them besides the blocks; which of these hold any, filled-heights.ts finds out.
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
import { FilledHeights } from "../filled-heights.ts";
import { cursorForms, cursorOf, limitText } from "../parameters.ts";
import type { JsonWriter } from "../to-json.ts";
import { finalJson } from "../transaction-json.ts";

/** A full page takes a few for each of its blocks; so many only where every silence is a long one. */
const headersMax = 2_000;
/** Above every index that there is. */
const indexMax = 0xffff_ffff;

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
    const heights = new FilledHeights(
      async (at) => (await queries.blockSummary(height(at)))?.header,
      headersMax,
    );
    const from = cursor ?? { height: tip.height, index: indexMax };
    const { items, next } = await pageFrom({ queries, json }, heights, {
      from: { ...from, ...(from.height > tip.height ? endOf(tip.height) : {}) },
      limit,
    });
    const before = cursor && (await placeBefore(heights, { from: cursor, tip: tip.height, limit }));
    const [nextText, prevText] = [next, before].map((at) => (at ? formatPosition(at) : null));
    return c.json({ items, next: nextText ?? null, prev: prevText ?? null, tip }, 200);
  });
}

const endOf = (at: number): Position => ({ height: at, index: indexMax });

interface Page {
  readonly items: readonly FinalTransactionJson[];
  /** The newest place that was not looked at. */
  readonly next: Position | undefined;
}

/** Blocks but the first and the last are shown whole, so what is decoded is bounded by these two and the page. */
async function pageFrom(
  { queries, json }: { readonly queries: NodeQueries; readonly json: JsonWriter },
  heights: FilledHeights,
  { from, limit }: { readonly from: Position; readonly limit: number },
): Promise<Page> {
  const items: FinalTransactionJson[] = [];
  for (let at = from; ; at = endOf(at.height - 1)) {
    const search = await heights.atOrBelow(at.height);
    if (search.kind === "none") return { items, next: undefined };
    if (search.kind === "tired") return { items, next: endOf(search.height) };
    if (search.at.height < at.height) at = endOf(search.at.height);
    if (items.length === limit) {
      const index = Math.min(at.index, search.at.transactions - 1);
      return { items, next: { height: at.height, index } };
    }
    const found = queries.blockAt(height(at.height));
    if (found === undefined) return { items, next: undefined }; // What is below is not kept here.
    const { id, header, transactions } = found.block;
    const { timestampMs } = header;
    for (let index = Math.min(at.index, transactions.length - 1); index >= 0; index -= 1) {
      if (items.length === limit) return { items, next: { height: at.height, index } };
      const transaction = transactions[index];
      if (transaction === undefined) continue;
      const place = { transaction, height: header.height, index, blockId: id, timestampMs };
      items.push(finalJson(json, place));
    }
  }
}

/** Where the page starts that ends just before a place; undefined: nothing is newer. */
async function placeBefore(
  heights: FilledHeights,
  of: { readonly from: Position; readonly tip: number; readonly limit: number },
): Promise<Position | undefined> {
  const { from, tip, limit } = of;
  if (from.height > tip) return undefined;
  const own = await heights.atOrBelow(from.height);
  const count = own.kind === "found" && own.at.height === from.height ? own.at.transactions : 0;
  let missing = limit;
  let start: Position | undefined;
  const pass = (at: number, first: number, last: number): void => {
    if (last < first) return;
    start = { height: at, index: Math.min(last, first + missing - 1) };
    missing -= start.index - first + 1;
  };
  pass(from.height, from.index + 1, count - 1);
  for (let at = from.height; missing > 0; ) {
    const search = await heights.above(at, tip);
    if (search.kind === "none") return start;
    if (search.kind === "tired") return start ?? endOf(search.height);
    at = search.at.height;
    pass(at, 0, search.at.transactions - 1);
  }
  return start;
}

/**
 * GET /v1/blocks, /v1/blocks/{height|id} and its transactions.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import type { BlockJson } from "../../../src/api/json.ts";
import { requestProblem } from "../../../src/api/problem.ts";
import { blockSchema, listOf } from "../../../src/api/schemas.ts";
import { parseBlockAt } from "../../../src/api/stream-position.ts";
import { type BlockId, type Height, height, isIdText } from "../../../src/protocol/ids.ts";
import type { FoundBlock, NodeQueries } from "../../../src/replica/node-queries.ts";
import { type App, answers, type ProblemAnswer, problemAnswer, type Served } from "../app.ts";
import { pageOfNumbers, parseNumber } from "../cursor.ts";
import { blockReference, cursorForms, cursorOf, limitText, numberCursor } from "../parameters.ts";
import { finalJson } from "../transaction-json.ts";

const params = z.object({ reference: blockReference });

const listRoute = createRoute({
  method: "get",
  path: "/v1/blocks",
  summary: "Final blocks, newest first unless order=asc",
  request: {
    query: z.object({
      cursor: cursorOf(parseBlockAt, cursorForms.streamPosition),
      limit: limitText,
      order: z.enum(["asc", "desc"]).default("desc"),
    }),
  },
  responses: answers("A page of blocks", listOf.blocks),
});

const oneRoute = createRoute({
  method: "get",
  path: "/v1/blocks/{reference}",
  summary: "One final block, by height or id",
  request: { params },
  responses: answers("The block", blockSchema),
});

const transactionsRoute = createRoute({
  method: "get",
  path: "/v1/blocks/{reference}/transactions",
  summary: "The transactions of a block, in its order",
  request: { params, query: z.object({ cursor: numberCursor, limit: limitText }) },
  responses: answers("A page of transactions", listOf.transactions),
});

export function mountBlocks(app: App, { queries, json }: Served): void {
  app.openapi(listRoute, async (c) => {
    const { cursor, limit, order } = c.req.valid("query");
    const tip = queries.tip();
    const page = pageOfNumbers({
      start: cursor,
      last: tip.height,
      limit,
      descending: order === "desc",
    });
    const items: BlockJson[] = [];
    for (const number of page.numbers) {
      const found = await queries.blockSummary(height(number));
      if (found !== undefined) items.push(json.block(found));
    }
    return c.json({ items, ...cursorsOf(page), tip: json.tip(tip) }, 200);
  });

  app.openapi(oneRoute, async (c) => {
    const { reference } = c.req.valid("param");
    const block = referenceOf(reference);
    const found = block === undefined ? undefined : await queries.blockSummary(block);
    if (found === undefined) return blockUnknown(c, reference);
    return c.json(json.block(found), 200);
  });

  app.openapi(transactionsRoute, (c) => {
    const { reference } = c.req.valid("param");
    const found = findBlock(queries, reference);
    if (found === undefined) return blockUnknown(c, reference);
    const { cursor, limit } = c.req.valid("query");
    const { id, header, transactions } = found.block;
    const last = transactions.length - 1;
    const page = pageOfNumbers({ start: cursor, last, limit, descending: false });
    const items = page.numbers.flatMap((index) => {
      const transaction = transactions[index];
      if (transaction === undefined) return [];
      const { height: at, timestampMs } = header;
      return [finalJson(json, { transaction, height: at, index, blockId: id, timestampMs })];
    });
    return c.json({ items, ...cursorsOf(page), tip: json.tip() }, 200);
  });
}

function cursorsOf(page: { next: number | undefined; prev: number | undefined }): {
  next: string | null;
  prev: string | null;
} {
  return { next: page.next?.toString() ?? null, prev: page.prev?.toString() ?? null };
}

function referenceOf(text: string): Height | BlockId | undefined {
  if (isIdText(text)) return text as BlockId;
  const number = parseNumber(text);
  return number === undefined ? undefined : height(number);
}

function findBlock(queries: NodeQueries, text: string): FoundBlock | undefined {
  const reference = referenceOf(text);
  if (reference === undefined) return undefined;
  return typeof reference === "number" ? queries.blockAt(reference) : queries.blockById(reference);
}

function blockUnknown(c: Context, reference: string): ProblemAnswer {
  const detail = isIdText(reference)
    ? `No final block has the id ${reference}.`
    : `There is no final block at height ${reference}.`;
  return problemAnswer(c, requestProblem("block_unknown", detail, { field: "path.reference" }));
}

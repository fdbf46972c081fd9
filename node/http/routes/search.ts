/**
 * GET /v1/search: what a text stands for.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { searchSchema } from "../../../src/api/search-schemas.ts";
import { type App, answers, type Served } from "../app.ts";
import { Search } from "../search.ts";

/** The longest record's place, percent-encoded, is within this. */
const textLengthMax = 512;

const route = createRoute({
  method: "get",
  path: "/v1/search",
  summary: "What a text stands for: at most 10 hits, exact ones first",
  description:
    "Takes a height; the id of a block, a transaction, an asset or an account; an address; the beginning of an asset's code or of a validator's name; a validator's key; the content hash of a record; `address/topic/key` of a record, or the beginning of it. What is not known brings no hit.",
  request: { query: z.object({ q: z.string().trim().max(textLengthMax) }) },
  responses: answers("What was found", searchSchema),
});

export function mountSearch(app: App, served: Served): void {
  const search = new Search(served);
  app.openapi(route, async (c) => {
    const { q: query } = c.req.valid("query");
    const hits = query === "" ? [] : await search.hits(query);
    return c.json({ query, hits: [...hits], tip: served.json.tip() }, 200);
  });
}

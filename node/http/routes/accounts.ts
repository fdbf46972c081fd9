/**
 * GET /v1/accounts/{address} and its transactions.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { formatPosition, parsePosition } from "../../../src/api/position.ts";
import { requestProblem } from "../../../src/api/problem.ts";
import { accountSchema, listOf } from "../../../src/api/schemas.ts";
import { parseAddress } from "../../../src/protocol/address.ts";
import { badAddress } from "../addresses.ts";
import { type App, answers, limitText, problemAnswer, type Served, shortPages } from "../app.ts";
import { finalJson } from "../transaction-json.ts";

const params = z.object({ address: z.string().max(128) });

const accountRoute = createRoute({
  method: "get",
  path: "/v1/accounts/{address}",
  summary: "An account at the tip; one that was never written reads as zero",
  request: { params },
  responses: answers("The account", accountSchema),
});

const transactionsRoute = createRoute({
  method: "get",
  path: "/v1/accounts/{address}/transactions",
  summary: "The final transactions that touch an account, newest first",
  description: shortPages,
  request: { params, query: z.object({ cursor: z.string().max(64).optional(), limit: limitText }) },
  responses: answers("A page of transactions", listOf.transactions),
});

export function mountAccounts(app: App, { queries, json }: Served): void {
  const prefix = queries.genesis.addressPrefix;

  app.openapi(accountRoute, async (c) => {
    const account = parseAddress(prefix, c.req.valid("param").address);
    if (!account.ok) return problemAnswer(c, badAddress(account.reason));
    return c.json(json.account(await queries.account(account.value)), 200);
  });

  app.openapi(transactionsRoute, async (c) => {
    const account = parseAddress(prefix, c.req.valid("param").address);
    if (!account.ok) return problemAnswer(c, badAddress(account.reason));
    const { cursor, limit } = c.req.valid("query");
    const from = cursor === undefined ? undefined : parsePosition(cursor);
    if (cursor !== undefined && from === undefined) {
      const detail = "The cursor is not one that this list gave.";
      return problemAnswer(c, requestProblem("bad_cursor", detail, { field: "query.cursor" }));
    }
    const page = await queries.accountTransactions(account.value, from, limit);
    const items = page.items.map((found) => finalJson(json, found));
    const next = page.next === undefined ? null : formatPosition(page.next);
    // The index is read newest first only, so there is no way back but the client's own.
    return c.json({ items, next, prev: null, tip: json.tip() }, 200);
  });
}

/**
 * GET /v1/accounts/{address} and its transactions.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { formatPosition } from "../../../src/api/position.ts";
import { accountSchema, listOf } from "../../../src/api/schemas.ts";
import { parseNewestAt } from "../../../src/api/stream-position.ts";
import { parseAddress } from "../../../src/protocol/address.ts";
import { badAddress } from "../addresses.ts";
import { type App, answers, problemAnswer, type Served, shortPages } from "../app.ts";
import { addressText, cursorForms, cursorOf, limitText } from "../parameters.ts";
import { finalJson } from "../transaction-json.ts";

const params = z.object({ address: addressText });

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
  request: {
    params,
    query: z.object({
      cursor: cursorOf(parseNewestAt, cursorForms.streamPosition),
      limit: limitText,
    }),
  },
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
    const tip = json.tip(); // Whoever goes on with the stream after it must miss nothing.
    const page = await queries.accountTransactions(account.value, cursor, limit);
    const items = page.items.map((found) => finalJson(json, found));
    const before = cursor && (await queries.accountPlaceBefore(account.value, cursor, limit));
    const next = page.next === undefined ? null : formatPosition(page.next);
    const prev = before === undefined ? null : formatPosition(before);
    return c.json({ items, next, prev, tip }, 200);
  });
}

/**
 * GET /v1/assets, /v1/assets/{id} and what an account holds of them.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { assetSchema, assetsSchema, balancesSchema } from "../../../src/api/asset-schemas.ts";
import { requestProblem } from "../../../src/api/problem.ts";
import { parseAddress } from "../../../src/protocol/address.ts";
import { type AssetId, isIdText } from "../../../src/protocol/ids.ts";
import { badAddress } from "../addresses.ts";
import { type App, answers, problemAnswer, type Served } from "../app.ts";
import { addressText, cursorForms, cursorOf, idText, limitText } from "../parameters.ts";

const assetIdIn = (text: string): AssetId | undefined =>
  isIdText(text) ? (text as AssetId) : undefined;

/** Assets are in the order of their ids, so an id is where a page starts. */
const page = z.object({ cursor: cursorOf(assetIdIn, cursorForms.id), limit: limitText });

const listRoute = createRoute({
  method: "get",
  path: "/v1/assets",
  summary: "The assets that were created, in the order of their ids",
  request: { query: page },
  responses: answers("A page of assets", assetsSchema),
});

const oneRoute = createRoute({
  method: "get",
  path: "/v1/assets/{id}",
  summary: "One asset: its issuer, its terms and its supply",
  request: { params: z.object({ id: idText }) },
  responses: answers("The asset", assetSchema),
});

const balancesRoute = createRoute({
  method: "get",
  path: "/v1/accounts/{address}/balances",
  summary: "What an account holds besides the native asset, in the order of the assets' ids",
  request: { params: z.object({ address: addressText }), query: page },
  responses: answers("A page of balances", balancesSchema),
});

export function mountAssets(app: App, { queries, json }: Served): void {
  app.openapi(listRoute, async (c) => {
    const { cursor, limit } = c.req.valid("query");
    const found = await queries.assets.assets(cursor, limit);
    const items = found.items.map((asset) => json.asset(asset));
    const { next = null, prev = null, tip } = found;
    return c.json({ items, next, prev, tip: json.tip(tip) }, 200);
  });

  app.openapi(oneRoute, (c) => {
    const { id } = c.req.valid("param");
    const found = queries.assets.asset(id as AssetId);
    if (found !== undefined) {
      return c.json({ ...json.asset(found.asset), tip: json.tip(found.tip) }, 200);
    }
    const detail = `Nobody has created an asset with the id ${id}.`;
    return problemAnswer(c, requestProblem("asset_not_found", detail, { field: "path.id" }));
  });

  app.openapi(balancesRoute, async (c) => {
    const account = parseAddress(queries.genesis.addressPrefix, c.req.valid("param").address);
    if (!account.ok) return problemAnswer(c, badAddress(account.reason));
    const { cursor, limit } = c.req.valid("query");
    const found = await queries.assets.balances(account.value, cursor, limit);
    const items = found.items.map((held) => json.balance(held));
    const { next = null, prev = null, tip } = found;
    return c.json({ items, next, prev, tip: json.tip(tip) }, 200);
  });
}

/**
 * GET /v1/membership, /v1/parameters, /v1/faults: what the members have decided, and what they vote for.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import {
  faultsSchema,
  membershipSchema,
  parametersNowSchema,
} from "../../../src/api/membership-schemas.ts";
import { type App, answers, type Served } from "../app.ts";
import { faultJson, membershipJson, parametersJson } from "../membership-to-json.ts";

const membershipRoute = createRoute({
  method: "get",
  path: "/v1/membership",
  summary: "Who votes now and next, when the epoch ends, and what operators have voted for",
  responses: answers("The sets, the epoch and the standing votes by change", membershipSchema),
});

const parametersRoute = createRoute({
  method: "get",
  path: "/v1/parameters",
  summary: "The numbers that the network agrees on, now and in the next epoch",
  responses: answers("Each parameter by name, in decimal text", parametersNowSchema),
});

const faultsRoute = createRoute({
  method: "get",
  path: "/v1/faults",
  summary: "Validators that were proven to have signed contradicting votes",
  responses: answers("The faults that the ledger holds, newest first", faultsSchema),
});

export function mountMembership(app: App, { queries, json }: Served): void {
  app.openapi(membershipRoute, (c) =>
    c.json(membershipJson(json, queries.membership.status()), 200),
  );

  app.openapi(parametersRoute, (c) =>
    c.json(parametersJson(json, queries.membership.parameters()), 200),
  );

  app.openapi(faultsRoute, async (c) => {
    const faults = await queries.membership.faults();
    const { validators } = queries.membership.status();
    const items = faults.map((fault) => faultJson(fault, validators));
    return c.json({ items, next: null, prev: null, tip: json.tip() }, 200);
  });
}

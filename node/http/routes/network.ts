/**
 * GET /v1/genesis, /v1/parameters, /v1/validators, /v1/peers: who this network is.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { ParametersJson } from "../../../src/api/json.ts";
import { requestProblem } from "../../../src/api/problem.ts";
import { genesisSchema, listOf, parametersSchema } from "../../../src/api/schemas.ts";
import { parameterList, parameterValues } from "../../../src/protocol/parameters.ts";
import { type App, answers, numberText, problemAnswer, type Served } from "../app.ts";

const genesisRoute = createRoute({
  method: "get",
  path: "/v1/genesis",
  summary: "The genesis that names this network",
  responses: answers("The genesis file and what it says", genesisSchema),
});

const parametersRoute = createRoute({
  method: "get",
  path: "/v1/parameters",
  summary: "The numbers that the network agrees on",
  responses: answers("Each parameter by name, in decimal text", parametersSchema),
});

const validatorsRoute = createRoute({
  method: "get",
  path: "/v1/validators",
  summary: "Who votes, and whom this node sees voting",
  request: { query: z.object({ height: numberText.optional() }) },
  responses: answers("The validators in the order of their positions", listOf.validators),
});

const peersRoute = createRoute({
  method: "get",
  path: "/v1/peers",
  summary: "The nodes that this node is connected to",
  responses: answers("All peers", listOf.peers),
});

export function mountNetwork(app: App, { queries, json }: Served): void {
  app.openapi(genesisRoute, (c) => c.json(json.genesis, 200));

  app.openapi(parametersRoute, (c) => {
    const values = parameterValues(queries.parameters());
    const named: ParametersJson = Object.fromEntries(
      parameterList.map(({ name }, position) => [name, (values[position] ?? 0n).toString()]),
    );
    return c.json(named, 200);
  });

  // The set is fixed in an epoch, and there is one epoch: every final height has the validators of now.
  app.openapi(validatorsRoute, (c) => {
    const { height } = c.req.valid("query");
    const tip = json.tip();
    if (height !== undefined && height > tip.height) {
      const detail = `Height ${height} is above the tip, ${tip.height}.`;
      return problemAnswer(c, requestProblem("height_unknown", detail, { field: "query.height" }));
    }
    const items = queries.validators().map((validator) => json.validator(validator));
    return c.json({ items, next: null, prev: null, tip }, 200);
  });

  app.openapi(peersRoute, (c) => {
    const items = queries.peers().map((peer) => json.peer(peer));
    return c.json({ items, next: null, prev: null, tip: json.tip() }, 200);
  });
}

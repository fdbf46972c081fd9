/**
 * GET /v1/genesis, /v1/validators, /v1/peers: who this network is.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { requestProblem } from "../../../src/api/problem.ts";
import { genesisSchema, listOf } from "../../../src/api/schemas.ts";
import { height as heightOf } from "../../../src/protocol/ids.ts";
import type { NodeQueries, ValidatorStatus } from "../../../src/replica/node-queries.ts";
import { type App, answers, problemAnswer, type Served } from "../app.ts";
import { numberText } from "../parameters.ts";

const genesisRoute = createRoute({
  method: "get",
  path: "/v1/genesis",
  summary: "The genesis that names this network",
  responses: answers("The genesis file and what it says", genesisSchema),
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

  app.openapi(validatorsRoute, (c) => {
    const { height } = c.req.valid("query");
    const tip = json.tip();
    if (height !== undefined && height > tip.height) {
      const detail = `Height ${height} is above the tip, ${tip.height}.`;
      return problemAnswer(c, requestProblem("height_unknown", detail, { field: "query.height" }));
    }
    const items = validatorsAt(queries, height).map((validator) => json.validator(validator));
    return c.json({ items, next: null, prev: null, tip }, 200);
  });

  app.openapi(peersRoute, (c) => {
    const items = queries.peers().map((peer) => json.peer(peer));
    return c.json({ items, next: null, prev: null, tip: json.tip() }, 200);
  });
}

/** The set of a final height, with what is seen now of those that are still in the set. */
function validatorsAt(
  queries: NodeQueries,
  height: number | undefined,
): readonly ValidatorStatus[] {
  const now = queries.validators();
  const then = height === undefined ? undefined : queries.membership.validatorsAt(heightOf(height));
  if (then === undefined) return now;
  return then.map((validator, index) => {
    const seen = now.find((each) => each.validator.consensusKey === validator.consensusKey);
    return {
      isSelf: false,
      connected: false,
      lastVoteView: undefined,
      silent: false,
      missedViews: 0,
      ...seen,
      validator,
      index,
    };
  });
}

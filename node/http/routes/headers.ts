/**
 * GET /v1/headers: headers of final blocks, for whoever follows the chain without its transactions.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { requestProblem } from "../../../src/api/problem.ts";
import { headersSchema } from "../../../src/api/schemas-proof.ts";
import { toHex } from "../../../src/base/bytes.ts";
import { encode } from "../../../src/codec/codec.ts";
import { headerCodec } from "../../../src/protocol/block.ts";
import { height } from "../../../src/protocol/ids.ts";
import { headersMax } from "../../../src/replica/proof-queries.ts";
import { type App, answers, problemAnswer, type Served } from "../app.ts";
import { numberText } from "../parameters.ts";

const route = createRoute({
  method: "get",
  path: "/v1/headers",
  summary: "Headers of final blocks from a height to a height, both included: up to 100",
  request: { query: z.object({ from: numberText, to: numberText }) },
  responses: answers(
    "Hex of BCS(Header), ascending, as far as there are final blocks",
    headersSchema,
  ),
});

export function mountHeaders(app: App, { queries, json }: Served): void {
  app.openapi(route, (c) => {
    const { from, to } = c.req.valid("query");
    if (to < from || to - from >= headersMax) {
      const detail = `One answer has 1 to ${headersMax} headers.`;
      return problemAnswer(c, requestProblem("bad_request", detail, { field: "query.to" }));
    }
    const tip = json.tip();
    if (from > tip.height) {
      const detail = `Height ${from} is above the tip, ${tip.height}.`;
      return problemAnswer(c, requestProblem("height_unknown", detail, { field: "query.from" }));
    }
    const items = queries.proofs
      .headers(height(from), height(to))
      .map(({ height: at, id, header }) => ({
        height: at,
        id,
        header: toHex(encode(headerCodec, header)),
      }));
    return c.json({ items, tip }, 200);
  });
}

/**
 * GET /v1/transactions/{id}/receipt: what proves a final transaction to somebody who has the genesis and no network.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { requestProblem } from "../../../src/api/problem.ts";
import { receiptSchema } from "../../../src/api/schemas-proof.ts";
import { receiptJson } from "../../../src/proof/receipt.ts";
import type { TransactionId } from "../../../src/protocol/ids.ts";
import { type App, answers, problemAnswer, type Served } from "../app.ts";
import { idText } from "../parameters.ts";
import { refusalAnswer, wishFields, wishOf } from "../proof-requests.ts";

const route = createRoute({
  method: "get",
  path: "/v1/transactions/{id}/receipt",
  summary: "The receipt of a final transaction, verified offline with the genesis alone",
  request: {
    params: z.object({ id: idText }),
    query: z.object(wishFields),
  },
  responses: answers("The receipt file", receiptSchema),
});

export function mountReceipts(app: App, { queries }: Served): void {
  app.openapi(route, (c) => {
    const id = c.req.valid("param").id as TransactionId;
    const receipt = queries.proofs.receipt(id, wishOf(c.req.valid("query")));
    if (receipt.ok) return c.json(receiptJson(receipt.value), 200);
    const { reason } = receipt;
    if (reason.kind !== "unknown") return refusalAnswer(c, reason);
    const isKnown = queries.transaction(id).kind !== "unknown";
    const problem = isKnown
      ? requestProblem("transaction_not_final", `${id} is not final here.`, { id })
      : requestProblem("transaction_unknown", `Nothing is known of ${id} here.`, { id });
    return problemAnswer(c, problem);
  });
}

/**
 * GET /v1/epochs/{number}: who votes in an epoch, and what brought them in.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { requestProblem } from "../../../src/api/problem.ts";
import { epochSchema } from "../../../src/api/schemas-proof.ts";
import { toHex } from "../../../src/base/bytes.ts";
import { encode } from "../../../src/codec/codec.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { hopCodec } from "../../../src/proof/proof.ts";
import { epoch } from "../../../src/protocol/ids.ts";
import { validatorsCodec, validatorsHash } from "../../../src/protocol/validator-set.ts";
import { type App, answers, problemAnswer, type Served } from "../app.ts";
import { numberText } from "../parameters.ts";

const route = createRoute({
  method: "get",
  path: "/v1/epochs/{number}",
  summary: "The validators of an epoch, its boundary block, and the proof that they took over",
  request: { params: z.object({ number: numberText }) },
  responses: answers("The epoch; set and hop in hex of BCS", epochSchema),
});

export function mountEpochs(app: App, { queries, json }: Served): void {
  app.openapi(route, (c) => {
    const { number } = c.req.valid("param");
    const found = queries.proofs.epoch(epoch(number));
    if (found === undefined) {
      const detail = `Epoch ${number} has no final block here.`;
      return problemAnswer(c, requestProblem("epoch_unknown", detail, { field: "path.number" }));
    }
    const { first, last, boundary, validators, hop } = found;
    const body = {
      epoch: number,
      first,
      last,
      boundary,
      validatorsHash: validatorsHash(nobleHasher, validators),
      set: toHex(encode(validatorsCodec, validators)),
      hop: hop === undefined ? null : toHex(encode(hopCodec, hop)),
      tip: json.tip(),
    };
    return c.json(body, 200);
  });
}

/**
 * What every route of a proof takes, and how it answers: `from`, `known`, hex of BCS, and why there is no proof.
 * @module
 */
import type { Context } from "hono";
import { z } from "zod";
import { requestProblem } from "../../src/api/problem.ts";
import type { ProofJson } from "../../src/api/proof-json.ts";
import { toHex } from "../../src/base/bytes.ts";
import { encodeProof, type Proof } from "../../src/proof/proof.ts";
import { epoch, height } from "../../src/protocol/ids.ts";
import { knownMax, type ProofRefusal, type ProofWish } from "../../src/replica/proof-queries.ts";
import { type ProblemAnswer, problemAnswer } from "./app.ts";
import { integerOr, numberMax, numberText, written } from "./parameters.ts";
import type { JsonWriter } from "./to-json.ts";

/** `from` and `known`; the latter may be repeated. */
export const wishFields: {
  readonly from: z.ZodType<number, string | undefined>;
  readonly known: z.ZodType<number[], string | string[] | undefined>;
} = {
  from: integerOr(0),
  known: written(
    z.union([numberText.transform((one) => [one]), z.array(numberText).max(knownMax)]).default([]),
    {
      type: "array",
      items: { type: "integer", minimum: 0, maximum: numberMax },
      maxItems: knownMax,
      default: [],
    },
  ),
};

export const wishOf = (query: {
  readonly from: number;
  readonly known: readonly number[];
}): ProofWish => ({
  from: epoch(query.from),
  known: query.known.map((at) => height(at)),
});

export const proofJson = (json: JsonWriter, proof: Proof): ProofJson => ({
  proof: toHex(encodeProof(proof)),
  tip: json.tip(),
});

/** Why there is no proof; `unknown` is the route's to word. */
export function refusalAnswer(
  c: Context,
  refusal: Exclude<ProofRefusal, { readonly kind: "unknown" }>,
): ProblemAnswer {
  switch (refusal.kind) {
    case "not_ready": {
      const detail = "No finalization of the tip, or of a block above it, is durable here yet.";
      return problemAnswer(c, requestProblem("proof_not_ready", detail), { "retry-after": "1" });
    }
    case "height_unknown": {
      const detail = `Height ${refusal.height} is above the tip of this node.`;
      return problemAnswer(c, requestProblem("height_unknown", detail, { field: "query.known" }));
    }
    case "epoch_unknown": {
      const detail = `Epoch ${refusal.epoch} has no final block here.`;
      return problemAnswer(c, requestProblem("epoch_unknown", detail, { field: "query.from" }));
    }
    case "too_many_changes": {
      const detail = "One proof does not lead through all changes of validators since then.";
      return problemAnswer(c, requestProblem("proof_too_large", detail, { field: "query.from" }));
    }
  }
}

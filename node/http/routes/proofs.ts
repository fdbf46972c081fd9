/**
 * GET /v1/accounts/{address}/proof, /v1/proofs/state and /v1/blocks/{height|id}/proof: answers that need no belief.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import { requestProblem } from "../../../src/api/problem.ts";
import { proofSchema } from "../../../src/api/schemas-proof.ts";
import { stateKeyBytesMax } from "../../../src/proof/proof.ts";
import { parseAddress } from "../../../src/protocol/address.ts";
import { type BlockId, height, isIdText } from "../../../src/protocol/ids.ts";
import type { StateKey } from "../../../src/protocol/state.ts";
import { type Proved, stateKeysMax } from "../../../src/replica/proof-queries.ts";
import { badAddress } from "../addresses.ts";
import { type App, answers, problemAnswer, type Served } from "../app.ts";
import { parseNumber } from "../cursor.ts";
import { addressText, blockReference, written } from "../parameters.ts";
import { proofJson, refusalAnswer, wishFields, wishOf } from "../proof-requests.ts";
import type { JsonWriter } from "../to-json.ts";

const accountRoute = createRoute({
  method: "get",
  path: "/v1/accounts/{address}/proof",
  summary: "An account's entry and balances at the tip, or their absence, proven",
  request: { params: z.object({ address: addressText }), query: z.object(wishFields) },
  responses: answers("Hex of BCS(Proof)", proofSchema),
});

const keysLengthMax = stateKeysMax * (2 * stateKeyBytesMax + 1);
/** Lowercase hex of kind ‖ BCS key. Keys asked for twice are proven once. */
const keysText = written(
  z
    .string()
    .max(keysLengthMax)
    .transform((text, issues) => {
      const keys = [...new Set(text.split(","))];
      if (keys.length <= stateKeysMax && keys.every(isKeyText)) return keys as StateKey[];
      issues.addIssue({ code: "custom", message: `not 1 to ${stateKeysMax} keys in hex` });
      return z.NEVER;
    }),
  {
    type: "string",
    maxLength: keysLengthMax,
    pattern: `^(?:[0-9a-f]{2})+(?:,(?:[0-9a-f]{2})+){0,${stateKeysMax - 1}}$`,
  },
);

const isKeyText = (text: string): boolean =>
  text.length <= 2 * stateKeyBytesMax && /^(?:[0-9a-f]{2})+$/.test(text);

const stateRoute = createRoute({
  method: "get",
  path: "/v1/proofs/state",
  summary: "Entries of the state at the tip, or their absence, proven: up to 32 keys, by commas",
  request: { query: z.object({ ...wishFields, keys: keysText }) },
  responses: answers("Hex of BCS(Proof), its items in the order of the keys", proofSchema),
});

const blockRoute = createRoute({
  method: "get",
  path: "/v1/blocks/{reference}/proof",
  summary: "That a block is final, by height or id",
  request: { params: z.object({ reference: blockReference }), query: z.object(wishFields) },
  responses: answers("Hex of BCS(Proof)", proofSchema),
});

export function mountProofs(app: App, { queries, json }: Served): void {
  const prefix = queries.genesis.addressPrefix;

  app.openapi(accountRoute, async (c) => {
    const account = parseAddress(prefix, c.req.valid("param").address);
    if (!account.ok) return problemAnswer(c, badAddress(account.reason));
    return answerOf(
      c,
      json,
      await queries.proofs.account(account.value, wishOf(c.req.valid("query"))),
    );
  });

  app.openapi(stateRoute, (c) => {
    const query = c.req.valid("query");
    return answerOf(c, json, queries.proofs.state(query.keys, wishOf(query)));
  });

  app.openapi(blockRoute, (c) => {
    const { reference: text } = c.req.valid("param");
    const block = isIdText(text) ? (text as BlockId) : height(parseNumber(text) ?? 0);
    return answerOf(c, json, queries.proofs.block(block, wishOf(c.req.valid("query"))));
  });
}

function answerOf(c: Context, json: JsonWriter, proved: Proved) {
  if (proved.ok) return c.json(proofJson(json, proved.value), 200);
  const { reason } = proved;
  if (reason.kind !== "unknown") return refusalAnswer(c, reason);
  const detail = "No final block has this id, or is at this height.";
  return problemAnswer(c, requestProblem("block_unknown", detail, { field: "path.reference" }));
}

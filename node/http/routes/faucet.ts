/**
 * POST /v1/faucet: units for trying. Nodes of a local network have it, for this machine and their own pages; for anyone
 * else there is no such route.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { faucetSchema } from "../../../src/api/faucet-schemas.ts";
import { requestProblem } from "../../../src/api/problem.ts";
import { parseAddress } from "../../../src/protocol/address.ts";
import type { Faucet } from "../../faucet.ts";
import { badAddress } from "../addresses.ts";
import { type App, answers, problemAnswer, type Served } from "../app.ts";
import { sizeGuard } from "../bodies.ts";
import { localGuard } from "../local-guard.ts";
import { addressText } from "../parameters.ts";
import { rejection } from "../transaction-json.ts";

const bodyBytesMax = 1_024;
const retryAfterSeconds = 2;

const amountText = z
  .string()
  .regex(/^[1-9][0-9]{0,19}$/, "not base units in decimal digits, more than 0")
  .transform(BigInt);

const accepted = answers("Paid, and not final yet", faucetSchema);
const route = createRoute({
  method: "post",
  path: "/v1/faucet",
  summary: "Pays units for trying, on a local network",
  description: "Served by nodes of `quorate network up`, to this machine and to their own pages.",
  request: {
    body: {
      content: {
        "application/json": {
          schema: z.object({ address: addressText, amount: amountText.optional() }),
        },
      },
      required: true,
    },
  },
  responses: { 202: accepted[200], default: accepted.default },
});

export interface FaucetServing {
  readonly faucet: Faucet;
  /** Base URLs of the network's nodes: the only pages that may ask it. */
  readonly pages: () => readonly string[];
}

/** To be mounted before the rules for other origins, which are wider. */
export function mountFaucet(
  app: App,
  { queries, json }: Served,
  serving: FaucetServing | undefined,
): void {
  if (serving === undefined) return;
  const { faucet, pages } = serving;
  app.use("/v1/faucet", localGuard(pages), sizeGuard(bodyBytesMax));
  app.openapi(route, async (c) => {
    const { address, amount = faucet.standard } = c.req.valid("json");
    const to = parseAddress(queries.genesis.addressPrefix, address);
    if (!to.ok) return problemAnswer(c, { ...badAddress(to.reason), field: "body.address" });
    if (amount > faucet.most) {
      const detail = `The faucet gives at most ${json.display(faucet.most)} at once.`;
      return problemAnswer(c, requestProblem("bad_request", detail, { field: "body.amount" }));
    }
    const given = await faucet.give(to.value, amount);
    if (given.ok) {
      const { id, from } = given.value;
      const display = json.display(amount);
      return c.json({ id, from: json.address(from), amount: amount.toString(), display }, 202);
    }
    const { reason } = given;
    const refused = reason.kind === "answer" ? rejection(reason.answer) : undefined;
    if (refused !== undefined) return problemAnswer(c, refused);
    const detail = reason.kind === "empty" ? reason.message : "The faucet's payment was lost.";
    return problemAnswer(c, requestProblem("faucet_empty", detail), {
      "retry-after": String(retryAfterSeconds),
    });
  });
}

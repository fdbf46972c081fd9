/**
 * GET /v1/fees: what a transaction must pay.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { FeesJson, MoneyJson } from "../../../src/api/fee-json.ts";
import { feesSchema } from "../../../src/api/fee-schemas.ts";
import type { BlockId } from "../../../src/protocol/ids.ts";
import { type OperationBody, operationNumber } from "../../../src/protocol/operations.ts";
import type { Parameters } from "../../../src/protocol/parameters.ts";
import { type App, answers, type Served } from "../app.ts";
import { feeExamples } from "../fee-examples.ts";
import { shareOf } from "../to-json.ts";

const route = createRoute({
  method: "get",
  path: "/v1/fees",
  summary: "What a transaction must pay, and how full the last blocks were",
  description:
    "The least fee is baseFee + feePerByte × the size of the signed transaction + the fee of each operation. A transfer of the native asset costs nothing more than that, and a transaction that only votes nothing at all.",
  responses: answers("The fees of now; /v1/parameters tells those of the next epoch", feesSchema),
});

const kinds = Object.keys(operationNumber) as OperationBody["kind"][];

export function mountFees(app: App, served: Served): void {
  const { queries, json } = served;
  let kept: { readonly tip: BlockId; readonly rules: Rules } | undefined;
  app.openapi(route, (c) => {
    const tip = queries.tip();
    if (kept?.tip !== tip.id) kept = { tip: tip.id, rules: rulesJson(served) };
    const { blocks, mean, most } = queries.pace.recentFill();
    const body: FeesJson = {
      ...kept.rules,
      fill: { blocks, mean: shareOf(mean), most: shareOf(most) },
      waiting: queries.status().mempool,
      tip: json.tip(tip),
    };
    return c.json(body, 200);
  });
}

/** What only a block changes. */
type Rules = Omit<FeesJson, "fill" | "waiting" | "tip">;

function rulesJson({ queries, json }: Served): Rules {
  const { current: parameters } = queries.membership.parameters();
  const money = (amount: bigint): MoneyJson => ({
    amount: amount.toString(),
    display: json.display(amount),
  });
  return {
    asset: json.genesis.asset,
    baseFee: money(parameters.baseFee),
    feePerByte: money(parameters.feePerByte),
    accountMinimum: money(parameters.accountMinimum),
    operationFees: kinds.map((kind) => ({ kind, ...money(feeOf(parameters, kind)) })),
    maxTransactionBytes: Number(parameters.maxTransactionBytes),
    maxBlockBytes: Number(parameters.maxBlockBytes),
    examples: feeExamples(parameters).map(({ kind, title, bytes, fee }) => ({
      kind,
      title,
      bytes,
      ...money(fee),
    })),
  };
}

const feeOf = ({ operationFees }: Parameters, kind: OperationBody["kind"]): bigint =>
  operationFees[operationNumber[kind]] ?? 0n;

/**
 * GET …/transactions.csv, /v1/blocks.csv, /v1/records.csv: all rows, streamed.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import { requestProblem } from "../../../src/api/problem.ts";
import { parseAddress } from "../../../src/protocol/address.ts";
import type { Tip } from "../../../src/replica/node-queries.ts";
import { badAddress } from "../addresses.ts";
import { type App, type Env, problemAnswer, problemAnswers, type Served } from "../app.ts";
import { clientOf } from "../client.ts";
import {
  blockColumns,
  blockRows,
  recordColumns,
  recordRows,
  transactionColumns,
  transactionRows,
} from "../exports/export-rows.ts";
import type { Exports, Row } from "../exports/export-stream.ts";
import { addressText, integerOr, numberText } from "../parameters.ts";
import { nameFlaw, nameText } from "../record-places.ts";

const retryAfterSeconds = 5;

const rules =
  "RFC 4180, UTF-8, with a header. A text that a spreadsheet would take for a formula has an apostrophe in front, also where it stands behind a semicolon, a tab or a bar. The answer holds what was final when it began, at the tip that Quorate-Tip names. An answer that is not whole does not end as HTTP answers do: its connection breaks.";

const responses = {
  200: {
    description: "All rows, streamed",
    content: { "text/csv": { schema: z.string() } },
  },
  default: problemAnswers,
} as const;

const transactionsRoute = createRoute({
  method: "get",
  path: "/v1/accounts/{address}/transactions.csv",
  summary: "All final transactions that touch an account, newest first, a row for each operation",
  description: `${rules} Only the operations that touch the account are listed; the fee stands once, where the account paid it.`,
  request: { params: z.object({ address: addressText }) },
  responses,
});

const blocksRoute = createRoute({
  method: "get",
  path: "/v1/blocks.csv",
  summary: "Final blocks from a height to a height, both included, ascending",
  description: `${rules} Without \`to\`: up to the tip.`,
  request: { query: z.object({ from: integerOr(0), to: numberText.optional() }) },
  responses,
});

const recordsRoute = createRoute({
  method: "get",
  path: "/v1/records.csv",
  summary: "The current versions of an account's records, or of those of one topic",
  description: rules,
  request: { query: z.object({ address: addressText, topic: nameText("topic").optional() }) },
  responses,
});

export function mountExports(app: App, served: Served, exports: Exports): void {
  const { queries } = served;
  const prefix = queries.genesis.addressPrefix;

  app.openapi(transactionsRoute, (c) => {
    const account = parseAddress(prefix, c.req.valid("param").address);
    if (!account.ok) return problemAnswer(c, badAddress(account.reason));
    const tip = queries.tip();
    return answer(c, exports, {
      name: `${c.req.valid("param").address.toLowerCase()}-transactions.csv`,
      tip,
      columns: transactionColumns,
      pages: transactionRows(served, account.value, tip),
    });
  });

  app.openapi(blocksRoute, (c) => {
    const tip = queries.tip();
    const { from, to = tip.height } = c.req.valid("query");
    if (from > tip.height || to > tip.height) {
      const field = from > tip.height ? "query.from" : "query.to";
      const detail = `Height ${Math.max(from, to)} is above the tip, ${tip.height}.`;
      return problemAnswer(c, requestProblem("height_unknown", detail, { field }));
    }
    if (to < from) {
      const detail = "`to` is below `from`.";
      return problemAnswer(c, requestProblem("bad_request", detail, { field: "query.to" }));
    }
    return answer(c, exports, {
      name: `blocks-${from}-${to}.csv`,
      tip,
      columns: blockColumns,
      pages: blockRows(served, { from, to }),
    });
  });

  app.openapi(recordsRoute, (c) => {
    const { topic, address: text } = c.req.valid("query");
    const account = parseAddress(prefix, text);
    if (!account.ok) {
      return problemAnswer(c, { ...badAddress(account.reason), field: "query.address" });
    }
    const flaw = topic === undefined ? undefined : nameFlaw("topic", topic);
    if (flaw !== undefined) {
      const detail = `query.topic: ${flaw}`;
      return problemAnswer(c, requestProblem("bad_request", detail, { field: "query.topic" }));
    }
    const tip = queries.tip();
    return answer(c, exports, {
      name: `${text.toLowerCase()}-records.csv`,
      tip,
      columns: recordColumns,
      pages: recordRows(served, { account: account.value, topic }, tip),
    });
  });
}

interface CsvFile {
  readonly name: string;
  /** What it is a snapshot of. */
  readonly tip: Tip;
  readonly columns: readonly string[];
  readonly pages: AsyncGenerator<readonly Row[], void, undefined>;
}

function answer(c: Context<Env>, exports: Exports, file: CsvFile): Response {
  const { name, tip, columns, pages } = file;
  const headers = {
    "quorate-tip": `${tip.height}/${tip.id}`,
    "content-type": "text/csv; charset=utf-8; header=present",
    "content-disposition": `attachment; filename="${name}"`,
    "x-accel-buffering": "no",
  };
  if (c.req.method === "HEAD") return c.body(null, 200, headers);
  const body = exports.open({
    client: clientOf(c).site,
    columns,
    pages,
    cutOff: () => c.env.outgoing.destroy(),
  });
  if (body !== undefined) return c.body(body, 200, headers);
  const detail = "This client, or others, have as many exports under way as this node serves.";
  return problemAnswer(c, requestProblem("too_many_exports", detail), {
    "retry-after": String(retryAfterSeconds),
  });
}

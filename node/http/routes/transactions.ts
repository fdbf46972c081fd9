/**
 * GET /v1/transactions/{id}, and submitting: one, or a batch.
 *
 * A submitter always learns the id where the bytes have one, so that a time-out can be followed up. Sending the
 * same bytes again is harmless: the node looks the id up before it applies any other rule.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import { batchItemsMax, decodeBatch, submittedBytesMax } from "../../../src/api/batch.ts";
import { requestProblem } from "../../../src/api/problem.ts";
import { batchSchema, transactionSchema } from "../../../src/api/schemas.ts";
import type { TransactionId } from "../../../src/protocol/ids.ts";
import type {
  NodeQueries,
  SubmitAnswer,
  TransactionStatus,
} from "../../../src/replica/node-queries.ts";
import { type App, answers, problemAnswer, type Served } from "../app.ts";
import { mediaTypeOf, octetStream } from "../bodies.ts";
import { type Client, clientOf } from "../client.ts";
import { idText, integerOr, written } from "../parameters.ts";
import { outcomeJson, rejection, transactionJson } from "../transaction-json.ts";

const waitMsMax = 60_000;
const waitMsStandard = 30_000;
/** Requests that wait at once; one more is answered `pending` right away. */
const waitersMax = 4_096;
/** Of one client elsewhere. */
const waitersPerClientMax = 512;
/** After so long it is looked whether the client is still there. */
const waitStepMs = 1_000;

const base64LengthMax = Math.ceil(submittedBytesMax / 3) * 4;
const base64 = written(
  z
    .string()
    .max(base64LengthMax)
    .transform((text, issues) => {
      const bytes = Buffer.from(text, "base64");
      if (bytes.toString("base64") === text) return new Uint8Array(bytes);
      issues.addIssue({ code: "custom", message: "not base64" });
      return z.NEVER;
    }),
  { type: "string", contentEncoding: "base64", maxLength: base64LengthMax },
);

/** Only documented here: raw bytes are read by the route itself. */
const octets = {
  schema: written(z.custom<never>(), { contentMediaType: octetStream }),
};

const getRoute = createRoute({
  method: "get",
  path: "/v1/transactions/{id}",
  summary: "What this node knows of a transaction",
  request: {
    params: z.object({ id: idText }),
  },
  responses: answers("The transaction and its status", transactionSchema),
});

const submitAnswers = answers("Final", transactionSchema);
const submitRoute = createRoute({
  method: "post",
  path: "/v1/transactions",
  summary: "Submits one signed transaction",
  request: {
    query: z.object({
      wait: z.literal("final").optional(),
      timeoutMs: integerOr(waitMsStandard, { max: waitMsMax }),
    }),
    body: {
      content: {
        "application/json": { schema: z.object({ transaction: base64 }) },
        [octetStream]: octets,
      },
    },
  },
  responses: {
    200: submitAnswers[200],
    202: { ...submitAnswers[200], description: "Accepted and not final yet" },
    default: submitAnswers.default,
  },
});

const batchRoute = createRoute({
  method: "post",
  path: "/v1/transactions/batch",
  summary: "Submits up to 512 signed transactions: BCS vector<bytes>, or a JSON array of base64",
  request: {
    body: {
      content: {
        "application/json": { schema: z.array(base64).max(batchItemsMax) },
        [octetStream]: octets,
      },
    },
  },
  responses: answers("What became of each, in the order of the batch", batchSchema),
});

export function mountTransactions(app: App, { queries, json }: Served): void {
  const wait = waiting(queries);

  app.openapi(getRoute, (c) => {
    const id = c.req.valid("param").id as TransactionId;
    const status = queries.transaction(id);
    if (status.kind !== "unknown") return c.json(transactionJson(json, id, status), 200);
    const detail = `Nothing is known of ${id} here.`;
    return problemAnswer(c, requestProblem("transaction_unknown", detail, { id }));
  });

  app.openapi(submitRoute, async (c) => {
    const bytes = isOctets(c)
      ? new Uint8Array(await c.req.arrayBuffer())
      : c.req.valid("json").transaction;
    if (bytes === undefined) {
      const detail = "The field transaction is missing.";
      return problemAnswer(c, requestProblem("bad_request", detail, { field: "body.transaction" }));
    }
    const [first] = await queries.submit([bytes]);
    const query = c.req.valid("query");
    const answer =
      first === undefined || query.wait === undefined
        ? first
        : await wait(first, {
            timeoutMs: query.timeoutMs,
            client: clientOf(c),
            isGone: () => c.env.outgoing.destroyed,
          });
    const problem = answer === undefined ? undefined : rejection(answer);
    if (problem !== undefined) return problemAnswer(c, problem);
    if (answer?.id === undefined) throw new Error("the node did not answer a submission");
    const body = transactionJson(json, answer.id, answer.status);
    return answer.status.kind === "final" ? c.json(body, 200) : c.json(body, 202);
  });

  app.openapi(batchRoute, async (c) => {
    const transactions = isOctets(c)
      ? decodeBatch(new Uint8Array(await c.req.arrayBuffer()))
      : ({ ok: true, value: c.req.valid("json") } as const);
    if (!transactions.ok || !Array.isArray(transactions.value)) {
      const detail = transactions.ok ? "not an array" : transactions.reason.message;
      return problemAnswer(
        c,
        requestProblem("bad_request", `The batch is not readable: ${detail}.`, { field: "body" }),
      );
    }
    const outcomes = await queries.submit(transactions.value);
    return c.json({ items: outcomes.map(outcomeJson), tip: json.tip() }, 200);
  });
}

const isOctets = (c: Context): boolean => mediaTypeOf(c.req.header("content-type")) === octetStream;

interface WaitOptions {
  readonly timeoutMs: number;
  readonly client: Client;
  /** The client has gone. */
  readonly isGone: () => boolean;
}

/**
 * Waits for a pending transaction, with bounds on how many requests do so at once, of all and of one client; a request
 * whose client is gone gives its place back.
 */
function waiting(
  queries: NodeQueries,
): (answer: SubmitAnswer, options: WaitOptions) => Promise<SubmitAnswer> {
  let all = 0;
  const byClient = new Map<string, number>();
  return async (answer, { timeoutMs, client: { site, loopback }, isGone }) => {
    const { id } = answer;
    let { status } = answer;
    const own = byClient.get(site) ?? 0;
    const isFull = all >= waitersMax || (!loopback && own >= waitersPerClientMax);
    if (id === undefined || status.kind !== "pending" || isFull) return answer;
    all += 1;
    byClient.set(site, own + 1);
    try {
      let leftMs = timeoutMs;
      do {
        const stepMs = Math.min(leftMs, waitStepMs);
        status = await queries.wait(id, stepMs);
        leftMs -= stepMs;
      } while (leftMs > 0 && isUnsettled(status) && !isGone());
      return { id, status };
    } finally {
      all -= 1;
      const left = (byClient.get(site) ?? 1) - 1;
      if (left === 0) byClient.delete(site);
      else byClient.set(site, left);
    }
  };
}

const isUnsettled = ({ kind }: TransactionStatus): boolean =>
  kind === "pending" || kind === "unknown";

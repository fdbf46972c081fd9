/**
 * GET /v1/local/nodes, POST /v1/local/…: chaos on a local network, for the explorer.
 *
 * A node passes on what it is asked to the network that it belongs to, so any node that lives will do. The answer is
 * that it has begun; what came of it is among the verdicts of GET /v1/local/nodes.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import type { LocalAcceptedJson, LocalNodesJson } from "../../../src/api/local-json.ts";
import {
  localAcceptedSchema,
  localNodesSchema,
  localPartitionRequestSchema,
} from "../../../src/api/local-schemas.ts";
import { requestProblem } from "../../../src/api/problem.ts";
import type { RequestProblemCode } from "../../../src/api/problem-catalogue.ts";
import { askNetwork } from "../../localnet/control-client.ts";
import type { ControlRequest, Order } from "../../localnet/control-protocol.ts";
import type { Steering } from "../../localnet/steering.ts";
import { Refusal } from "../../refusal.ts";
import { type App, answers, type ProblemAnswer, problemAnswer } from "../app.ts";
import { sizeGuard } from "../bodies.ts";
import { localGuard } from "../local-guard.ts";
import { numberText } from "../parameters.ts";

const bodyBytesMax = 4_096;
const askMsMax = 10_000;

const nodesRoute = createRoute({
  method: "get",
  path: "/v1/local/nodes",
  summary: "Nodes of a local network: what each does, and what came of the last actions",
  description: "Served by nodes of `quorate network up`, to this machine and to their own pages.",
  responses: answers("All nodes, the partition and the last verdicts", localNodesSchema),
});

const accepted = answers("It has begun", localAcceptedSchema);
const begun = { 202: accepted[200], default: accepted.default };
const nothing = {
  content: { "application/json": { schema: z.object({}) } },
  required: true,
} as const;

const steerRoute = createRoute({
  method: "post",
  path: "/v1/local/nodes/{node}/{command}",
  summary: "Kills, pauses, resumes or restarts a node of a local network",
  request: {
    params: z.object({
      node: numberText,
      command: z.enum(["kill", "pause", "resume", "restart"]),
    }),
    body: nothing,
  },
  responses: begun,
});

const partitionRoute = createRoute({
  method: "post",
  path: "/v1/local/partition",
  summary: "Cuts a local network into groups that cannot reach each other",
  request: {
    body: {
      content: { "application/json": { schema: localPartitionRequestSchema } },
      required: true,
    },
  },
  responses: begun,
});

const healRoute = createRoute({
  method: "post",
  path: "/v1/local/heal",
  summary: "Ends the partition of a local network",
  request: { body: nothing },
  responses: begun,
});

/** To be mounted before the rules for other origins, which are wider. */
export function mountLocal(app: App, steering: (() => Steering) | undefined): void {
  if (steering === undefined) return;
  app.use(
    "/v1/local/*",
    localGuard(() => steering().pages),
    sizeGuard(bodyBytesMax),
  );
  const ask = async (request: ControlRequest): Promise<unknown> =>
    await askNetwork(steering().controlSocket, request, askMsMax);
  const begin = async (order: Order): Promise<LocalAcceptedJson> =>
    (await ask({ ...order, background: true })) as LocalAcceptedJson;

  app.openapi(nodesRoute, async (c) => {
    try {
      return c.json((await ask({ command: "nodes" })) as LocalNodesJson, 200);
    } catch (error) {
      return problemOf(c, error);
    }
  });

  app.openapi(steerRoute, async (c) => {
    try {
      return c.json(await begin(c.req.valid("param")), 202);
    } catch (error) {
      return problemOf(c, error);
    }
  });

  app.openapi(partitionRoute, async (c) => {
    const { groups, forMs } = c.req.valid("json");
    try {
      return c.json(await begin({ command: "partition", groups, forMs: forMs ?? null }), 202);
    } catch (error) {
      return problemOf(c, error);
    }
  });

  app.openapi(healRoute, async (c) => {
    try {
      return c.json(await begin({ command: "heal" }), 202);
    } catch (error) {
      return problemOf(c, error);
    }
  });
}

/** The network's refusals that are not about its being there. */
const codes: Readonly<Record<string, RequestProblemCode>> = {
  node_unknown: "node_unknown",
  node_busy: "node_busy",
  node_down: "node_down",
  groups_invalid: "bad_request",
  rate_exceeded: "rate_exceeded",
};

function problemOf(c: Context, error: unknown): ProblemAnswer {
  if (!(error instanceof Refusal)) throw error;
  const code = codes[error.code] ?? "network_gone";
  const about = code === "bad_request" ? { field: "body.groups" } : {};
  const headers: Record<string, string> = code === "rate_exceeded" ? { "retry-after": "1" } : {};
  return problemAnswer(c, requestProblem(code, error.message, about), headers);
}

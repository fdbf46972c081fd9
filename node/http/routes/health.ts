/**
 * GET /livez, /readyz, /metrics: for supervisors, load balancers and Prometheus.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { ReadinessJson } from "../../../src/api/json.ts";
import { readinessSchema } from "../../../src/api/schemas.ts";
import type { SyncState } from "../../../src/replica/node-queries.ts";
import { type App, answers, type Served } from "../app.ts";

/** The text of all metrics, in the form that Prometheus reads. */
export interface MetricsText {
  readonly contentType: string;
  text(): Promise<string>;
}

const text = { "text/plain": { schema: z.string() } };

/** Metrics are made of all that the node counts: whoever asks more often gets those of just now. */
const metricsKeptMs = 250;

const livezRoute = createRoute({
  method: "get",
  path: "/livez",
  summary: "Whether the node runs",
  responses: { 200: { description: "It does", content: text } },
});

const readyAnswers = answers("It is", readinessSchema);
const readyzRoute = createRoute({
  method: "get",
  path: "/readyz",
  summary: "Whether the node is fit to be asked",
  description:
    "A network without a quorum leaves a node ready: what is final can be read, and clients need that most then.",
  responses: {
    200: readyAnswers[200],
    503: { ...readyAnswers[200], description: "It is behind the others" },
  },
});

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  summary: "All metrics, in the form that Prometheus reads",
  responses: { 200: { description: "The metrics", content: text } },
});

export function mountHealth(
  app: App,
  { queries, json }: Served,
  metrics: MetricsText | undefined,
): void {
  app.openapi(livezRoute, (c) => c.text("alive\n", 200));

  app.openapi(readyzRoute, (c) => {
    const { sync, quorumAgeMs, tip } = queries.status();
    const reason = reasonNotReady(sync);
    const answer: ReadinessJson = {
      ready: reason === null,
      reason,
      quorumAgeMs,
      tip: json.tip(tip),
    };
    return reason === null ? c.json(answer, 200) : c.json(answer, 503);
  });

  if (metrics === undefined) return;
  const text = keptFor(metricsKeptMs, () => metrics.text());
  app.openapi(metricsRoute, async (c) =>
    c.text(await text(), 200, { "content-type": metrics.contentType }),
  );
}

/** What is asked for again within this time is the same. */
function keptFor<Value>(keptMs: number, make: () => Promise<Value>): () => Promise<Value> {
  let made: { readonly atMs: number; readonly value: Promise<Value> } | undefined;
  return () => {
    const atMs = performance.now();
    if (made === undefined || atMs - made.atMs >= keptMs) made = { atMs, value: make() };
    return made.value;
  };
}

/** A network without a quorum leaves a node ready: what is final can be read, and clients need that most then. */
function reasonNotReady(sync: SyncState): string | null {
  if (sync.kind !== "behind") return null;
  return `${sync.blocks} blocks behind, ${sync.peers} peers`;
}

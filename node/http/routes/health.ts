/**
 * GET /livez, /readyz, /metrics: for supervisors, load balancers and Prometheus.
 * @module
 */
import type { ReadinessJson } from "../../../src/api/json.ts";
import type { SyncState } from "../../../src/replica/node-queries.ts";
import type { App, Served } from "../app.ts";

/** The text of all metrics, in the form that Prometheus reads. */
export interface MetricsText {
  readonly contentType: string;
  text(): Promise<string>;
}

export function mountHealth(
  app: App,
  { queries, json }: Served,
  metrics: MetricsText | undefined,
): void {
  app.get("/livez", (c) => c.text("alive\n"));

  app.get("/readyz", (c) => {
    const { sync, quorumAgeMs, tip } = queries.status();
    const reason = reasonNotReady(sync);
    const answer: ReadinessJson = {
      ready: reason === null,
      reason,
      quorumAgeMs,
      tip: json.tip(tip),
    };
    return c.json(answer, reason === null ? 200 : 503);
  });

  if (metrics === undefined) return;
  app.get("/metrics", async (c) =>
    c.body(await metrics.text(), 200, { "content-type": metrics.contentType }),
  );
}

/** A network without a quorum leaves a node ready: what is final can be read, and clients need that most then. */
function reasonNotReady(sync: SyncState): string | null {
  if (sync.kind !== "behind") return null;
  return `${sync.blocks} blocks behind, ${sync.peers} peers`;
}

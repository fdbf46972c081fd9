/**
 * GET /v1/stream: server-sent events of new final blocks.
 *
 * The id of an event is its height; `Last-Event-ID` (a browser sends it by itself) or `cursor` goes on after it.
 * Without either it begins after the tip.
 * @module
 */
import { z } from "zod";
import { requestProblem } from "../../../src/api/problem.ts";
import { type App, problemAnswer, type Served } from "../app.ts";
import type { BlockStream } from "../block-stream.ts";
import { clientOf } from "../client.ts";
import { parseNumber } from "../cursor.ts";

const topicsSchema = z.literal("blocks").default("blocks");

export function mountStream(app: App, { queries }: Served, stream: BlockStream): void {
  app.get("/v1/stream", (c) => {
    const topics = topicsSchema.safeParse(c.req.query("topics"));
    if (!topics.success) {
      const detail = "The only topic is blocks.";
      return problemAnswer(c, requestProblem("bad_request", detail, { field: "query.topics" }));
    }
    const lastSeen = c.req.header("last-event-id") ?? c.req.query("cursor");
    const after = lastSeen === undefined ? queries.tip().height : parseNumber(lastSeen);
    if (after === undefined) {
      const detail = "A position in the stream is the height of the last block seen.";
      return problemAnswer(c, requestProblem("bad_cursor", detail, { field: "query.cursor" }));
    }
    const headers = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    const body = stream.open({
      client: clientOf(c).name,
      after,
      cutOff: () => c.env.outgoing.destroy(),
    });
    if (body === undefined) {
      const detail = "All the streams that this node serves are taken.";
      return problemAnswer(c, requestProblem("too_many_streams", detail), { "retry-after": "10" });
    }
    return c.body(body, 200, headers);
  });
}

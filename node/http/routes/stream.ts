/**
 * GET /v1/stream: server-sent events of what becomes final.
 *
 * The id of an event is its position (src/api/stream-position.ts); `Last-Event-ID` (a browser sends it by itself) or
 * `cursor` goes on after it, at any node. Without either it begins after the tip.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import { requestProblem } from "../../../src/api/problem.ts";
import { problemSchema } from "../../../src/api/schemas.ts";
import { parseStreamPosition, type StreamPosition } from "../../../src/api/stream-position.ts";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import { type App, type ProblemAnswer, problemAnswer, type Served } from "../app.ts";
import { clientOf } from "../client.ts";
import { cursorForms, written } from "../parameters.ts";
import type { EventStream, StreamRefusal } from "../stream/event-stream.ts";
import { aheadBlocksMax, topicsLengthMax } from "../stream/limits.ts";
import { parseTopics } from "../stream/topics.ts";

const description = `
Topics: \`blocks\`, \`transactions\`, \`account:ADDRESS\`, several with commas. Events: \`transaction\` (place, content and
the topics that it belongs to, once however many these are), \`block\` (after all transactions of the block),
\`position\` (first of all, and where nothing came for long), and as the last one \`too_slow\` or \`history_absent\`.
The id of an event is a cursor: the stream goes on after it, here or at any other node of the network; a list begins
with it. A cursor above the tip waits for what comes after it, up to ${aheadBlocksMax} blocks ahead.
The \`tip\` of any answer, as \`cursor=HEIGHT\`, goes on where that answer ends.
Lines that begin with a colon keep the connection alive.`.trim();

const text = "text/event-stream";

/** The route reads these, and says what is wrong with them. */
const topicsText = written(z.string().default("blocks"), {
  type: "string",
  maxLength: topicsLengthMax,
  default: "blocks",
});
const positionText = written(z.string(), { type: "string", pattern: cursorForms.streamPosition });

const streamRoute = createRoute({
  method: "get",
  path: "/v1/stream",
  summary: "What becomes final, as server-sent events without a gap or a repetition",
  description,
  request: {
    query: z.object({ topics: topicsText, cursor: positionText.optional() }),
    headers: z.object({ "last-event-id": positionText.optional() }),
  },
  responses: {
    200: {
      description: "Events, until either side ends it",
      content: { [text]: { schema: z.string() } },
    },
    default: {
      description: "A problem; `code` says which",
      content: { "application/problem+json": { schema: problemSchema } },
    },
  },
});

export function mountStream(app: App, { queries }: Served, stream: EventStream): void {
  const prefix = queries.genesis.addressPrefix;

  app.openapi(streamRoute, (c) => {
    const topics = parseTopics(prefix, c.req.valid("query").topics);
    if (!topics.ok) return problemAnswer(c, topics.reason);
    const tip = queries.tip().height;
    const after = positionIn(c, tip);
    if (!after.ok) return after.reason;
    const headers = { "content-type": text, "x-accel-buffering": "no" };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    const { site, loopback } = clientOf(c);
    const opened = stream.open({
      client: site,
      loopback,
      topics: topics.value,
      after: after.value,
      cutOff: () => c.env.outgoing.destroy(),
    });
    if (!opened.ok) return full(c, opened.reason);
    return c.body(opened.value, 200, headers);
  });
}

/** Where a reader goes on; the header, which says what it has seen last, goes before the address. */
function positionIn(c: Context, tip: number): Result<StreamPosition, ProblemAnswer> {
  const seen = c.req.header("last-event-id");
  const given = seen ?? c.req.query("cursor");
  if (given === undefined) return ok({ height: tip, index: undefined });
  const field = seen === undefined ? "query.cursor" : "header.last-event-id";
  const position = parseStreamPosition(given);
  if (position === undefined) {
    const detail = "A position in the stream is the id of one of its events.";
    return fail(problemAnswer(c, requestProblem("bad_cursor", detail, { field })));
  }
  if (position.height > tip + aheadBlocksMax) {
    const detail = `The tip is at ${tip}: this node is far behind, or the cursor is of another network.`;
    return fail(problemAnswer(c, requestProblem("height_unknown", detail, { field })));
  }
  return ok(position);
}

function full(c: Context, refusal: StreamRefusal): ProblemAnswer {
  const retry = { "retry-after": "10" };
  if (refusal === "client-full") {
    const detail = "This client has as many streams open as one may have.";
    return problemAnswer(c, requestProblem("streams_exceeded", detail), retry);
  }
  const detail = "All the streams that this node serves are taken.";
  return problemAnswer(c, requestProblem("too_many_streams", detail), retry);
}

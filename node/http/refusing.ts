/**
 * Refusals of admission: the same problems that a route would answer, made without the app, for when there is no time.
 * @module
 */
import { problemMediaType, requestProblem } from "../../src/api/problem.ts";
import type { NodeQueries } from "../../src/replica/node-queries.ts";
import type { Refuse } from "./admission.ts";
import { contentSecurityPolicy, readableAnywhere } from "./guards.ts";

const problems = {
  "owner-full": requestProblem(
    "rate_exceeded",
    "Too many requests of this client are waiting already.",
  ),
  untaken: requestProblem("rate_exceeded", "This client has not taken the answers that it has."),
  full: requestProblem("node_overloaded", "Too many requests are waiting already."),
} as const;

const answers = Object.fromEntries(
  Object.entries(problems).map(([why, problem]) => [
    why,
    { status: problem.status, body: Buffer.from(JSON.stringify(problem)) },
  ]),
) as Readonly<Record<keyof typeof problems, { readonly status: number; readonly body: Buffer }>>;

const headers = {
  ...readableAnywhere,
  "cache-control": "no-store",
  "content-security-policy": contentSecurityPolicy,
  "content-type": problemMediaType,
  "referrer-policy": "no-referrer",
  "retry-after": "1",
  "x-content-type-options": "nosniff",
};

/** @param refused is told of each, with its status. */
export const refusing =
  (queries: Pick<NodeQueries, "tip">, refused: (method: string, status: number) => void): Refuse =>
  (why, { method = "GET" }, outgoing) => {
    const { status, body } = answers[why];
    const { height, id } = queries.tip();
    outgoing.writeHead(status, {
      ...headers,
      "content-length": body.length,
      "quorate-tip": `${height}/${id}`,
    });
    outgoing.end(method === "HEAD" ? undefined : body);
    refused(method, status);
  };

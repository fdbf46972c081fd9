/**
 * Guards: what every request passes before a route sees it, and what every answer carries.
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Context, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { requestProblem } from "../../src/api/problem.ts";
import { answeredAlways, refusalOf } from "./admission.ts";
import { type Env, type ProblemAnswer, problemAnswer, type Served } from "./app.ts";
import { clientOf } from "./client.ts";
import type { QueueRefusal } from "./fair-queue.ts";
import { hostIsServed } from "./host-guard.ts";
import { type BucketRate, TokenBuckets } from "./token-buckets.ts";

/** Nothing is loaded from anywhere else, nothing runs that is not a file of ours, nobody frames us. */
const policy = (connectTo: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${connectTo}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

const contentSecurityPolicy = policy("'self'");

/** A page may ask other nodes when its reader wants that: what they say is checked, and none of it can run. */
export const pagePolicy: string = policy("'self' http: https:");

/** The tip and the security headers, on every answer. */
export function answerHeaders({ queries }: Served): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next();
    const { height, id } = queries.tip();
    // An answer that is about the tip at its beginning has said so itself.
    if (!c.res.headers.has("quorate-tip")) c.header("Quorate-Tip", `${height}/${id}`);
    if (!c.res.headers.has("content-security-policy")) {
      c.header("Content-Security-Policy", contentSecurityPolicy);
    }
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Referrer-Policy", "no-referrer");
    if (!c.res.headers.has("cache-control")) c.header("Cache-Control", "no-store");
  };
}

export function hostGuard(hostNames: readonly string[]): MiddlewareHandler<Env> {
  const names = hostNames.map((name) => name.toLowerCase());
  return async (c, next) => {
    if (hostIsServed(c.req.header("host"), names)) return await next();
    const detail = "The Host header names neither this node's address nor a configured name.";
    return problemAnswer(c, requestProblem("host_refused", detail, { field: "host" }));
  };
}

export interface RequestRates {
  readonly loopback: BucketRate;
  readonly others: BucketRate;
}

const others: BucketRate = { perSecond: 200, burst: 1_000 };

/**
 * From elsewhere, one client gets a share. On this machine it may be a proxy for many, so it gets more; and on a
 * network that is all on this machine nobody else could be kept waiting.
 */
export const requestRates: { readonly local: RequestRates; readonly shared: RequestRates } = {
  local: { loopback: { perSecond: 50_000, burst: 50_000 }, others },
  shared: { loopback: { perSecond: 2_000, burst: 4_000 }, others },
};

export function rateGuard(rates: RequestRates): MiddlewareHandler<Env> {
  const buckets = new TokenBuckets();
  return async (c, next) => {
    if (answeredAlways.includes(c.req.path)) return await next();
    const refusal = refusalOf(c.env.incoming as IncomingMessage);
    if (refusal !== undefined) return tooMuch(c, refusal);
    const { name, loopback } = clientOf(c);
    const rate = loopback ? rates.loopback : rates.others;
    const waitMs = buckets.take(name, rate, performance.now(), priceOf(c.req.path));
    if (waitMs === 0) return await next();
    const seconds = Math.ceil(waitMs / 1000);
    const detail = `Up to ${rate.perSecond} requests a second are answered, fewer of those that cost more.`;
    return problemAnswer(c, requestProblem("rate_exceeded", detail), {
      "retry-after": String(seconds),
    });
  };
}

/** In tokens: how much more than a simple answer it costs to make. */
const prices: readonly (readonly [RegExp, number])[] = [
  [/\.csv$/, 20],
  [/\/(?:proof|receipt)$|^\/v1\/proofs\//, 5],
  [/^\/v1\/(?:search|headers|history)/, 3],
];

export const priceOf = (path: string): number =>
  prices.find(([paths]) => paths.test(path))?.[1] ?? 1;

function tooMuch(c: Context<Env>, refusal: QueueRefusal): ProblemAnswer {
  const problem =
    refusal === "owner-full"
      ? requestProblem("rate_exceeded", "Too many requests of this client are waiting already.")
      : requestProblem("node_overloaded", "Too many requests are waiting already.");
  return problemAnswer(c, problem, { "retry-after": "1" });
}

/** Any page may read, and may submit one transaction: a transaction authenticates itself. No credentials, ever. */
export const crossOrigin: MiddlewareHandler<Env> = cors({
  origin: "*",
  allowMethods: (_origin, c) =>
    c.req.path === "/v1/transactions" ? ["GET", "HEAD", "POST"] : ["GET", "HEAD"],
  allowHeaders: ["Content-Type", "Last-Event-ID"],
  exposeHeaders: ["Quorate-Tip", "Retry-After"],
  maxAge: 600,
});

/**
 * Guards: what every request passes before a route sees it, and what every answer carries.
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { requestProblem } from "../../src/api/problem.ts";
import { type Env, problemAnswer, type Served } from "./app.ts";
import { clientOf } from "./client.ts";
import { hostIsServed } from "./host-guard.ts";
import { type BucketRate, TokenBuckets } from "./token-buckets.ts";

/** Nothing is loaded from anywhere else, nothing runs that is not a file of ours, nobody frames us. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The tip and the security headers, on every answer. */
export function answerHeaders({ queries }: Served): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next();
    const { height, id } = queries.tip();
    c.header("Quorate-Tip", `${height}/${id}`);
    c.header("Content-Security-Policy", contentSecurityPolicy);
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
    const { name, loopback } = clientOf(c);
    const rate = loopback ? rates.loopback : rates.others;
    const waitMs = buckets.take(name, rate, performance.now());
    if (waitMs === 0) return await next();
    const seconds = Math.ceil(waitMs / 1000);
    const detail = `Up to ${rate.perSecond} requests a second are answered.`;
    return problemAnswer(c, requestProblem("rate_exceeded", detail), {
      "retry-after": String(seconds),
    });
  };
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

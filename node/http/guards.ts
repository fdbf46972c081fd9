/**
 * Guards: what every request passes before a route sees it, and what every answer carries.
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { requestProblem } from "../../src/api/problem.ts";
import { isUrgent } from "./admission.ts";
import { type Env, problemAnswer, type Served } from "./app.ts";
import { clientOf } from "./client.ts";
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

export const contentSecurityPolicy: string = policy("'self'");

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
    const { url = "" } = c.env.incoming;
    // A request line may name a host of its own, and does so where it is for a proxy.
    const named = url.startsWith("/") ? [] : [new URL(c.req.url).host];
    const hosts = [c.req.header("host"), ...named];
    if (hosts.every((host) => hostIsServed(host, names))) return await next();
    const detail = "The request's host is neither this node's address nor a configured name.";
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
    if (isUrgent(c.env.incoming as IncomingMessage)) return await next();
    const { name, loopback } = clientOf(c);
    const rate = loopback ? rates.loopback : rates.others;
    const waitMs = buckets.take(name, rate, performance.now(), priceOf(c.req.path, c.req.method));
    if (waitMs === 0) return await next();
    const seconds = Math.ceil(waitMs / 1000);
    const detail = `Up to ${rate.perSecond} requests a second are answered, fewer of those that cost more.`;
    return problemAnswer(c, requestProblem("rate_exceeded", detail), {
      "retry-after": String(seconds),
      ...readableAnywhere,
    });
  };
}

/** In tokens: how much more than a simple answer it costs to make. */
const prices: readonly (readonly [RegExp, number])[] = [
  // Up to 512 signatures.
  [/^POST \/v1\/transactions\/batch$/, 50],
  [/^GET .*\.csv$/, 20],
  [/^GET .*\/(?:proof|receipt)$|^GET \/v1\/proofs\/|^GET \/v1\/stream$/, 5],
  [/^GET \/v1\/(?:search|headers|history)/, 3],
  // Whole blocks are decoded for these.
  [/^GET \/v1\/(?:transactions(?:\/[0-9a-f]+)?|records|.*\/(?:transactions|versions))$/, 3],
];

export function priceOf(path: string, method = "GET"): number {
  const request = `${method === "HEAD" ? "GET" : method} ${path}`;
  return prices.find(([requests]) => requests.test(request))?.[1] ?? 1;
}

const exposedHeaders = ["Quorate-Tip", "Retry-After"];

/** For answers that are made before the rules for other origins: a page must see that it has to wait. */
export const readableAnywhere: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": exposedHeaders.join(),
};

/** Any page may read, and may submit one transaction: a transaction authenticates itself. No credentials, ever. */
export const crossOrigin: MiddlewareHandler<Env> = cors({
  origin: "*",
  allowMethods: (_origin, c) =>
    c.req.path === "/v1/transactions" ? ["GET", "HEAD", "POST"] : ["GET", "HEAD"],
  allowHeaders: ["Content-Type", "Last-Event-ID"],
  exposeHeaders: exposedHeaders,
  maxAge: 600,
});

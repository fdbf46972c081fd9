/**
 * The guard of the routes that do things to a local network: this machine only, and only the network's own pages.
 *
 * A browser sends `Origin` with every request that could do something, and with every one that another page may read.
 * So a page that is not ours is refused whatever it tries: a form cannot send JSON, a `no-cors` fetch cannot either, and
 * a preflight names its origin. A page of one node may steer through another, which is how it goes on when its own is
 * dead. A name that was made to point here (DNS rebinding) is neither a loopback host nor one of our origins.
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { requestProblem } from "../../src/api/problem.ts";
import { type Env, type ProblemAnswer, problemAnswer } from "./app.ts";
import { mediaTypeOf } from "./bodies.ts";
import { clientOf } from "./client.ts";

const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;
/** What a browser says of a request that no other page has caused. */
const ownSites: readonly string[] = ["same-origin", "none"];
/** A proxy stands between: whoever is behind it may be anywhere. */
const proxyHeaders = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
const preflightSeconds = 600;

/** `pages`: base URLs of the network's nodes, as they are now. */
export function localGuard(pages: () => readonly string[]): MiddlewareHandler<Env> {
  return async (c, next) => {
    const origin = c.req.header("origin");
    const refusal = refusalOf(c, origin, pages);
    if (refusal !== undefined) return refusal;
    if (c.req.method === "OPTIONS") return preflight(origin);
    await next();
    c.res.headers.delete("access-control-allow-origin");
    c.header("Vary", "Origin", { append: true });
    if (origin !== undefined) {
      c.header("Access-Control-Allow-Origin", origin);
      c.header("Access-Control-Expose-Headers", "Quorate-Tip, Retry-After");
    }
    return undefined;
  };
}

function refusalOf(
  c: Context<Env>,
  origin: string | undefined,
  pages: () => readonly string[],
): ProblemAnswer | undefined {
  const isProxied = proxyHeaders.some((name) => c.req.header(name) !== undefined);
  if (!clientOf(c).loopback || isProxied) {
    return problemAnswer(c, requestProblem("route_unknown", `There is nothing at ${c.req.path}.`));
  }
  if (!loopbackHost.test(c.req.header("host") ?? "localhost")) {
    const detail = "A local network is steered under a loopback address only.";
    return problemAnswer(c, requestProblem("host_refused", detail, { field: "host" }));
  }
  if (!isOwn(origin, c.req.header("sec-fetch-site"), pages())) {
    const detail = "Only pages of this network's own nodes may look at it or steer it.";
    return problemAnswer(c, requestProblem("origin_refused", detail, { field: "origin" }));
  }
  if (c.req.method === "POST" && mediaTypeOf(c.req.header("content-type")) !== "application/json") {
    const detail = "Only application/json is taken here.";
    return problemAnswer(
      c,
      requestProblem("media_type_refused", detail, { field: "content-type" }),
    );
  }
  return undefined;
}

function isOwn(
  origin: string | undefined,
  site: string | undefined,
  pages: readonly string[],
): boolean {
  if (origin === undefined) return site === undefined || ownSites.includes(site);
  return pages.some((page) => origin === page || origin === page.replace("127.0.0.1", "localhost"));
}

const preflight = (origin: string | undefined): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...(origin === undefined ? {} : { "access-control-allow-origin": origin }),
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "Content-Type",
      "access-control-max-age": String(preflightSeconds),
      vary: "Origin",
    },
  });

/**
 * GET /openapi.json for programs and GET /docs for people: the same description, made once and kept.
 *
 * It is mounted last, so that it describes what was mounted before.
 * @module
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import { utf8 } from "../../../src/base/bytes.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import type { App, Served } from "../app.ts";
import { hasTag, takesGzip } from "../representation.ts";
import { openApiDocument } from "./document.ts";
import type { Examples } from "./operation-words.ts";
import { docsPage } from "./page.ts";
import { docsIcon, docsStyle } from "./style.ts";

const jsonRoute = createRoute({
  method: "get",
  path: "/openapi.json",
  summary: "This description, for programs: OpenAPI 3.1",
  responses: {
    200: {
      description: "The description",
      content: { "application/json": { schema: z.looseObject({ openapi: z.string() }) } },
    },
    304: { description: "It is the one that `If-None-Match` names" },
  },
});

const pageRoute = createRoute({
  method: "get",
  path: "/docs",
  summary: "This description, for people: one page that loads nothing from elsewhere",
  responses: {
    200: { description: "The page", content: { "text/html": { schema: z.string() } } },
    304: { description: "It is the one that `If-None-Match` names" },
  },
});

interface Kept {
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly compressed: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

export function mountDocs(app: App, { queries }: Served): void {
  const describe = once(() =>
    openApiDocument(app.openAPIRegistry.definitions, examplesOf(queries.genesis)),
  );
  const document = once(() => kept("application/json", JSON.stringify(describe())));
  const page = once(() => kept("text/html; charset=utf-8", docsPage(describe())));
  const style = once(() => kept("text/css; charset=utf-8", docsStyle));
  const icon = once(() => kept("image/svg+xml", docsIcon));
  app.openapi(jsonRoute, (c) => send(c, document()));
  app.openapi(pageRoute, (c) => send(c, page()));
  app.get("/docs.css", (c) => send(c, style()));
  app.get("/docs.svg", (c) => send(c, icon()));
}

/** Of this network, so that they can be tried as they stand. */
function examplesOf({ accounts, validators, addressPrefix }: Genesis): Examples {
  const account = accounts[0]?.account ?? validators[0]?.operator;
  return { address: account === undefined ? "" : formatAddress(addressPrefix, account) };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function kept(mediaType: string, text: string): Kept {
  const bytes = new Uint8Array(utf8(text));
  const tag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
  return { mediaType, bytes, compressed: new Uint8Array(gzipSync(bytes)), tag };
}

function send(c: Context, { mediaType, bytes, compressed, tag }: Kept): Response {
  const headers = { etag: tag, "cache-control": "no-cache", vary: "Accept-Encoding" };
  if (hasTag(c.req.header("if-none-match"), tag)) return c.body(null, 304, headers);
  const mayCompress = takesGzip(c.req.header("accept-encoding"));
  const type = { ...headers, "content-type": mediaType };
  return mayCompress
    ? c.body(compressed, 200, { ...type, "content-encoding": "gzip" })
    : c.body(bytes, 200, type);
}

/**
 * Bodies: what may be sent where, how large, and in which form. Checked before anything is read.
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { batchBytesMax, batchItemsMax, submittedBytesMax } from "../../src/api/batch.ts";
import { requestProblem } from "../../src/api/problem.ts";
import { type Env, problemAnswer } from "./app.ts";
import { clientOf } from "./client.ts";

export const octetStream = "application/octet-stream";
const taken: readonly string[] = [octetStream, "application/json"];

export const bodyBytesMax: Readonly<Record<string, number>> = {
  "/v1/transactions": submittedBytesMax,
  "/v1/transactions/batch": batchBytesMax,
};

/** The media type without its parameters, in lower case. */
export const mediaTypeOf = (contentType: string | undefined): string =>
  (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";

/** 415 for a body of another type: a web form's, above all, which a browser sends without asking first. */
export const mediaTypeGuard: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.method !== "POST") return await next();
  const mediaType = mediaTypeOf(c.req.header("content-type"));
  if (taken.includes(mediaType)) return await next();
  const detail = `The content type ${mediaType === "" ? "is missing" : "is not taken here"}.`;
  return problemAnswer(c, requestProblem("media_type_refused", detail, { field: "content-type" }));
};

/** 413 beyond the route's bound, also where the length is not announced. */
export function sizeGuard(bytesMax: number): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (c.req.method !== "POST") return await next();
    const announced = c.req.header("content-length");
    if (announced !== undefined) {
      return Number(announced) > bytesMax ? tooLarge(c, bytesMax) : await next();
    }
    const body = await readUpTo(c.req.raw.body, bytesMax);
    if (body === undefined) return tooLarge(c, bytesMax);
    c.req.raw = new Request(c.req.url, { method: "POST", headers: c.req.raw.headers, body });
    await next();
    return undefined;
  };
}

/**
 * 400 for what can be no batch in JSON, before it is parsed: a list within the bound of bytes may have a million items, or
 * be as many lists in each other, and to find that out takes a tenth of a second of the node's one thread.
 */
export const batchShapeGuard: MiddlewareHandler<Env> = async (c, next) => {
  if (mediaTypeOf(c.req.header("content-type")) !== "application/json") return await next();
  if (c.req.method !== "POST" || isFlatList(await c.req.text(), batchItemsMax)) return await next();
  const detail = `The body is no JSON array of up to ${batchItemsMax} texts.`;
  return problemAnswer(c, requestProblem("bad_request", detail, { field: "body" }));
};

/** Whether a text can be a JSON array of so many texts in base64, as its commas and brackets tell. */
function isFlatList(text: string, itemsMax: number): boolean {
  if (text.includes("{") || text.indexOf("[") !== text.lastIndexOf("[")) return false;
  let at = -1;
  for (let items = 1; items <= itemsMax; items += 1) {
    at = text.indexOf(",", at + 1);
    if (at === -1) return true;
  }
  return false;
}

export interface BatchLimits {
  /** Batches that come in at once: of one client, of this machine, which may be a proxy for many, and of all. */
  readonly perClientMax: number;
  readonly perLoopbackMax: number;
  readonly batchesMax: number;
}

export const batchLimits: BatchLimits = { perClientMax: 8, perLoopbackMax: 64, batchesMax: 128 };

/** 429 for more batches at once: each may lie in memory, half sent, for as long as a request may take. */
export function batchPlaces(limits: BatchLimits = batchLimits): MiddlewareHandler<Env> {
  const bySite = new Map<string, number>();
  let all = 0;
  return async (c, next) => {
    if (c.req.method !== "POST") return await next();
    const { site, loopback } = clientOf(c);
    const own = bySite.get(site) ?? 0;
    const ownMax = loopback ? limits.perLoopbackMax : limits.perClientMax;
    if (all >= limits.batchesMax || own >= ownMax) {
      const detail = "As many batches as are taken at once are on their way already.";
      return problemAnswer(c, requestProblem("rate_exceeded", detail), { "retry-after": "1" });
    }
    all += 1;
    bySite.set(site, own + 1);
    try {
      return await next();
    } finally {
      all -= 1;
      const left = (bySite.get(site) ?? 1) - 1;
      if (left === 0) bySite.delete(site);
      else bySite.set(site, left);
    }
  };
}

const tooLarge = (c: Context, bytesMax: number): Response =>
  problemAnswer(
    c,
    requestProblem("body_too_large", `The body may have ${bytesMax} bytes.`, { field: "body" }),
    // What is left of the body is not read, so the connection cannot be used again.
    { connection: "close" },
  );

/** Undefined: there is more. */
async function readUpTo(
  body: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

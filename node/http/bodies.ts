/**
 * Bodies: what may be sent where, how large, and in which form. Checked before anything is read.
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { batchBytesMax, submittedBytesMax } from "../../src/api/batch.ts";
import { requestProblem } from "../../src/api/problem.ts";
import { type Env, problemAnswer } from "./app.ts";

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

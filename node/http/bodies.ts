/**
 * Bodies: what may be sent where, how large, and in which form. Checked before anything is read.
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
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
  return bodyLimit({
    maxSize: bytesMax,
    onError: (c: Context) =>
      problemAnswer(
        c,
        requestProblem("body_too_large", `The body may have ${bytesMax} bytes.`, { field: "body" }),
        // What is left of the body is not read, so the connection cannot be used again.
        { connection: "close" },
      ),
  });
}

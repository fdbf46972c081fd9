/**
 * From an HTTP response to a value that has the agreed form, or why there is none.
 * @module
 */
import type { z } from "zod";
import { fail, ok, type Result } from "../base/result.ts";
import type { Problem } from "./problem.ts";
import { problemSchema } from "./schemas.ts";

/** Why there is no answer. `unreachable` may have reached the node all the same: the outcome is open. */
export type ClientFailure =
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "unreachable"; readonly message: string }
  | { readonly kind: "garbled"; readonly message: string };

/** No answer of a node is larger; a liar cannot fill our memory. */
const answerBytesMax = 32 * 1024 * 1024;

/** Reads the whole response. Throws what its body throws, or when the signal aborts: there is no answer. */
export async function readAnswer<Value>(
  response: Response,
  schema: z.ZodType<Value>,
  signal: AbortSignal,
): Promise<Result<Value, ClientFailure>> {
  const text = await readText(response, signal);
  return text === undefined ? garbled("the answer is too large") : read(response, text, schema);
}

const garbled = (message: string): Result<never, ClientFailure> =>
  fail({ kind: "garbled", message });

function read<Value>(
  response: Response,
  text: string,
  schema: z.ZodType<Value>,
): Result<Value, ClientFailure> {
  const json = parseJson(text);
  if (response.ok) {
    const value = schema.safeParse(json);
    return value.success ? ok(value.data) : garbled("the answer is not in the agreed form");
  }
  const problem = problemSchema.safeParse(json);
  return problem.success
    ? fail({ kind: "problem", problem: problem.data })
    : garbled(`HTTP status ${response.status} without a problem`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The body as text, or undefined beyond the bound.
 *
 * Node's fetch holds its signal weakly: once the request is collected, a body under way hears of no abort. This does.
 */
async function readText(response: Response, signal: AbortSignal): Promise<string | undefined> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const leave = (): void => void reader.cancel().catch(() => {}); // It may have failed already.
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw new Error("the answer did not end in time");
      if (done) return text + decoder.decode();
      length += value.length;
      if (length > answerBytesMax) {
        leave();
        return undefined;
      }
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** undici says only "fetch failed" and keeps the reason in `cause`. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && cause.message !== "") return cause.message;
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return error.message;
}

/**
 * One question to a node that the reader named: bounded in time and size, without anything of the reader's in it, and never
 * followed to another place.
 * @module
 */
import type { Path } from "../../../src/api/paths.ts";

export type Heard =
  | { readonly kind: "json"; readonly value: unknown }
  /** In words, why there is nothing. */
  | { readonly kind: "nothing"; readonly why: string };

const timeoutMs = 5_000;
const bytesMax = 65_536;

/** `base`: its base URL. What it answers may be anything. */
export async function askOther(
  base: string,
  path: Path<unknown>,
  left: AbortSignal,
): Promise<Heard> {
  const tooLate = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${base}${path}`, {
      signal: AbortSignal.any([left, tooLate]),
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      cache: "no-store",
    });
    const text = await textOf(response);
    if (!response.ok) return nothing(`it answers with HTTP status ${response.status}`);
    if (text === undefined) return nothing("its answer is too long");
    return { kind: "json", value: JSON.parse(text) };
  } catch (error) {
    if (tooLate.aborted) return nothing("it has not answered in time");
    if (error instanceof SyntaxError) return nothing("its answer is not JSON");
    return nothing(whyUnreachable(base, location.origin));
  }
}

const nothing = (why: string): Heard => ({ kind: "nothing", why });

/** Undefined when there are more bytes than may be. */
async function textOf({ body }: Response): Promise<string | undefined> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > bytesMax) {
      void reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** A browser tells a page nothing but that it failed: what can be known beforehand is said. */
export function whyUnreachable(base: string, page: string): string {
  const [other, own] = [new URL(base), new URL(page)];
  if (own.protocol === "https:" && other.protocol === "http:" && !isPrivate(other.hostname)) {
    return "a page that came over https: may not ask over http:";
  }
  if (isPrivate(other.hostname) && !isPrivate(own.hostname)) {
    return "it does not answer, or your browser keeps this page from asking a private network";
  }
  return "it does not answer, or does not let pages of other nodes read its answers";
}

const privateHost =
  /^(?:localhost|.*\.localhost|127\..*|10\..*|192\.168\..*|172\.(?:1[6-9]|2\d|3[01])\..*|169\.254\..*|\[::1\]|\[f[cd].*|\[fe80.*)$/;

const isPrivate = (host: string): boolean => privateHost.test(host);

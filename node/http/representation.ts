/**
 * What a client says it can read and what it has already, of a file that is there compressed and not.
 * @module
 */

const gzipWish = /^(?:gzip|\*)\s*(?:;\s*q=\s*([01](?:\.\d{0,3})?)\s*)?$/;

/** Whether `Accept-Encoding` takes gzip: the weight 0 means that it does not. */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  const wishes = (acceptEncoding ?? "").toLowerCase().split(",", wishesMax);
  for (const wish of wishes) {
    const match = gzipWish.exec(wish.trim());
    if (match !== null) return Number(match[1] ?? 1) > 0;
  }
  return false;
}

/** Whether `If-None-Match` names this tag. A proxy that compresses an answer makes its tag a weak one. */
export const hasTag = (ifNoneMatch: string | undefined, tag: string): boolean =>
  (ifNoneMatch ?? "")
    .split(",", wishesMax)
    .some((each) => each.trim() === "*" || each.trim().replace(/^W\//, "") === tag);

/** More than anybody sends. */
const wishesMax = 32;

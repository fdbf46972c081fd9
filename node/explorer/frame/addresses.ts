/**
 * Addresses of pages: `#/block/12` is the page "block" with one part. Hash addresses work under any prefix, from any
 * static place, and never reach the node.
 * @module
 */

export interface Route {
  /** The first part; empty for the home page. */
  readonly page: string;
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  /** All of it, to tell one route from another. */
  readonly key: string;
}

/** Reads any text; what is not well encoded stays as it is. */
export function routeOf(hash: string): Route {
  const key = hash.replace(/^#\/?/, "");
  const [path = "", query = ""] = key.split("?", 2);
  const [page = "", ...parts] = path.split("/").map(decoded);
  return { page, parts, query: new URLSearchParams(query), key };
}

/** `#/record/…`: every part is encoded, so that any text can be one. */
export const hrefOf = (page: string, ...parts: readonly (string | number)[]): string =>
  `#/${[page, ...parts.map((part) => encodeURIComponent(part))].join("/")}`;

/** What is not well encoded stays as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

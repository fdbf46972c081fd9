/**
 * The explorer's files, read once at start: what is not on this list is not served, so a path cannot lead out.
 *
 * The page and its style are files of the package; its script is compiled, and lies beside this file's own output.
 * @module
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Context } from "hono";
import type { App } from "./app.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mediaType: string;
  readonly tag: string;
}

const compiledDirectory = fileURLToPath(new URL("../explorer/", import.meta.url));
const sharedDirectory = fileURLToPath(new URL("../../src/api/", import.meta.url));

/**
 * What the explorer's script shares with the commands. Its scripts import `../../src/api/…`, which in a page under
 * /explorer/ is /src/api/…; these modules import nothing themselves.
 */
export const sharedModules: readonly string[] = ["fault-words", "vote-words"];

export function mountExplorer(app: App, directory: string): void {
  const files = new Map([...readFiles(compiledDirectory), ...readFiles(directory)]);
  const isShared = ([name]: readonly [string, StaticFile]): boolean =>
    sharedModules.some((module) => name === `${module}.js`);
  for (const [name, file] of readFiles(sharedDirectory).filter(isShared)) {
    files.set(`../src/api/${name}`, file);
  }
  const respond = (name: string) => (c: Context) => {
    const file = files.get(name);
    if (file === undefined) return c.notFound();
    const headers = { etag: file.tag, "cache-control": "no-cache" };
    if (c.req.header("if-none-match") === file.tag) return c.body(null, 304, headers);
    return c.body(file.bytes, 200, { ...headers, "content-type": file.mediaType });
  };
  app.get("/", respond("index.html"));
  for (const name of files.keys()) {
    app.get(new URL(name, "http://node/explorer/").pathname, respond(name));
  }
}

function readFiles(directory: string): [string, StaticFile][] {
  return readdirSync(directory).flatMap((name): [string, StaticFile][] => {
    const mediaType = mediaTypes[extname(name)];
    if (mediaType === undefined) return [];
    const bytes = new Uint8Array(readFileSync(join(directory, name)));
    const tag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
    return [[name, { bytes, mediaType, tag }]];
  });
}

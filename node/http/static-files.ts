/**
 * The explorer's files, read once at start: what is not on this list is not served, so a path cannot lead out.
 *
 * The page and its style are files of the package; its script is compiled, and lies beside this file's own output.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
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
const sharedDirectory = fileURLToPath(new URL("../../src/", import.meta.url));

/**
 * What the explorer's script shares with the commands, below src/. Its scripts import `../../src/…`, which in a page
 * under /explorer/ is /src/…; these modules import nothing but one another.
 */
export const sharedModules: readonly string[] = [
  "api/fault-words",
  "api/operation-words",
  "api/visible",
  "api/vote-words",
  "base/assert",
];

export function mountExplorer(app: App, directory: string): void {
  const files = new Map([...readFiles(compiledDirectory), ...readFiles(directory)]);
  for (const module of sharedModules) {
    const file = readFile(join(sharedDirectory, `${module}.js`));
    if (file !== undefined) files.set(`../src/${module}.js`, file);
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
    const file = readFile(join(directory, name));
    return file === undefined ? [] : [[name, file]];
  });
}

/** Undefined for what no page asks for, and for a script that is not compiled: the sources themselves can be run. */
function readFile(path: string): StaticFile | undefined {
  const mediaType = mediaTypes[extname(path)];
  if (mediaType === undefined || !existsSync(path)) return undefined;
  const bytes = new Uint8Array(readFileSync(path));
  const tag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
  return { bytes, mediaType, tag };
}

/**
 * The explorer's files, read once at start: what is not on this list is not served, so a path cannot lead out.
 *
 * Scripts and styles have their hash in their name, so browsers keep them for good; pages are asked for again. Each is
 * compressed once, here.
 * @module
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import type { App } from "./app.ts";
import { pagePolicy } from "./guards.ts";
import { hasTag, takesGzip } from "./representation.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

interface StaticFile {
  /** Below the directory, with slashes. */
  readonly path: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly compressed: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

/** @param directory what was built of node/explorer: `index.html`, other pages, and the folder `explorer/`. */
export function mountExplorer(app: App, directory: string): void {
  for (const file of readFiles(directory)) {
    const isPage = file.mediaType.startsWith("text/html");
    const respond = isPage ? servePage(file) : serveForGood(file);
    app.get(`/${file.path}`, respond);
    if (file.path === "index.html") app.get("/", respond);
    // Browsers ask for it where a page names none: an answer of JSON, the page of the API.
    if (/^explorer\/icon-.*\.svg$/.test(file.path)) app.get("/favicon.ico", serveIcon(file));
  }
}

/** To be kept, not to be shown: its script is inline, which the policy of our pages does not run. */
const keepsakes: ReadonlySet<string> = new Set(["verify.html"]);

const servePage = (file: StaticFile) => (c: Context) => {
  const headers = {
    etag: file.tag,
    "cache-control": "no-cache",
    vary: "Accept-Encoding",
    // Also where nothing has changed: a browser takes the headers of that answer for those of what it kept.
    "content-security-policy": pagePolicy,
    ...(keepsakes.has(file.path) ? { "content-disposition": "attachment" } : {}),
  };
  if (hasTag(c.req.header("if-none-match"), file.tag)) return c.body(null, 304, headers);
  return send(c, file, headers);
};

const serveForGood = (file: StaticFile) => (c: Context) =>
  send(c, file, {
    "cache-control": "public, max-age=31536000, immutable",
    vary: "Accept-Encoding",
  });

const serveIcon = (file: StaticFile) => (c: Context) =>
  send(c, file, { "cache-control": "public, max-age=86400", vary: "Accept-Encoding" });

function send(c: Context, file: StaticFile, headers: Record<string, string>): Response {
  const mayCompress = takesGzip(c.req.header("accept-encoding"));
  const type = { "content-type": file.mediaType };
  return mayCompress
    ? c.body(file.compressed, 200, { ...headers, ...type, "content-encoding": "gzip" })
    : c.body(file.bytes, 200, { ...headers, ...type });
}

function readFiles(directory: string): readonly StaticFile[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const mediaType = mediaTypes[extname(entry.name)];
    if (!entry.isFile() || mediaType === undefined) return [];
    const at = join(entry.parentPath, entry.name);
    const bytes = new Uint8Array(readFileSync(at));
    const tag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
    const path = relative(directory, at).replaceAll("\\", "/");
    return [{ path, mediaType, bytes, compressed: new Uint8Array(gzipSync(bytes)), tag }];
  });
}

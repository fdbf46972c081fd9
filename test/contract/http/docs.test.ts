/**
 * The page for people: whole, well-formed, kept by browsers, and nothing in it that could run.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenApiDocument } from "../../../node/http/docs/document.ts";
import { type Serving, serve } from "./serving.ts";

let serving: Serving;
let page: string;
let api: OpenApiDocument;

beforeAll(async () => {
  serving = await serve({ blocks: 1 });
  page = await (await fetch(`${serving.url}/docs`)).text();
  api = (await (await fetch(`${serving.url}/openapi.json`)).json()) as OpenApiDocument;
});
afterAll(() => serving.close());

const idsOf = (text: string): string[] =>
  [...text.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id);

/** What has no end tag. */
const voids = ["meta", "link", "br", "hr", "img", "input"];

test("every operation with its parameters, and every schema, has its place", () => {
  const ids = idsOf(page);
  for (const methods of Object.values(api.paths)) {
    for (const { operationId, parameters } of Object.values(methods)) {
      expect(ids).toContain(operationId);
      const after = page.slice(page.indexOf(`id="${operationId}"`));
      const section = after.slice(0, after.indexOf("</section>"));
      for (const { name } of parameters) expect(section).toContain(`<code>${name}</code>`);
      expect(section).toContain("curl ");
    }
  }
  for (const name of Object.keys(api.components.schemas)) expect(ids).toContain(`schema-${name}`);
});

test("ids are unique, and every link within the page leads somewhere", () => {
  const ids = idsOf(page);
  expect(new Set(ids).size).toBe(ids.length);
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id = ""]) => id);
  expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  const labels = [...page.matchAll(/aria-labelledby="([^"]+)"/g)].map(([, id = ""]) => id);
  expect(labels.filter((id) => !ids.includes(id))).toEqual([]);
});

test("the tags are balanced, and headings skip no level", () => {
  const open: string[] = [];
  for (const [, end, name = ""] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (end === "/") expect(open.pop()).toBe(name);
    else if (!voids.includes(name)) open.push(name);
  }
  expect(open).toEqual([]);
  const levels = [...page.matchAll(/<h([1-6])[ >]/g)].map(([, level]) => Number(level));
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
  for (const [i, level] of levels.entries()) {
    expect(level - (levels[i - 1] ?? 0), `heading ${i}`).toBeLessThanOrEqual(1);
  }
});

test("nothing in it runs or comes from elsewhere", async () => {
  expect(page).not.toMatch(/<script|\son\w+=|\sstyle=|<style|https?:\/\//);
  for (const path of ["/docs.css", "/docs.svg"]) {
    const { status, headers } = await fetch(`${serving.url}${path}`);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^(?:text\/css|image\/svg)/);
  }
  const css = await (await fetch(`${serving.url}/docs.css`)).text();
  expect(css).not.toMatch(/url\(|@import/);
});

test.each(["/docs", "/docs.css", "/openapi.json"])("%s is sent once, and small", async (path) => {
  const first = await fetch(`${serving.url}${path}`);
  expect(first.headers.get("content-encoding")).toBe("gzip");
  expect(Number(first.headers.get("content-length"))).toBeLessThan(40_000);
  await first.arrayBuffer();
  const again = await fetch(`${serving.url}${path}`, {
    headers: { "if-none-match": first.headers.get("etag") ?? "", "cache-control": "no-cache" },
  });
  expect(again.status).toBe(304);
});

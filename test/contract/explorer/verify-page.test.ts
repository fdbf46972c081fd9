/**
 * The receipt checker that a node gives away: one file to keep, with nothing in it that could reach out.
 * @module
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Serving, serve } from "../http/serving.ts";

let serving: Serving;
let answer: Response;
let html: string;

beforeAll(async () => {
  serving = await serve();
  answer = await fetch(`${serving.url}/verify.html`);
  html = await answer.text();
});
afterAll(async () => await serving.close());

const hashOf = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const insideOf = (tag: string): readonly string[] =>
  [...html.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, "g"))].map(
    (match) => match[1] ?? "",
  );

test("it is a file to keep, not a page of the node", () => {
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-disposition")).toBe("attachment");
  // The policy of our pages runs no inline script, should a browser show it all the same.
  expect(answer.headers.get("content-security-policy")).toContain("script-src 'self'");
});

test("its own policy runs its one script and nothing else, and reaches nowhere", () => {
  const [script, ...scripts] = insideOf("script");
  const [style, ...styles] = insideOf("style");
  expect([scripts, styles]).toEqual([[], []]);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
  expect(policy?.split("; ")).toEqual([
    "default-src 'none'",
    `script-src ${hashOf(script ?? "")}`,
    `style-src ${hashOf(style ?? "")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

test("it names no other file", () => {
  const markup = html.replace(/<(script|style)>[\s\S]*?<\/\1>/g, "");
  expect(markup).not.toMatch(/\b(src|href|srcset|action)=/);
  expect(insideOf("style").join()).not.toMatch(/url\(|@import/);
  expect(insideOf("script").join()).not.toMatch(/\bfetch\(|XMLHttpRequest|EventSource|WebSocket/);
});

test("it is small", () => {
  expect(gzipSync(html).length).toBeLessThan(40_000);
});

test("a page that is asked for again keeps its policy, and may still ask other nodes", async () => {
  const first = await fetch(`${serving.url}/`);
  const tag = first.headers.get("etag") ?? "";
  const again = await fetch(`${serving.url}/`, { headers: { "if-none-match": tag } });
  expect(again.status).toBe(304);
  const policyOf = ({ headers }: Response) => headers.get("content-security-policy");
  expect(policyOf(again)).toBe(policyOf(first));
  expect(policyOf(first)).toContain("connect-src 'self' http: https:");
});

test("what checks proofs is not part of the first view", async () => {
  const page = await (await fetch(`${serving.url}/`)).text();
  const path = /<script[^>]* src="([^"]+)"/.exec(page)?.[1] ?? "";
  const first = await (await fetch(new URL(path, serving.url))).text();
  const prover = /prover-[\w-]+\.js/.exec(first)?.[0];
  const later = await (await fetch(`${serving.url}/explorer/${prover}`)).text();
  // Words of the client, and of a proof's flaws.
  for (const words of ["A certificate of the proof has too few signatures", "lagging"]) {
    expect(later).toContain(words);
    expect(first).not.toContain(words);
  }
});

/**
 * The description of the interface against the node that serves it: whole, and true of every answer to a good request.
 *
 * Operations are taken from the served description, so a new route is tried by itself, and one that is not described
 * is found among the app's routes.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OpenApiDocument } from "../../../node/http/docs/document.ts";
import { fieldWords } from "../../../node/http/docs/field-words.ts";
import { problemCatalogue } from "../../../src/api/problem-catalogue.ts";
import { height } from "../../../src/protocol/ids.ts";
import { routesOf } from "./app-routes.ts";
import { ask, DescribedNode, type Operation } from "./described-node.ts";
import type { WholeNode } from "./whole-node.ts";

let served: DescribedNode;
let node: WholeNode;
let api: OpenApiDocument;
let operations: readonly Operation[];

beforeAll(async () => {
  served = await DescribedNode.open();
  ({ node, api, operations } = served);
});
afterAll(async () => {
  await served.close();
  expect(served.serving.errors).toEqual([]);
});

describe("the description is whole", () => {
  test("every route of the app is described, and nothing else", () => {
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(described.toSorted()).toEqual(routesOf(node).toSorted());
  });

  test("every reference leads somewhere, and every name is used", () => {
    const text = JSON.stringify(api);
    const used = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, n]) => n));
    const named = Object.keys(api.components.schemas);
    expect([...used].filter((name) => !named.includes(name ?? ""))).toEqual([]);
    const events = ["BlockEvent", "TransactionEvent", "PositionEvent", "StreamEnd"];
    expect(named.filter((name) => !used.has(name) && !events.includes(name))).toEqual([]);
  });

  test("every operation has its own id, a summary, a tag and a description of each parameter", () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { name, path, summary, tags, parameters } of operations) {
      expect(summary, name).not.toBe("");
      expect(api.tags.map((tag) => tag.name)).toContain(tags[0]);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, each]) => each);
      const declared = parameters.filter((each) => each.in === "path").map((each) => each.name);
      expect(declared).toEqual(inPath);
      for (const { name: parameter, description, schema } of parameters) {
        expect(description, `${name} ${parameter}`).not.toBe("");
        expect(Object.keys(schema).length, `${name} ${parameter}`).toBeGreaterThan(0);
      }
    }
  });

  test("every schema and every field is described", () => {
    const silent: string[] = [];
    const look = (schema: unknown, at: string): void => {
      if (typeof schema !== "object" || schema === null) return;
      for (const [keyword, value] of Object.entries(schema)) {
        if (keyword !== "properties") look(value, at);
        else {
          for (const [name, field] of Object.entries(value as object)) {
            if (!("description" in field)) silent.push(`${at}.${name}`);
            look(field, `${at}.${name}`);
          }
        }
      }
    };
    for (const [name, schema] of Object.entries(api.components.schemas)) {
      if (!("description" in schema)) silent.push(name);
      look(schema, name);
    }
    expect(silent).toEqual([]);
  });

  test("no words are about a field that there is not", () => {
    const text = JSON.stringify(api.components.schemas);
    const { words, exceptions } = fieldWords;
    const unused = [...Object.values(words), ...Object.values(exceptions)].filter(
      (each) => !text.includes(JSON.stringify(each)),
    );
    expect(unused).toEqual([]);
  });

  test("examples fit the schemas that they are examples of", () => {
    for (const { name, parameters } of operations) {
      for (const { name: parameter, schema, example } of parameters) {
        if (example === undefined) continue;
        expect(served.schemas.flaw(schema, example), `${name} ${parameter}`).toBeUndefined();
      }
    }
  });
});

describe("answers are as described", () => {
  test("a good request is answered well by every operation", async () => {
    const flaws: string[] = [];
    for (const operation of operations) {
      const init = served.goodRequest(operation);
      const answer = await ask(served.addressOf(operation), init);
      const flaw =
        answer.status < 300 ? served.flawOf(operation, answer) : JSON.stringify(answer.body);
      if (flaw !== undefined) flaws.push(`${operation.name}: ${flaw}`);
    }
    expect(flaws).toEqual([]);
  });

  test("the examples can be tried as they stand", async () => {
    const flaws: string[] = [];
    for (const operation of operations) {
      const given = operation.parameters
        .filter(({ example }) => example !== undefined)
        .map(({ in: place, name, example }) => [`${place}.${name}`, [String(example)]] as const);
      const init: RequestInit = { method: operation.method.toUpperCase() };
      const body = operation.requestBody?.content["application/json"]?.example;
      if (operation.requestBody !== undefined) {
        if (body === undefined) continue;
        init.headers = { "content-type": "application/json" };
        init.body = JSON.stringify(body);
      }
      const answer = await ask(served.addressOf(operation, Object.fromEntries(given)), init);
      const isTrue = answer.status < 300 || answer.status === 404;
      const flaw = isTrue ? served.flawOf(operation, answer) : JSON.stringify(answer.body);
      if (flaw !== undefined) flaws.push(`${operation.name}: ${flaw}`);
    }
    expect(flaws).toEqual([]);
  });

  test("transactions in every state are as described", async () => {
    const one = served.operation("get /v1/transactions/{id}");
    const { id } = node.waiting;
    const statuses = [
      { kind: "pending", transaction: node.waiting },
      { kind: "refused", code: "fee_too_low", message: "m" },
      { kind: "invalid", code: "bad_signature", message: "m" },
      { kind: "superseded", by: node.paid.id },
      { kind: "expired" },
    ] as const;
    for (const status of statuses) {
      node.rule(id, status);
      expect(
        served.flawOf(one, await ask(served.addressOf(one, { "path.id": [id] }))),
      ).toBeUndefined();
    }
    node.rule(id, { kind: "pending", transaction: node.waiting });
    for (let at = 0; at <= node.tip().height; at += 1) {
      for (const { id: each } of node.blockAt(height(at))?.block.transactions ?? []) {
        expect(
          served.flawOf(one, await ask(served.addressOf(one, { "path.id": [each] }))),
        ).toBeUndefined();
      }
    }
  });

  test("the events of the stream are as described, each by its name", async () => {
    const names = {
      position: "PositionEvent",
      block: "BlockEvent",
      transaction: "TransactionEvent",
    };
    const stop = new AbortController();
    const url = `${served.serving.url}/v1/stream?topics=blocks,transactions&cursor=0`;
    const { body } = await fetch(url, { signal: stop.signal });
    if (body === null) throw new Error("a stream has a body");
    const seen = new Map<string, number>();
    const flaws: (string | undefined)[] = [];
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const events = (text + decoder.decode(chunk, { stream: true })).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const name = /^event: (\w+)$/m.exec(event)?.[1];
        if (name === undefined) continue;
        const schema = { $ref: `#/components/schemas/${names[name as keyof typeof names]}` };
        const json: unknown = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "null");
        const flaw = served.schemas.flaw(schema, json);
        if (flaw !== undefined) flaws.push(`${name}: ${flaw}`);
        seen.set(name, (seen.get(name) ?? 0) + 1);
      }
      if ((seen.get("block") ?? 0) >= node.tip().height) break;
    }
    stop.abort();
    expect(flaws).toEqual([]);
    expect([...seen.keys()].toSorted()).toEqual(Object.keys(names).toSorted());
  });

  test("HEAD answers as GET does, without a body; OPTIONS says what is allowed; other methods are 405", async () => {
    const flaws: string[] = [];
    for (const [path, methods] of Object.entries(api.paths)) {
      const [method = ""] = Object.keys(methods);
      const url = served.addressOf(served.operation(`${method} ${path}`));
      if ("get" in methods) {
        const head = await ask(url, { method: "HEAD" });
        if (head.status !== 200) flaws.push(`HEAD ${path}: ${head.status}`);
        if (!head.headers.has("quorate-tip")) flaws.push(`HEAD ${path} without Quorate-Tip`);
      }
      const options = await ask(url, { method: "OPTIONS" });
      if (options.status !== 204) flaws.push(`OPTIONS ${path}: ${options.status}`);
      const headers = { "content-type": "application/json" };
      for (const other of ["PUT", "DELETE", "PATCH", "GET", "POST"]) {
        // /v1/transactions/batch is also a place for the id of a transaction.
        const isOther = other === "GET" && path === "/v1/transactions/batch";
        if (other.toLowerCase() in methods || isOther) continue;
        const answer = await ask(url, { method: other, headers });
        if (answer.status !== 405 || !answer.headers.has("allow")) {
          flaws.push(`${other} ${path}: ${answer.status}`);
        }
      }
    }
    expect(flaws).toEqual([]);
  });
});

describe("problems", () => {
  test("every code leads to its explanation on the node", async () => {
    const page = await (await fetch(`${served.serving.url}/docs`)).text();
    for (const code of problemCatalogue.keys()) expect(page).toContain(`id="problem-${code}"`);
    const { body } = await ask(`${served.serving.url}/v1/blocks/x`);
    expect(body).toMatchObject({ type: "/docs#problem-bad_request", code: "bad_request" });
  });
});

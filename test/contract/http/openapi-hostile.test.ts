/**
 * What the node answers to requests that are not right: a documented problem that names the field, never a 500.
 *
 * The input is made of the served description: for each parameter what fits its schema, what does not and what lies at
 * its bounds; for each body what is no body of that kind.
 * @module
 */
import { afterAll, describe, expect, test } from "vitest";
import { batchBytesMax } from "../../../src/api/batch.ts";
import { ask, DescribedNode, fieldOf, type Operation } from "./described-node.ts";
import { inputsOf } from "./hostile-inputs.ts";

const served = await DescribedNode.open();

afterAll(async () => {
  await served.close();
  expect(served.serving.errors).toEqual([]);
});

const gets = served.operations.filter(({ method }) => method === "get");
const posts = served.operations.filter(({ method }) => method === "post");

describe("whatever is given for a parameter", () => {
  const withParameters = served.operations.filter(({ parameters }) => parameters.length > 0);
  test.each(withParameters)(
    "$name answers as described, and names what does not fit",
    async (operation) => {
      const flaws: string[] = [];
      for (const parameter of operation.parameters) {
        const { name, in: place } = parameter;
        const inputs = inputsOf(parameter).filter(({ text }) => canBeSent(place, text));
        await Promise.all(
          inputs.map(async ({ text, fits }) => {
            const flaw = await flawWith(operation, `${place}.${name}`, text, fits);
            if (flaw !== undefined)
              flaws.push(`${place}.${name}=${JSON.stringify(text.slice(0, 40))}: ${flaw}`);
          }),
        );
      }
      expect(flaws).toEqual([]);
    },
  );
});

/** In a path, some texts lead to another one; in a header, some are not sent as they are. */
function canBeSent(place: string, text: string): boolean {
  if (place === "path") return text !== "" && text !== "..";
  return place !== "header" || (/^[ -~]+$/.test(text) && text.trim() === text);
}

async function flawWith(
  operation: Operation,
  key: string,
  text: string,
  fits: boolean,
): Promise<string | undefined> {
  const init = served.goodRequest(operation);
  const [place = "", name = ""] = key.split(".");
  if (place === "header") init.headers = { ...init.headers, [name]: text };
  const answer = await ask(served.addressOf(operation, { [key]: [text] }), init);
  const flaw = served.flawOf(operation, answer);
  if (flaw !== undefined || fits) return flaw;
  const isRefused = answer.status >= 400 && answer.status < 500;
  if (isRefused && fieldOf(answer) === key) return undefined;
  return `does not fit, and is answered ${answer.status}, ${fieldOf(answer)}`;
}

test("a parameter that is missing, or given twice, is named", async () => {
  const flaws: string[] = [];
  for (const operation of gets) {
    for (const { name, in: place, required, schema, example } of operation.parameters) {
      if (place !== "query") continue;
      const key = `query.${name}`;
      const expectNamed = async (texts: readonly string[] | undefined): Promise<void> => {
        const answer = await ask(served.addressOf(operation, { [key]: texts }));
        if (answer.status === 400 && fieldOf(answer) === key) return;
        flaws.push(`${operation.name} ${key} ${texts}: ${answer.status}, ${fieldOf(answer)}`);
      };
      if (required) await expectNamed(undefined);
      if (schema["type"] === "array" || example === undefined) continue;
      const value = served.goodValue(operation, name, example);
      await expectNamed([value, value]);
    }
  }
  expect(flaws).toEqual([]);
});

describe("what is asked for and is not there", () => {
  const absent: Readonly<Record<string, string>> = {
    reference: "99999",
    id: "00".repeat(32),
    number: "99999",
    from: "99999",
    to: "99999",
    height: "99998",
    at: "99999",
    known: "99999",
    topic: "nothing",
    key: "nothing",
    version: "99999",
    cursor: "99999",
  };
  const absences = (operation: Operation): readonly string[] =>
    JSON.stringify(operation.responses["404"] ?? {}).match(/[a-z]+_(?:unknown|not_found)/g) ?? [];
  const ofTheLedger = gets.filter((each) =>
    absences(each).some((code) => code !== "route_unknown"),
  );

  /** All of it together, and each by itself. */
  function* asked(operation: Operation): Generator<string> {
    const keys = operation.parameters
      .filter(({ name }) => name in absent)
      .map(({ in: place, name }) => [`${place}.${name}`, [absent[name] ?? ""]] as const);
    yield served.addressOf(operation, Object.fromEntries(keys));
    for (const [key, texts] of keys) yield served.addressOf(operation, { [key]: texts });
  }

  test.each(ofTheLedger)(
    "$name: a documented 404, or 503 where the node is behind",
    async (operation) => {
      const { node } = served;
      const codes = new Set<string>();
      for (const url of asked(operation)) {
        node.sync = { kind: "synced" };
        const answer = await ask(url);
        expect(served.flawOf(operation, answer), url).toBeUndefined();
        node.sync = { kind: "behind", blocks: 7, peers: 1 };
        const behind = await ask(url);
        node.sync = { kind: "synced" };
        expect(served.flawOf(operation, behind), url).toBeUndefined();
        if (answer.status === 404) codes.add((answer.body as { readonly code: string }).code);
      }
      expect(codes.size).toBeGreaterThan(0);
      // What is documented as absent can be: the code of a transaction that waits has a test of its own.
      const described = new Set(absences(operation));
      expect([...codes].filter((code) => !described.has(code))).toEqual([]);
    },
  );
});

describe("a body that is not right", () => {
  const bodies: readonly (string | Uint8Array)[] = [
    "",
    "{",
    "null",
    "1",
    '"x"',
    "[[]]",
    '{"transaction":1,"address":1,"groups":1}',
    '{"transaction":"****","address":"x","groups":[]}',
    '{"transaction":"AAAA","address":"x","groups":[["0"]],"more":1}',
    '{"__proto__":{"groups":[[0]]}}',
    "[".repeat(900),
    new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
    new Uint8Array(500).fill(0x80),
  ];
  const types = [
    "application/json",
    "application/json; charset=utf-16",
    "application/octet-stream",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json-patch+json",
    "nonsense",
  ];
  /** In a batch each item has its own verdict; steering reads nothing of a body that is an object. */
  const maySucceed = /\/batch$|\/local\/(?:nodes|heal)/;

  test.each(posts)(
    "$name is refused with a documented problem that names it",
    async (operation) => {
      const flaws: string[] = [];
      const tryBody = async (type: string, body: string | Uint8Array): Promise<void> => {
        const init = { method: "POST", headers: { "content-type": type }, body };
        const answer = await ask(served.addressOf(operation), init as RequestInit);
        const at = `${type} ${String(body).slice(0, 50)}`;
        const flaw = served.flawOf(operation, answer);
        if (flaw !== undefined) flaws.push(`${at}: ${flaw}`);
        else if (
          answer.status < 400 ? !maySucceed.test(operation.path) : fieldOf(answer) === null
        ) {
          flaws.push(`${at}: ${answer.status} ${JSON.stringify(answer.body)}`);
        }
      };
      for (const type of types) await Promise.all(bodies.map((body) => tryBody(type, body)));
      const tooLarge = "x".repeat(batchBytesMax + 1);
      await tryBody("application/json", tooLarge);
      await tryBody("application/octet-stream", tooLarge);
      const bare = await ask(served.addressOf(operation), { method: "POST" });
      if (bare.status !== 415) flaws.push(`without anything: ${bare.status}`);
      expect(flaws).toEqual([]);
    },
  );
});

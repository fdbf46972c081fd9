/**
 * GET /v1/records by content, /v1/records/{address} of an account, and one record with its versions.
 *
 * Topics and keys may be any text. In a path they are percent-encoded; `.` and `..`, which no path can hold, are given
 * as `topic` and `key` in the query, with anything in their place in the path.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import { type Problem, requestProblem } from "../../../src/api/problem.ts";
import {
  recordSchema,
  recordsSchema,
  recordVersionsSchema,
} from "../../../src/api/record-schemas.ts";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import { parseAddress } from "../../../src/protocol/address.ts";
import type { AccountId, Digest } from "../../../src/protocol/ids.ts";
import type { RecordPlace } from "../../../src/protocol/records.ts";
import { badAddress } from "../addresses.ts";
import { type App, answers, problemAnswer, type Served, shortPages } from "../app.ts";
import { parseNumber } from "../cursor.ts";
import {
  addressText,
  cursorForms,
  cursorOf,
  idText,
  integerText,
  limitText,
} from "../parameters.ts";
import {
  formatOperation,
  formatPlace,
  type NameKind,
  nameFlaw,
  nameText,
  parseOperation,
  parsePlace,
  pathSegment,
} from "../record-places.ts";
import { recordJson, recordNowJson, recordVersionJson } from "../record-to-json.ts";

/** Read and checked by the route itself, which knows how a path holds them. */
const params = z.object({ address: addressText, topic: nameText("topic"), key: nameText("key") });
/** Instead of those in the path. */
const names = { topic: nameText("topic").optional(), key: nameText("key").optional() };
const cursor = cursorOf((text) => text, cursorForms.hex);
const versionText = integerText({ min: 1 });

function parseVersion(text: string): number | undefined {
  const version = parseNumber(text);
  return version === 0 ? undefined : version;
}

const contentRoute = createRoute({
  method: "get",
  path: "/v1/records",
  summary: "Every version of any record that was written with a content, oldest first",
  description: shortPages,
  request: {
    query: z.object({
      contentHash: idText,
      cursor: cursorOf(parseOperation, cursorForms.operation),
      limit: limitText,
    }),
  },
  responses: answers("A page of record versions", recordVersionsSchema),
});

const accountRoute = createRoute({
  method: "get",
  path: "/v1/records/{address}",
  summary: "The current versions of an account's records, or of those of one topic",
  request: {
    params: z.object({ address: addressText }),
    query: z.object({ topic: names.topic, cursor, limit: limitText }),
  },
  responses: answers("A page of records", recordsSchema),
});

const oneRoute = createRoute({
  method: "get",
  path: "/v1/records/{address}/{topic}/{key}",
  summary: "One record: its current version, or an earlier one",
  request: { params, query: z.object({ ...names, version: versionText.optional() }) },
  responses: answers("The version, and which is the newest", recordSchema),
});

const versionsRoute = createRoute({
  method: "get",
  path: "/v1/records/{address}/{topic}/{key}/versions",
  summary: "The versions of a record, newest first",
  description: shortPages,
  request: {
    params,
    query: z.object({
      ...names,
      cursor: cursorOf(parseVersion, cursorForms.version),
      limit: limitText,
    }),
  },
  responses: answers("A page of versions", recordVersionsSchema),
});

export function mountRecords(app: App, { queries, json }: Served): void {
  const prefix = queries.genesis.addressPrefix;

  app.openapi(contentRoute, async (c) => {
    const { contentHash, cursor: from, limit } = c.req.valid("query");
    const found = await queries.records.withContent(contentHash as Digest, from, limit);
    const items = found.items.map((record) => recordVersionJson(json, record));
    const next = found.next === undefined ? null : formatOperation(found.next);
    const prev = found.prev === undefined ? null : formatOperation(found.prev);
    return c.json({ items, next, prev, tip: json.tip(found.tip) }, 200);
  });

  app.openapi(accountRoute, async (c) => {
    const account = parseAddress(prefix, c.req.valid("param").address);
    if (!account.ok) return problemAnswer(c, badAddress(account.reason));
    const { topic, cursor: start, limit } = c.req.valid("query");
    const flaw = topic === undefined ? undefined : nameFlaw("topic", topic);
    if (flaw !== undefined) return problemAnswer(c, badName("query.topic", flaw));
    const from = start === undefined ? undefined : parsePlace(account.value, start);
    if (start !== undefined && from === undefined) return problemAnswer(c, badCursor);
    const of = { account: account.value, topic };
    const found = await queries.records.ofAccount(of, from, limit);
    const items = found.items.map((record) => recordJson(json, record));
    const next = found.next === undefined ? null : formatPlace(found.next);
    const prev = found.prev === undefined ? null : formatPlace(found.prev);
    return c.json({ items, next, prev, tip: json.tip(found.tip) }, 200);
  });

  app.openapi(oneRoute, async (c) => {
    const { version, ...given } = c.req.valid("query");
    const place = placeIn(c, prefix, given);
    if (!place.ok) return problemAnswer(c, place.reason);
    const found = await queries.records.record(place.value, version);
    if (found === undefined) return problemAnswer(c, recordNotFound(version));
    return c.json(recordNowJson(json, found), 200);
  });

  app.openapi(versionsRoute, async (c) => {
    const { cursor: start, limit, ...given } = c.req.valid("query");
    const place = placeIn(c, prefix, given);
    if (!place.ok) return problemAnswer(c, place.reason);
    const found = await queries.records.versions(place.value, start, limit);
    if (found === undefined) return problemAnswer(c, recordNotFound(undefined));
    const items = found.items.map((record) => recordVersionJson(json, record));
    const next = found.next?.toString() ?? null;
    const prev = found.prev?.toString() ?? null;
    return c.json({ items, next, prev, tip: json.tip(found.tip) }, 200);
  });
}

/** Segments of `/v1/records/{address}/{topic}/{key}`. */
const segments: Readonly<Record<"address" | NameKind, number>> = { address: 3, topic: 4, key: 5 };

type GivenNames = { readonly [Kind in NameKind]?: string | undefined };

/** Which record a request is about: the names in the query go before those in the path. */
function placeIn(c: Context, prefix: string, given: GivenNames): Result<RecordPlace, Problem> {
  const account = parseAddress(prefix, pathSegment(c.req.url, segments.address) ?? "");
  if (!account.ok) return fail(badAddress(account.reason));
  const topic = nameIn(c, "topic", given);
  if (!topic.ok) return topic;
  const key = nameIn(c, "key", given);
  if (!key.ok) return key;
  return ok({ account: account.value as AccountId, topic: topic.value, key: key.value });
}

function nameIn(c: Context, kind: NameKind, given: GivenNames): Result<string, Problem> {
  const isGiven = given[kind] !== undefined;
  const field = `${isGiven ? "query" : "path"}.${kind}`;
  const name = given[kind] ?? pathSegment(c.req.url, segments[kind]);
  if (name === undefined) return fail(badName(field, "not percent-encoded UTF-8"));
  const flaw = nameFlaw(kind, name);
  return flaw === undefined ? ok(name) : fail(badName(field, flaw));
}

const badName = (field: string, flaw: string): Problem =>
  requestProblem("bad_request", `${field}: ${flaw}`, { field });

const badCursor = requestProblem("bad_cursor", "The cursor is not one that this list gave.", {
  field: "query.cursor",
});

const recordNotFound = (version: number | undefined): Problem =>
  version === undefined
    ? requestProblem("record_not_found", "The account has written no such record.", {
        field: "path.key",
      })
    : requestProblem("record_not_found", `The record has no version ${version}.`, {
        field: "query.version",
      });

/**
 * What every route is written against: the app, the node behind it, and the form of its answers.
 * @module
 */
import type { HttpBindings } from "@hono/node-server";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, TypedResponse } from "hono";
import type { ClientErrorStatusCode, ServerErrorStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import { type Problem, problemMediaType } from "../../src/api/problem.ts";
import { problemSchema } from "../../src/api/schemas.ts";
import type { NodeQueries } from "../../src/replica/node-queries.ts";
import type { JsonWriter } from "./to-json.ts";

export type Env = { readonly Bindings: HttpBindings };
export type App = OpenAPIHono<Env>;

/** The node as the routes see it. */
export interface Served {
  readonly queries: NodeQueries;
  readonly json: JsonWriter;
}

type Described<Schema extends z.ZodType, MediaType extends string> = {
  readonly description: string;
  readonly content: Readonly<Record<MediaType, { readonly schema: Schema }>>;
};

/** The answers of a route: one form when it went well, a problem otherwise. */
export type Answers<Schema extends z.ZodType> = {
  readonly 200: Described<Schema, "application/json">;
  readonly default: Described<z.ZodType<Problem>, "application/problem+json">;
};

/** The answer of every route that it has no better one. */
export const problemAnswers: Answers<z.ZodType>["default"] = {
  description: "A problem; `code` says which",
  content: { [problemMediaType]: { schema: problemSchema } },
};

export function answers<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
): Answers<Schema> {
  return {
    200: { description, content: { "application/json": { schema } } },
    default: problemAnswers,
  };
}

type ProblemStatus = ClientErrorStatusCode | ServerErrorStatusCode;
export type ProblemAnswer = Response & TypedResponse<Problem, ProblemStatus, "json">;

/** Answers with a problem, whatever the route's own form is. */
export function problemAnswer(
  c: Context,
  problem: Problem,
  headers: Record<string, string> = {},
): ProblemAnswer {
  const status = problem.status as ProblemStatus;
  return c.json(problem, status, { "content-type": problemMediaType, ...headers });
}

/** Said of lists whose items are in blocks that have to be read for them. */
export const shortPages =
  "A page may hold fewer items than `limit`, and name `next` all the same, where many transactions have to be read for it: the list ends where `next` is null.";

/**
 * The description of the interface, OpenAPI 3.1: made of the schemas that validate, so that it cannot say otherwise.
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { problemMediaType } from "../../../src/api/problem.ts";
import { type ProblemCode, problemCatalogue } from "../../../src/api/problem-catalogue.ts";
import type { Env } from "../app.ts";
import { described } from "./field-words.ts";
import { introduction } from "./introduction.ts";
import { type JsonSchema, jsonSchemaOf, namedSchemas } from "./json-schema.ts";
import {
  bodyExample,
  type Examples,
  parameterWords,
  partOf,
  partsOfInterface,
  problemsOf,
} from "./operation-words.ts";

export interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

export interface MediaTypeObject {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, MediaTypeObject>>;
}

export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly ParameterObject[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, MediaTypeObject>>;
  };
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

export interface HeaderObject {
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly jsonSchemaDialect: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly headers: Readonly<Record<string, HeaderObject>>;
  };
}

type Definition = OpenAPIHono<Env>["openAPIRegistry"]["definitions"][number];
type Route = Extract<Definition, { type: "route" }>["route"];

export function openApiDocument(
  definitions: readonly Definition[],
  examples: Examples,
): OpenApiDocument {
  const routes = definitions.flatMap((each) => (each.type === "route" ? [each.route] : []));
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route, examples) };
  }
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: {
      title: "Quorate",
      version: "1",
      description: introduction,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "The node that answers" }],
    tags: partsOfInterface.map(({ name, description }) => ({ name, description })).toReversed(),
    paths,
    components: { schemas: described(namedSchemas()), headers },
  };
}

const headers: Readonly<Record<string, HeaderObject>> = {
  "Quorate-Tip": {
    description: "Height and id of the node's newest final block: `height/id`.",
    schema: { type: "string", pattern: "^(?:0|[1-9][0-9]*)/[0-9a-f]{64}$" },
  },
  "Retry-After": {
    description: "How many seconds to wait before asking again.",
    schema: { type: "integer", minimum: 1 },
  },
  "Content-Disposition": {
    description: "The name under which a browser saves the file.",
    schema: { type: "string" },
  },
};

const headerOf = (name: string): Readonly<Record<string, { readonly $ref: string }>> => ({
  [name]: { $ref: `#/components/headers/${name}` },
});

function operationOf(route: Route, examples: Examples): OperationObject {
  const { method, path, request } = route;
  const operation = `${method} ${path}`;
  const parameters = [
    ...parametersIn("path", operation, request?.params, examples),
    ...parametersIn("query", operation, request?.query, examples),
    ...parametersIn("header", operation, request?.headers, examples),
  ];
  const body = request?.body;
  const example = bodyExample(operation, examples);
  const problems = problemsOf({
    method,
    path,
    parameters: parameters.map(({ name }) => name),
    hasBody: body !== undefined,
  });
  return {
    operationId: operationIdOf(method, path),
    tags: [partOf(path)],
    summary: route.summary ?? "",
    ...(route.description === undefined ? {} : { description: route.description }),
    parameters,
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: contentOf(body.content, example) } }),
    responses: { ...answersOf(route), ...problemAnswersOf(problems) },
  };
}

/** `get /v1/blocks/{reference}/transactions` is getBlocksReferenceTransactions. */
const operationIdOf = (method: string, path: string): string =>
  method +
  path
    .replace(/^\/v1/, "")
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

function parametersIn(
  place: ParameterObject["in"],
  operation: string,
  schemas: unknown,
  examples: Examples,
): readonly ParameterObject[] {
  if (!(schemas instanceof z.ZodObject)) return [];
  return Object.entries(schemas.shape as Record<string, z.ZodType>).map(([name, schema]) => {
    const { description = "", example } = parameterWords(operation, name, examples) ?? {};
    return {
      name,
      in: place,
      required: place === "path" || !schema.safeParse(undefined).success,
      description,
      schema: jsonSchemaOf(schema),
      ...(example === undefined ? {} : { example }),
    };
  });
}

function contentOf(
  content: Readonly<Record<string, unknown>>,
  example?: unknown,
): Record<string, MediaTypeObject> {
  return Object.fromEntries(
    Object.entries(content).map(([mediaType, each]) => {
      const { schema } = each as { readonly schema: z.ZodType };
      const shown = example === undefined ? {} : { example };
      return [mediaType, { schema: jsonSchemaOf(schema), ...shown }];
    }),
  );
}

interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

/** How it is answered when it goes well. */
function answersOf({ responses }: Route): Record<string, ResponseObject> {
  const answers: Record<string, ResponseObject> = {};
  for (const [status, response] of Object.entries(responses)) {
    if (status === "default" || "$ref" in response) continue;
    const { description, content } = response as Answer;
    const isFile = content !== undefined && "text/csv" in content;
    answers[status] = {
      description,
      headers: {
        ...headerOf("Quorate-Tip"),
        ...(isFile ? headerOf("Content-Disposition") : {}),
      },
      ...(content === undefined ? {} : { content: contentOf(content) }),
    };
  }
  return answers;
}

function problemAnswersOf(
  problems: ReadonlyMap<number, readonly ProblemCode[]>,
): Record<string, ResponseObject> {
  const answers = [...problems].map(([status, codes]): [string, ResponseObject] => {
    const words = codes.map((code) => `\`${code}\`: ${problemCatalogue.get(code)?.title}`);
    return [
      String(status),
      {
        description: words.join(" "),
        headers: {
          ...headerOf("Quorate-Tip"),
          ...(status === 429 || status === 503 ? headerOf("Retry-After") : {}),
        },
        content: { [problemMediaType]: { schema: problemSchemaOf(status, codes) } },
      },
    ];
  });
  return Object.fromEntries(answers);
}

const problemSchemaOf = (status: number, codes: readonly ProblemCode[]): JsonSchema => ({
  allOf: [{ $ref: "#/components/schemas/Problem" }],
  properties: { status: { const: status }, code: { enum: codes } },
});

/**
 * JSON Schemas of the schemas that validate: what is written before it is read, with names in place of repetitions.
 * @module
 */
import { z } from "zod";
import { type WrittenForm, writtenForms } from "../parameters.ts";
import { components } from "./components.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

const componentsPath = "#/components/schemas/";

type Conversion = NonNullable<Parameters<typeof z.toJSONSchema>[1]>;

const conversion = {
  io: "input",
  target: "draft-2020-12",
  unrepresentable: "any",
  metadata: components as never,
  override: ({ zodSchema, jsonSchema }) => {
    const form: WrittenForm | undefined = writtenForms.get(zodSchema)?.form;
    if (form !== undefined && jsonSchema.$ref === undefined) {
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as JsonObject)[key];
      Object.assign(jsonSchema, form);
    }
    // The largest integer that JSON carries is no bound of ours.
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
} satisfies Conversion;

type JsonObject = Record<string, unknown>;

/** The schema where it is used: a reference where it has a name. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, $defs: __, ...rest } = z.toJSONSchema(schema, conversion) as JsonObject;
  return JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', `"${componentsPath}`));
}

/** All schemas that have a name, by their names. */
export function namedSchemas(): Readonly<Record<string, JsonSchema>> {
  const { schemas } = z.toJSONSchema(components as never, {
    ...conversion,
    uri: (id: string) => componentsPath + id,
  }) as unknown as { readonly schemas: Readonly<Record<string, JsonObject>> };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  );
}

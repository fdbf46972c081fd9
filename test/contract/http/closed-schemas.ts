/**
 * Validators of the answers, from the description that a node serves: closed, so that an answer which says more than
 * its description is refused too.
 * @module
 */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { OpenApiDocument } from "../../../node/http/docs/document.ts";
import type { JsonSchema } from "../../../node/http/docs/json-schema.ts";

const prefix = "#/components/schemas/";

export class ClosedSchemas {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor({ components }: OpenApiDocument) {
    const schemas: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(components.schemas)) {
      schemas[name] = close(schema, true);
      schemas[`${name}Open`] = close(schema, false);
    }
    this.#ajv.addSchema({ $id: "node:api", components: { schemas } });
  }

  /** What is wrong with the value; undefined: nothing. */
  flaw(schema: JsonSchema, value: unknown): string | undefined {
    const text = JSON.stringify(close(schema, true)).replaceAll(`"${prefix}`, `"node:api${prefix}`);
    const validate = this.#compiled.get(text) ?? this.#ajv.compile(JSON.parse(text));
    this.#compiled.set(text, validate);
    if (validate(value)) return undefined;
    return this.#ajv.errorsText(validate.errors?.slice(0, 5));
  }
}

/** What `allOf` puts together is closed as a whole, not in its pieces. */
function close(schema: unknown, isWhole: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((each) => close(each, isWhole));
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "properties") {
      const fields = Object.entries(value as object).map(([name, field]) => [
        name,
        close(field, true),
      ]);
      copy[keyword] = Object.fromEntries(fields);
    } else if (keyword === "allOf") copy[keyword] = close(value, false);
    else if (keyword === "$ref" && !isWhole) copy[keyword] = `${value}Open`;
    else copy[keyword] = close(value, isWhole || keyword === "items");
  }
  const isObject = "properties" in copy || "allOf" in copy;
  const isOpen = "additionalProperties" in copy;
  if (isWhole && isObject && !isOpen) copy["unevaluatedProperties"] = false;
  return copy;
}

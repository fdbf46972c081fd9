/**
 * A JSON Schema in a few words: "Id or null", "list of Block", "integer from 1 to 100".
 * @module
 */
import { numberMax } from "../parameters.ts";
import { type Html, html, nothing, prose } from "./html.ts";
import type { JsonSchema } from "./json-schema.ts";

const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);

export const listIn = (schema: JsonSchema, keyword: string): readonly JsonSchema[] => {
  const value = schema[keyword];
  return Array.isArray(value) ? (value as readonly JsonSchema[]) : [];
};

const alternativesOf = (schema: JsonSchema): readonly JsonSchema[] => [
  ...listIn(schema, "anyOf"),
  ...listIn(schema, "oneOf"),
];

const joined = (parts: readonly Html[], by: string): Html => {
  const [first = nothing, ...others] = parts;
  return html`${first}${others.map((part) => html`${by}${part}`)}`;
};

/** @param areMany whether it is said of the items of a list. */
export function typeWords(schema: JsonSchema, areMany = false): Html {
  const { $ref: reference, type } = schema;
  if (typeof reference === "string") {
    const name = nameOf(reference);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if ("const" in schema) return html`<code>${JSON.stringify(schema["const"])}</code>`;
  if (Array.isArray(schema["enum"])) {
    const values = schema["enum"] as readonly unknown[];
    return joined(
      values.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      ", ",
    );
  }
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0)
    return joined(
      alternatives.map((each) => typeWords(each)),
      " or ",
    );
  if (type === "array") {
    const items = schema["items"] as JsonSchema | undefined;
    const most = schema["maxItems"];
    const bound = typeof most === "number" ? ` of up to ${most}` : " of";
    return html`list${bound} ${items === undefined ? nothing : typeWords(items, true)}`;
  }
  const types = Array.isArray(type) ? (type as readonly string[]).join(" or ") : String(type ?? "");
  const plural = areMany && types !== "" ? "s" : "";
  return html`${types === "" ? "bytes" : types}${plural}${boundWords(schema)}`;
}

/** Bounds, pattern and what stands for absence. */
function boundWords(schema: JsonSchema): Html {
  const words: Html[] = [];
  const { minimum, maximum, minLength, maxLength, pattern } = schema;
  if (minimum !== undefined && maximum !== undefined && maximum !== numberMax) {
    words.push(html` from ${String(minimum)} to ${String(maximum)}`);
  } else if (minimum !== undefined) words.push(html` from ${String(minimum)}`);
  if (typeof minLength === "number") words.push(html`, at least ${minLength} letters`);
  if (typeof maxLength === "number") words.push(html`, up to ${maxLength} letters`);
  if (typeof schema["contentEncoding"] === "string")
    words.push(html`, ${schema["contentEncoding"]}`);
  if (typeof pattern === "string") words.push(html`, as <code class="pattern">${pattern}</code>`);
  if ("default" in schema) {
    words.push(html`; without it <code>${JSON.stringify(schema["default"])}</code>`);
  }
  return html`${words}`;
}

export const descriptionOf = (schema: JsonSchema): Html =>
  typeof schema["description"] === "string" ? prose(schema["description"]) : nothing;

/**
 * The part of the page that shows the named schemas: their fields in tables.
 * @module
 */
import { type Html, html, nothing } from "./html.ts";
import type { JsonSchema } from "./json-schema.ts";
import { descriptionOf, listIn, typeWords } from "./type-words.ts";

interface Field {
  /** With dots where objects stand in objects. */
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

export const schemaSection = (name: string, schema: JsonSchema): Html => html`
<section aria-labelledby="schema-${name}">
<h3 id="schema-${name}">${name}</h3>
<p>${descriptionOf(schema)}</p>
${shapeOf(schema, name)}
</section>`;

/** One table, or one for each alternative. */
function shapeOf(schema: JsonSchema, label: string): Html {
  const alternatives = objectsIn(schema);
  if (alternatives.length === 0) return html`<p>${typeWords(schema)}</p>`;
  return html`${alternatives.map((each, i) => {
    const title = alternatives.length === 1 ? label : `${label}, form ${i + 1}`;
    return table(fieldsOf(each), title);
  })}`;
}

function objectsIn(schema: JsonSchema): readonly JsonSchema[] {
  if (schema["properties"] !== undefined) return [schema];
  const whole = listIn(schema, "allOf");
  if (whole.length > 0) return whole.flatMap(objectsIn);
  return [...listIn(schema, "anyOf"), ...listIn(schema, "oneOf")].flatMap(objectsIn);
}

function fieldsOf(schema: JsonSchema, before = ""): readonly Field[] {
  const required = (schema["required"] ?? []) as readonly string[];
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = before + name;
    const own: Field = { name: path, schema: field, required: required.includes(name) };
    const items = field["items"] as JsonSchema | undefined;
    const inner =
      items?.["properties"] === undefined
        ? objectsIn(field).flatMap((each) => fieldsOf(each, `${path}.`))
        : fieldsOf(items, `${path}[].`);
    return [own, ...inner];
  });
}

const table = (fields: readonly Field[], label: string): Html => html`
<div class="table" role="region" aria-label="Fields of ${label}" tabindex="0">
<table>
<thead><tr><th scope="col">Field</th><th scope="col">Form</th><th scope="col">What it is</th></tr></thead>
<tbody>${fields.map(row)}</tbody>
</table>
</div>`;

const row = ({ name, schema, required }: Field): Html => html`
<tr><th scope="row"><code>${name}</code>${required ? nothing : html` <small>may be absent</small>`}</th><td>${typeWords(schema)}</td><td>${descriptionOf(schema)}</td></tr>`;

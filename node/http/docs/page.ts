/**
 * GET /docs: the description of the interface as one page for people, without a script.
 * @module
 */
import { problemCatalogue } from "../../../src/api/problem-catalogue.ts";
import type {
  OpenApiDocument,
  OperationObject,
  ParameterObject,
  ResponseObject,
} from "./document.ts";
import { type Html, html, nothing, prose } from "./html.ts";
import { chapters } from "./introduction.ts";
import { schemaSection } from "./schema-page.ts";
import { typeWords } from "./type-words.ts";

interface Operation extends OperationObject {
  readonly method: string;
  readonly path: string;
}

export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]): Operation => ({ ...each, method, path })),
  );
  const parts = document.tags.map((tag) => ({
    ...tag,
    id: `part-${tag.name.toLowerCase().replaceAll(" ", "-")}`,
    operations: operations.filter(({ tags }) => tags.includes(tag.name)),
  }));
  const shown = parts.filter((part) => part.operations.length > 0);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>HTTP interface · Quorate</title>
<link rel="icon" href="/docs.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs.css">
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header>
<p class="home"><a href="/">Quorate</a></p>
<h1>HTTP interface</h1>
<p>Of the node that shows this page. For programs: <a href="/openapi.json">openapi.json</a>.</p>
</header>
<nav aria-label="Contents">
<ul>
${chapters.map(({ title }) => html`<li><a href="#${idOf(title)}">${title}</a></li>`)}
${shown.map(
  (part) => html`
<li><a href="#${part.id}">${part.name}</a>
<ul>${part.operations.map((each) => html`<li><a href="#${each.operationId}"><code>${each.method.toUpperCase()} ${each.path}</code></a></li>`)}</ul></li>`,
)}
<li><a href="#problem-codes">Problem codes</a></li>
<li><a href="#schemas">Schemas</a></li>
</ul>
</nav>
<main id="content">
${chapters.map(
  ({ title, paragraphs }) => html`
<section aria-labelledby="${idOf(title)}"><h2 id="${idOf(title)}">${title}</h2>
${paragraphs.map((text) => html`<p>${prose(text)}</p>`)}</section>`,
)}
${shown.map(
  (part) => html`
<section aria-labelledby="${part.id}"><h2 id="${part.id}">${part.name}</h2>
<p>${prose(part.description)}</p>
${part.operations.map(operationSection)}</section>`,
)}
${problemsSection()}
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
${Object.entries(document.components.schemas).map(([name, schema]) => schemaSection(name, schema))}</section>
</main>
</body>
</html>
`.markup;
}

const idOf = (title: string): string => title.toLowerCase().replaceAll(" ", "-");

const operationSection = (operation: Operation): Html => {
  const { operationId, method, path, summary, description, parameters, requestBody } = operation;
  return html`
<section class="operation" aria-labelledby="${operationId}">
<h3 id="${operationId}"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></h3>
<p class="summary">${prose(summary)}</p>
${description === undefined ? nothing : html`<p>${prose(description)}</p>`}
${parameters.length === 0 ? nothing : parametersTable(operationId, parameters)}
${
  requestBody === undefined
    ? nothing
    : html`<h4>Body</h4><ul>${Object.entries(requestBody.content).map(([mediaType, { schema }]) => html`<li><code>${mediaType}</code>: ${bodyWords(schema)}</li>`)}</ul>`
}
${answersTable(operation)}
<h4>Try it</h4>
<pre tabindex="0"><code>${curlLine(operation)}</code></pre>
</section>`;
};

/** A body that has no name of its own is an object of few fields. */
const bodyWords = (schema: OperationSchema): Html => {
  const fields = Object.entries((schema["properties"] ?? {}) as Record<string, OperationSchema>);
  if (schema["$ref"] !== undefined || fields.length === 0) return typeWords(schema);
  return html`object with ${fields.map(([name, field], i) => html`${i === 0 ? "" : ", "}<code>${name}</code> (${typeWords(field)})`)}`;
};
type OperationSchema = Readonly<Record<string, unknown>>;

const parametersTable = (id: string, parameters: readonly ParameterObject[]): Html => html`
<h4>Parameters</h4>
<div class="table" role="region" aria-label="Parameters of ${id}" tabindex="0">
<table>
<thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Form</th><th scope="col">What it is</th></tr></thead>
<tbody>${parameters.map(
  ({ name, in: place, required, schema, description }) => html`
<tr><th scope="row"><code>${name}</code>${required ? html` <small>required</small>` : nothing}</th><td>${place}</td><td>${typeWords(schema)}</td><td>${prose(description)}</td></tr>`,
)}</tbody>
</table>
</div>`;

const answersTable = ({ operationId, responses }: Operation): Html => html`
<h4>Answers</h4>
<div class="table" role="region" aria-label="Answers of ${operationId}" tabindex="0">
<table>
<thead><tr><th scope="col">Status</th><th scope="col">Form</th><th scope="col">When</th></tr></thead>
<tbody>${Object.entries(responses).map(
  ([status, response]) => html`
<tr><th scope="row">${status}</th><td>${formWords(response)}</td><td>${whenWords(response)}</td></tr>`,
)}</tbody>
</table>
</div>`;

const isProblem = ({ content = {} }: ResponseObject): boolean =>
  "application/problem+json" in content;

function formWords(response: ResponseObject): Html {
  if (isProblem(response)) return html`<a href="#schema-Problem">Problem</a>`;
  const forms = Object.entries(response.content ?? {}).map(([mediaType, { schema }]) =>
    mediaType === "application/json" ? typeWords(schema) : html`<code>${mediaType}</code>`,
  );
  return forms.length === 0 ? html`no body` : html`${forms}`;
}

/** Problems are named by their codes, which the catalogue explains. */
function whenWords(response: ResponseObject): Html {
  if (!isProblem(response)) return prose(response.description);
  const codes = [...response.description.matchAll(/`([a-z_]+)`:/g)].map(([, code = ""]) => code);
  return html`${codes.map((code, i) => html`${i === 0 ? "" : ", "}<a href="#problem-${code}"><code>${code}</code></a>`)}`;
}

/** With the examples of what has to be given. */
function curlLine({ method, path, parameters, requestBody }: Operation): string {
  let url = path;
  const query: string[] = [];
  for (const { name, in: place, required, example } of parameters) {
    const text = encodeURIComponent(String(example ?? ""));
    if (place === "path") url = url.replace(`{${name}}`, text);
    else if (place === "query" && required) query.push(`${name}=${text}`);
  }
  const address = `"$NODE${url}${query.length === 0 ? "" : `?${query.join("&")}`}"`;
  if (method === "get") return `curl ${url === "/v1/stream" ? "-N " : ""}${address}`;
  const [type = "", { example } = { example: undefined }] =
    Object.entries(requestBody?.content ?? {}).at(-1) ?? [];
  const data = example === undefined ? "@transaction.bin" : `'${JSON.stringify(example)}'`;
  return `curl -H 'content-type: ${type}' --data-binary ${data} ${address}`;
}

const problemsSection = (): Html => html`
<section aria-labelledby="problem-codes"><h2 id="problem-codes">Problem codes</h2>
${[...problemCatalogue].map(
  ([code, { status, title, when, fix }]) => html`
<section class="problem" aria-labelledby="problem-${code}">
<h3 id="problem-${code}"><code>${code}</code> <span class="status">${status}</span></h3>
<dl><dt>Means</dt><dd>${prose(title)}</dd><dt>Sent when</dt><dd>${prose(when)}</dd><dt>What to do</dt><dd>${prose(fix)}</dd></dl>
</section>`,
)}</section>`;

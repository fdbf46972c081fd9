/**
 * HTML from text: everything that is put into a template is escaped, unless it was made by one.
 * @module
 */
export interface Html {
  readonly markup: string;
}

type Part = Html | readonly Html[] | string | number;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);

const markupOf = (part: Part): string => {
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
};

export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = texts.map((text, i) => {
    const part = parts[i];
    return part === undefined ? text : text + markupOf(part);
  });
  return { markup: markup.join("") };
}

export const nothing: Html = { markup: "" };

/** Text in which `names` stand between backticks. */
export function prose(text: string): Html {
  const markup = text
    .split("`")
    .map((part, i) => (i % 2 === 0 ? escaped(part) : `<code>${escaped(part)}</code>`));
  return { markup: markup.join("") };
}

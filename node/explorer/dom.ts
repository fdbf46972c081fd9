/**
 * Building the page: elements made in code, so that what comes from the ledger is only ever text.
 * @module
 */

export type Child = Node | string;

interface Attributes {
  readonly class?: string;
  readonly href?: string;
  readonly title?: string;
  readonly id?: string;
  readonly scope?: "col";
  readonly datetime?: string;
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children); // A string becomes a text node: nothing in it is markup.
  return made;
}

export const link = (href: string, ...children: readonly Child[]): HTMLElement =>
  element("a", { href }, ...children);

/** An id or address in full, to be read and copied whole. */
export const idText = (text: string): HTMLElement => element("span", { class: "id" }, text);

/** For lists: looks shorter, but is all there, to hover over and to copy. */
export const shortText = (text: string): HTMLElement =>
  element("span", { class: "id short", title: text }, text);

export const blockLink = (reference: number | string): HTMLElement =>
  typeof reference === "number"
    ? link(`#/block/${reference}`, reference.toLocaleString("en"))
    : link(`#/block/${reference}`, idText(reference));

export const transactionLink = (id: string): HTMLElement => link(`#/tx/${id}`, idText(id));

export const shortBlockLink = (id: string): HTMLElement => link(`#/block/${id}`, shortText(id));

export const shortTransactionLink = (id: string): HTMLElement => link(`#/tx/${id}`, shortText(id));

export const accountLink = (address: string): HTMLElement =>
  link(`#/account/${address}`, idText(address));

/** A word in colour; the word says it all, the colour only helps. */
export const word = (text: string, kind: "good" | "warn" | "bad"): HTMLElement =>
  element("span", { class: `word ${kind}` }, text);

export function card(title: string, ...children: readonly Child[]): HTMLElement {
  const head = element("div", { class: "head" }, element("h2", {}, title));
  return element("section", { class: "card" }, head, ...children);
}

export type Fact = readonly [name: string, ...value: readonly Child[]];

/** Names and values, one below the other. */
export function facts(...list: readonly Fact[]): HTMLElement {
  const rows = list.flatMap(([name, ...value]) => [
    element("dt", {}, name),
    element("dd", {}, ...value),
  ]);
  return element("dl", { class: "facts" }, ...rows);
}

/** A row of large numbers. */
export function figures(...list: readonly Fact[]): HTMLElement {
  const cells = list.map(([name, ...value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, ...value)),
  );
  return element("dl", { class: "figures" }, ...cells);
}

export interface Column {
  readonly title: string;
  readonly number?: true;
}

export function row(columns: readonly Column[], cells: readonly Child[]): HTMLTableRowElement {
  return element(
    "tr",
    {},
    ...cells.map((cell, i) => element("td", columns[i]?.number ? { class: "number" } : {}, cell)),
  );
}

/** A table that scrolls sideways by itself where the screen is narrow. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Child[])[],
): { readonly box: HTMLElement; readonly body: HTMLElement } {
  const titles = columns.map(({ title, number }) =>
    element("th", number ? { scope: "col", class: "number" } : { scope: "col" }, title),
  );
  const body = element("tbody", {}, ...rows.map((cells) => row(columns, cells)));
  const head = element("thead", {}, element("tr", {}, ...titles));
  const box = element("div", { class: "wide" }, element("table", {}, head, body));
  return { box, body };
}

export const say = (text: string): HTMLElement => element("p", { class: "soft" }, text);

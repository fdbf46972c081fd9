/**
 * A table that asks for its next page when the reader wants more.
 * @module
 */
import type { ListJson } from "../../src/api/json.ts";
import { type Child, type Column, card, element, row, say, table } from "./dom.ts";

export interface PagedRowsOptions<Item> {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly cells: (item: Item) => Child[];
  readonly empty: string;
  readonly first: ListJson<Item>;
  readonly more: (cursor: string) => Promise<ListJson<Item>>;
}

export function pagedRows<Item>(options: PagedRowsOptions<Item>): HTMLElement {
  const { title, columns, cells, first } = options;
  if (first.items.length === 0) return card(title, say(options.empty));
  const { box, body } = table(columns, first.items.map(cells));
  const button = element("button", { class: "quiet" }, "Show more");
  const says = element("span", { class: "soft" });
  const foot = element("div", { class: "foot" }, button, says);
  let next = first.next;
  foot.hidden = next === null;
  const load = async (cursor: string): Promise<void> => {
    button.disabled = true;
    says.textContent = "Loading …";
    try {
      const page = await options.more(cursor);
      next = page.next;
      body.append(...page.items.map((item) => row(columns, cells(item))));
      says.textContent = "";
      foot.hidden = next === null;
    } catch {
      says.textContent = "The node does not answer. Try again.";
    }
    button.disabled = false;
  };
  button.addEventListener("click", () => {
    if (next !== null) void load(next);
  });
  return card(title, box, foot);
}

/**
 * Tables. On a phone each row becomes a small card of its own, with the column's name before each value.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";

export interface Column<Item> {
  readonly title: string;
  readonly cell: (item: Item) => ComponentChildren;
  /** Figures stand below each other, at the right. */
  readonly isNumber?: boolean;
}

export interface TableProps<Item> {
  /** Said to screen readers; the card's title is near enough to say no more. */
  readonly caption: string;
  readonly columns: readonly Column<Item>[];
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string | number;
}

export function Table<Item>({ caption, columns, items, keyOf }: TableProps<Item>): VNode {
  return (
    // What scrolls can be reached with the keyboard; the card around it is the landmark.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <div class="wide" role="group" tabIndex={0} aria-label={caption}>
      <table>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" class={isNumber ? "number" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)}>
              {columns.map(({ title, cell, isNumber }) => (
                <td key={title} class={isNumber ? "number" : undefined} data-title={title}>
                  {cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

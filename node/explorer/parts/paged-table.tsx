/**
 * A list that asks for its next page when the reader wants more: it grows at its end and never moves.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ListJson } from "../../../src/api/json.ts";
import { type Path, pageOf } from "../../../src/api/paths.ts";
import { connection } from "../asking/live.ts";
import { ask } from "../asking/node-api.ts";
import { Card, Nothing } from "./card.tsx";
import { type Column, Table } from "./table.tsx";

export interface PagedTableProps<Item> {
  readonly title: string;
  /** Without cursor and limit. */
  readonly path: Path<ListJson<Item>>;
  readonly columns: readonly Column<Item>[];
  readonly keyOf: (item: Item) => string | number;
  /** Said where there is nothing. */
  readonly empty: string;
  readonly actions?: ComponentChildren;
  /** What was asked for already: the first page. */
  readonly first?: ListJson<Item>;
  /** Hears of every page as it comes. */
  readonly onPage?: (items: readonly Item[]) => void;
}

const pageLimit = 25;

export function PagedTable<Item>(props: PagedTableProps<Item>): VNode {
  const { title, path, columns, keyOf, empty, actions, first, onPage } = props;
  const [items, setItems] = useState<readonly Item[]>(first?.items ?? []);
  const [next, setNext] = useState<string | null>(first?.next ?? null);
  const [state, setState] = useState<"idle" | "loading" | "failed">(first ? "idle" : "loading");
  const foot = useRef<HTMLDivElement>(null);
  const firstNew = useRef<number | undefined>(undefined);

  const load = async (cursor: string | undefined, left?: AbortSignal): Promise<void> => {
    setState("loading");
    try {
      const page = await ask(pageOf(path, { cursor, limit: pageLimit }), left);
      if (left?.aborted) return;
      // Who has asked for more with the keyboard goes on with the first row of it.
      if (foot.current?.contains(document.activeElement)) firstNew.current = items.length;
      setItems((before) => (cursor === undefined ? page.items : [...before, ...page.items]));
      setNext(page.next);
      setState("idle");
      onPage?.(page.items);
    } catch {
      if (!left?.aborted) setState("failed");
    }
  };

  useEffect(() => {
    if (first !== undefined) return onPage?.(first.items);
    const leave = new AbortController();
    void load(undefined, leave.signal);
    return () => leave.abort();
  }, [path]);

  useEffect(() => {
    const row = foot.current?.parentElement?.querySelectorAll("tbody tr")[firstNew.current ?? -1];
    firstNew.current = undefined;
    row?.querySelector("a")?.focus();
  }, [items]);

  const again = (): void => {
    if (state !== "loading") void load(items.length === 0 ? undefined : (next ?? undefined));
  };
  const standing = connection.value;
  useEffect(() => {
    if (standing === "open" && state === "failed") again();
  }, [standing]);

  const isEmpty = items.length === 0 && state === "idle" && next === null;
  return (
    <Card title={title} actions={actions}>
      {isEmpty && <Nothing>{empty}</Nothing>}
      {items.length > 0 && <Table caption={title} columns={columns} items={items} keyOf={keyOf} />}
      {!isEmpty && (
        <div class="foot" ref={foot} aria-busy={state === "loading"}>
          {(next !== null || state === "failed") && (
            <button type="button" class="quiet" onClick={again}>
              {state === "failed" ? "Try again" : "Show more"}
            </button>
          )}
          <span class="soft" role="status">
            {footText(state, next)}
          </span>
        </div>
      )}
    </Card>
  );
}

function footText(state: "idle" | "loading" | "failed", next: string | null): string {
  if (state === "loading") return "Loading …";
  if (state === "failed") return "The node does not answer.";
  return next === null ? "That is all." : "";
}

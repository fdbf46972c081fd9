/**
 * A list that asks for its next page when the reader wants more: it grows at its end and never moves. One that goes on
 * at its top does so when nobody reads it; else what is new waits behind a button.
 * @module
 */
import type { ComponentChildren, RefObject, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ListJson } from "../../../src/api/json.ts";
import { type Path, pageOf } from "../../../src/api/paths.ts";
import { connection } from "../asking/live.ts";
import { ask } from "../asking/node-api.ts";
import { Card, Nothing } from "./card.tsx";
import { type KeyOf, newsIn, onePage, type Page, withFirst, withNext } from "./pages-read.ts";
import { isTouched, StillButtons } from "./still.tsx";
import { type Column, Table } from "./table.tsx";

export interface PagedTableProps<Item> {
  readonly title: string;
  /** Without cursor and limit. */
  readonly path: Path<ListJson<Item>>;
  readonly columns: readonly Column<Item>[];
  readonly keyOf: KeyOf<Item>;
  /** Said where there is nothing. */
  readonly empty: string;
  readonly actions?: ComponentChildren;
  /** What is known of it without asking: the first page as it is now. It is shown at once when it changes. */
  readonly first?: ListJson<Item>;
  /** For lists that go on at their top. */
  readonly live?: Live | undefined;
  /** Hears of all rows that are shown, and whether there are no more by the node's word. */
  readonly onRows?: (rows: readonly Item[], isEnd: boolean) => void;
  /** Said below the rows, of all of them. */
  readonly note?: string;
}

export interface Live {
  /** When it changes, the first page is asked for again. */
  readonly round: number;
  /** `transaction`, for "3 new transactions". */
  readonly noun: string;
}

const pageLimit = 25;

export function PagedTable<Item>(props: PagedTableProps<Item>): VNode {
  const { title, columns, keyOf, empty, actions, live, note } = props;
  const list = usePages(props);
  const { read, state, box, foot, waiting, release, more } = list;
  const [isPaused, setPaused] = useState(false);
  list.isPaused.current = isPaused;
  const news = newsIn(read, waiting, keyOf);
  const isEmpty = read.items.length === 0 && state === "idle" && read.next === null;
  const head = live !== undefined && (
    <StillButtons
      {...{ title, isPaused }}
      news={{ count: news }}
      noun={live.noun}
      onRelease={release}
      onPause={setPaused}
    />
  );
  return (
    <Card
      title={title}
      actions={
        <>
          {head}
          {actions}
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: leaving it with the pointer only lets the list go on */}
      <div class="live" ref={box} onMouseLeave={() => !isPaused && release()}>
        {isEmpty && <Nothing>{empty}</Nothing>}
        {read.items.length > 0 && (
          <Table caption={title} columns={columns} items={read.items} keyOf={keyOf} />
        )}
      </div>
      {!isEmpty && (
        <div class="foot" ref={foot} aria-busy={state === "loading"}>
          {(read.next !== null || state === "failed") && (
            <button type="button" class="quiet" onClick={more}>
              {state === "failed" ? "Try again" : "Show more"}
            </button>
          )}
          <span class="soft" role="status">
            {footText(state, read.next)}
          </span>
        </div>
      )}
      {note !== undefined && <p class="soft">{note}</p>}
    </Card>
  );
}

type State = "idle" | "loading" | "failed";

function usePages<Item>({ path, keyOf, first, live, onRows }: PagedTableProps<Item>) {
  const [own, setRead] = useState(onePage<Item>(first ?? { items: [], next: null }));
  // What the page says of it otherwise must not differ from the rows, not even for a moment.
  const read = first === undefined ? own : withFirst(own, first, keyOf);
  const [state, setState] = useState<State>(first ? "idle" : "loading");
  const [waiting, setWaiting] = useState<Page<Item>>();
  const box = useRef<HTMLDivElement>(null);
  const foot = useRef<HTMLDivElement>(null);
  const isPaused = useRef(false);
  const focusNew = useFocusOfNew(foot, read.items);

  const take = (page: Page<Item>): void => {
    setWaiting(undefined);
    setRead((before) => withFirst(before, page, keyOf));
  };

  const load = async (cursor: string | undefined, left?: AbortSignal): Promise<void> => {
    setState("loading");
    try {
      const page = await ask(pageOf(path, { cursor, limit: pageLimit }), left);
      if (left?.aborted) return;
      focusNew(read.items.length);
      setRead(cursor === undefined ? onePage(page) : withNext(read, page, keyOf));
      setState("idle");
    } catch {
      if (!left?.aborted) setState("failed");
    }
  };

  useEffect(() => {
    if (first !== undefined) return;
    const leave = new AbortController();
    void load(undefined, leave.signal);
    return () => leave.abort();
  }, [path]);

  useNews(live?.round, async (left) => {
    const page = await ask(pageOf(path, { limit: pageLimit }), left);
    if (left.aborted) return;
    if (isPaused.current || isTouched(box.current)) setWaiting(page);
    else take(page);
  });

  useEffect(() => {
    if (state === "idle") onRows?.(read.items, read.next === null);
  }, [own, first, state]);

  const more = (): void => {
    if (state === "loading") return;
    void load(read.items.length === 0 ? undefined : (read.next ?? undefined));
  };
  const standing = connection.value;
  useEffect(() => {
    if (standing === "open" && state === "failed") more();
  }, [standing]);

  const release = (): void => {
    if (waiting !== undefined) take(waiting);
  };
  return { read, state, waiting, box, foot, isPaused, release, more };
}

/** Who has asked for more with the keyboard goes on with the first row of it. */
function useFocusOfNew(foot: RefObject<HTMLDivElement | null>, items: readonly unknown[]) {
  const firstNew = useRef<number | undefined>(undefined);
  useEffect(() => {
    const row = foot.current?.parentElement?.querySelectorAll("tbody tr")[firstNew.current ?? -1];
    firstNew.current = undefined;
    row?.querySelector("a")?.focus();
  }, [items]);
  return (count: number): void => {
    if (foot.current?.contains(document.activeElement)) firstNew.current = count;
  };
}

/** Asks again whenever the round is another one; where that fails, the next round will do. */
function useNews(round: number | undefined, askAgain: (left: AbortSignal) => Promise<void>): void {
  const last = useRef(round);
  useEffect(() => {
    if (last.current === round) return;
    last.current = round;
    const leave = new AbortController();
    askAgain(leave.signal).catch(() => {});
    return () => leave.abort();
  }, [round]);
}

function footText(state: State, next: string | null): string {
  if (state === "loading") return "Loading …";
  if (state === "failed") return "The node does not answer.";
  return next === null ? "That is all." : "";
}

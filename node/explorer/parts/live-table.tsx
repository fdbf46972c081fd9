/**
 * A list that grows at its top without moving under the reader's eyes: while it is paused, pointed at or focused, what
 * is new waits behind a button that says how much.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Card, Nothing } from "./card.tsx";
import { newsAbove } from "./pages-read.ts";
import { isTouched, StillButtons } from "./still.tsx";
import { type Column, Table } from "./table.tsx";

export interface LiveTableProps<Item> {
  readonly title: string;
  /** `block`, for "3 new blocks". */
  readonly noun: string;
  readonly columns: readonly Column<Item>[];
  readonly keyOf: (item: Item) => string | number;
  readonly rowsMax: number;
  /** All that there is, newest first; new ones come at the front. */
  readonly items: readonly Item[];
  readonly empty: string;
}

export function LiveTable<Item>(props: LiveTableProps<Item>): VNode {
  const { title, noun, columns, keyOf, rowsMax, items, empty } = props;
  const [shown, setShown] = useState<readonly Item[]>(items);
  const [isPaused, setPaused] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const news = newsAbove(items, shown, keyOf);

  const release = (): void => setShown(items.slice(0, rowsMax));
  const isRead = (): boolean => isPaused || isTouched(box.current);

  useEffect(() => {
    if (!isRead()) release();
  }, [items]);

  return (
    <Card
      title={title}
      actions={
        <StillButtons
          {...{ title, news, noun, isPaused }}
          onRelease={release}
          onPause={setPaused}
        />
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: leaving it with the pointer only lets the list go on */}
      <div class="live" ref={box} onMouseLeave={() => !isPaused && release()}>
        {shown.length === 0 ? (
          <Nothing>{empty}</Nothing>
        ) : (
          <Table caption={title} columns={columns} items={shown} keyOf={keyOf} />
        )}
      </div>
    </Card>
  );
}

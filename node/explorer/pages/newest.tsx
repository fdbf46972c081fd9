/**
 * The newest blocks and transactions, as they come.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { BlockEventJson, FinalTransactionJson } from "../../../src/api/json.ts";
import { paths } from "../../../src/api/paths.ts";
import { useBlocks } from "../asking/live.ts";
import { useLoad } from "../asking/load.ts";
import { ask } from "../asking/node-api.ts";
import { ContentDeed } from "../parts/deed.tsx";
import { LiveTable } from "../parts/live-table.tsx";
import { Loaded } from "../parts/loaded.tsx";
import type { Column } from "../parts/table.tsx";
import { BlockLink, Height, ShortTime, TransactionLink } from "../parts/text.tsx";
import { countText } from "../words/formats.ts";

const rowsMax = 10;
const contentsEveryMs = 1_000;

type BlockLine = Pick<BlockEventJson, "height" | "id" | "timestampMs"> & { readonly count: number };
interface TransactionLine {
  readonly id: string;
  readonly height: number;
  /** What it did; undefined until the node was asked. */
  readonly content?: FinalTransactionJson | undefined;
}
interface Lines {
  readonly blocks: readonly BlockLine[];
  readonly transactions: readonly TransactionLine[];
}

const blockColumns: readonly Column<BlockLine>[] = [
  { title: "Height", cell: ({ height }) => <Height height={height} /> },
  { title: "Time", cell: ({ timestampMs }) => <ShortTime ms={timestampMs} /> },
  { title: "Transactions", isNumber: true, cell: ({ count }) => countText(count) },
  { title: "Id", cell: ({ id }) => <BlockLink id={id} isShort /> },
];

const transactionColumns: readonly Column<TransactionLine>[] = [
  { title: "Id", cell: ({ id }) => <TransactionLink id={id} isShort /> },
  {
    title: "What it did",
    cell: ({ content }) => content !== undefined && <ContentDeed content={content} isBrief />,
  },
  { title: "Block", isNumber: true, cell: ({ height }) => <Height height={height} /> },
];

export function Newest(): VNode {
  const load = useLoad(newestOf, "newest");
  return <Loaded load={load}>{(first) => <Lists first={first} />}</Loaded>;
}

function Lists({ first }: { readonly first: Lines }): VNode {
  const [lines, setLines] = useState(first);
  useContents(lines.transactions, (found) =>
    setLines((before) => ({ ...before, transactions: withContents(before.transactions, found) })),
  );
  useBlocks((block) => {
    const { height, id, timestampMs, transactions } = block;
    const news = transactions.map((each) => ({ id: each, height })).toReversed();
    setLines((before) =>
      (before.blocks[0]?.height ?? -1) >= height
        ? before
        : {
            blocks: [{ height, id, timestampMs, count: news.length }, ...before.blocks].slice(
              0,
              keptMax,
            ),
            transactions: [...news, ...before.transactions].slice(0, keptMax),
          },
    );
  });
  return (
    <div class="columns">
      <LiveTable
        title="Newest blocks"
        noun="block"
        columns={blockColumns}
        keyOf={({ height }) => height}
        rowsMax={rowsMax}
        items={lines.blocks}
        empty="No block yet."
      />
      <LiveTable
        title="Newest transactions"
        noun="transaction"
        columns={transactionColumns}
        keyOf={({ id }) => id}
        rowsMax={rowsMax}
        items={lines.transactions}
        empty="No transaction yet: quorate-wallet send 25 bob --from alice"
      />
    </div>
  );
}

/** What waits while a list is read: so many are counted, and no more are kept. */
const keptMax = 999;
/** An idle ledger has many blocks without any: so many short pages are followed to find the newest ones. */
const pagesMax = 3;

async function newestOf(left: AbortSignal): Promise<Lines> {
  const [blocks, transactions] = await Promise.all([
    ask(paths.blocks({ limit: rowsMax }), left),
    newestTransactions(left),
  ]);
  return {
    blocks: blocks.items.map(({ height, id, timestampMs, transactionCount }) => ({
      ...{ height, id, timestampMs, count: transactionCount },
    })),
    transactions,
  };
}

async function newestTransactions(left: AbortSignal): Promise<readonly TransactionLine[]> {
  const lines: TransactionLine[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax && lines.length < rowsMax; page += 1) {
    const wish = { cursor, limit: rowsMax - lines.length };
    const { items, next } = await ask(paths.transactions(wish), left);
    lines.push(...items.map((content) => ({ id: content.id, height: content.height, content })));
    if (next === null) break;
    cursor = next;
  }
  return lines;
}

/**
 * The stream tells the ids of what is new; what the newest of them did is asked for, and not more often than anybody
 * reads.
 */
function useContents(
  lines: readonly TransactionLine[],
  tell: (found: readonly FinalTransactionJson[]) => void,
): void {
  const lastMs = useRef(Number.NEGATIVE_INFINITY);
  const isLacking = lines.slice(0, rowsMax).some(({ content }) => content === undefined);
  useEffect(() => {
    if (!isLacking) return;
    const leave = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const fillIn = (waitMs: number): void => {
      timer = setTimeout(async () => {
        lastMs.current = performance.now();
        const found = await ask(paths.transactions({ limit: rowsMax }), leave.signal).catch(none);
        if (leave.signal.aborted) return;
        tell(found.items);
        fillIn(contentsEveryMs); // Until nothing is lacking any more.
      }, waitMs);
    };
    fillIn(Math.max(0, lastMs.current + contentsEveryMs - performance.now()));
    return () => {
      leave.abort();
      clearTimeout(timer);
    };
  }, [isLacking]);
}

/** The node does not answer: it is asked again. */
const none = (): { readonly items: readonly FinalTransactionJson[] } => ({ items: [] });

function withContents(
  lines: readonly TransactionLine[],
  found: readonly FinalTransactionJson[],
): readonly TransactionLine[] {
  const contents = new Map(found.map((each) => [each.id, each]));
  return lines.map((line) => (line.content ? line : { ...line, content: contents.get(line.id) }));
}

/**
 * The ledger now: how it does, the newest blocks and transactions as they come.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type {
  BlockEventJson,
  StatsJson,
  StatusJson,
  ValidatorJson,
} from "../../../src/api/json.ts";
import { paths } from "../../../src/api/paths.ts";
import { useBlocks } from "../asking/live.ts";
import { type Load, useAnswer, useLoad } from "../asking/load.ts";
import { ask } from "../asking/node-api.ts";
import type { Claim } from "../checking/claims.ts";
import { Page } from "../frame/page.tsx";
import { Figures } from "../parts/card.tsx";
import { LiveTable } from "../parts/live-table.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Quorum } from "../parts/quorum.tsx";
import type { Column } from "../parts/table.tsx";
import { BlockLink, Height, Said, ShortTime, State, TransactionLink } from "../parts/text.tsx";
import { agoText, amountText, countText, millisecondsText } from "../words/formats.ts";
import { syncWords, votingWords } from "../words/status-words.ts";
import { Pace } from "./pace.tsx";

const rowsMax = 10;
const refreshMs = 2_000;

export function HomePage(): VNode {
  const status = useAnswer(paths.status(), { everyMs: refreshMs });
  const stats = useAnswer(paths.stats(), { everyMs: refreshMs });
  const validators = useAnswer(paths.validators(), { everyMs: refreshMs });
  const newest = useLoad(newestOf, "newest");
  const claim = status.kind === "ready" ? claimOf(status.value) : undefined;
  return (
    <Page title="The ledger now" raw={paths.status()} claim={claim}>
      <Loaded load={both(status, stats)}>
        {([nowStatus, nowStats]) => <Now status={nowStatus} stats={nowStats} />}
      </Loaded>
      {status.kind === "ready" && validators.kind === "ready" && (
        <Voting status={status.value} validators={validators.value.items} />
      )}
      <Pace />
      <Loaded load={newest}>{(first) => <Newest first={first} />}</Loaded>
    </Page>
  );
}

const onlyGenesis = "there is only the genesis yet; its proof comes with the first block";

/** Before the first block a node can prove nothing, and is not asked. */
function claimOf({ tip: { height, id } }: StatusJson): Claim {
  return height === 0 ? { kind: "word", why: onlyGenesis } : { kind: "tip", height, id };
}

/** Ready when both are; else what the one that is not says. */
function both<One, Other>(one: Load<One>, other: Load<Other>): Load<readonly [One, Other]> {
  if (one.kind !== "ready") return one;
  if (other.kind !== "ready") return other;
  return { kind: "ready", value: [one.value, other.value], again: one.again };
}

function Now({ status, stats }: { readonly status: StatusJson; readonly stats: StatsJson }): VNode {
  return (
    <Figures
      list={[
        ["Height", <Height key="height" height={status.tip.height} />],
        ["Newest block", agoText(status.tip.timestampMs)],
        ["Finality, median", millisecondsText(stats.finalityMsMedian)],
        ["Transactions a second", stats.transactionsPerSecond.toFixed(1)],
        ["Transactions", countText(stats.totalTransactions)],
        ["Accounts", countText(stats.accounts)],
        ["Supply", amountText(stats.totalSupplyDisplay)],
        [
          "Waiting",
          <a key="waiting" href="#/mempool">
            {countText(status.mempool.transactions)}
          </a>,
        ],
      ]}
    />
  );
}

/** Who votes now, as this node sees it, and what that means. */
function Voting({
  status,
  validators,
}: {
  readonly status: StatusJson;
  readonly validators: readonly ValidatorJson[];
}): VNode {
  const votes = ({ isSelf, connected, silent }: ValidatorJson): boolean =>
    isSelf ? status.voting.kind === "voting" : connected && !silent;
  const voting = validators.filter(votes).map(({ index }) => index);
  const away = validators.filter((validator) => !votes(validator));
  return (
    <p class="standing">
      <State words={syncWords(status)} /> <State words={votingWords(status)} />
      <span>
        <a href="#/validators">
          <Quorum signers={voting} count={validators.length} did="vote" />
        </a>{" "}
        <span class="soft">
          {away.length === 0 ? "All validators vote." : "Away or silent: "}
          {away.slice(0, namedMax).map(({ index, name }, i) => (
            <span key={index}>
              {i > 0 && ", "}
              <Said text={name} />
            </span>
          ))}
          {away.length > namedMax && " …"}
        </span>
      </span>
    </p>
  );
}

/** A page is no list. */
const namedMax = 5;

type BlockLine = Pick<BlockEventJson, "height" | "id" | "timestampMs"> & { readonly count: number };
interface TransactionLine {
  readonly id: string;
  readonly height: number;
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
  { title: "Block", isNumber: true, cell: ({ height }) => <Height height={height} /> },
];

function Newest({ first }: { readonly first: Lines }): VNode {
  const [lines, setLines] = useState(first);
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
    lines.push(...items.map(({ id, height }) => ({ id, height })));
    if (next === null) break;
    cursor = next;
  }
  return lines;
}

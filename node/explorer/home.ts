/**
 * Home: where the ledger stands, its newest blocks and transactions as they come, and who validates.
 * @module
 */
import type {
  BlockEventJson,
  BlockJson,
  ListJson,
  StatsJson,
  StatusJson,
  TransactionJson,
  ValidatorJson,
} from "../../src/api/json.ts";
import {
  accountLink,
  blockLink,
  type Child,
  type Column,
  card,
  element,
  figures,
  say,
  shortBlockLink,
  shortTransactionLink,
  table,
  word,
} from "./dom.ts";
import { every, onBlock } from "./live.ts";
import { LiveRows } from "./live-rows.ts";
import { ask } from "./node-api.ts";
import type { View } from "./view.ts";
import {
  agoText,
  amountText,
  countText,
  millisecondsText,
  networkWords,
  shortTimeText,
} from "./words.ts";

const rowsShown = 10;
const refreshMs = 5_000;

const blockColumns: readonly Column[] = [
  { title: "Height", number: true },
  { title: "Time" },
  { title: "Transactions", number: true },
  { title: "Id" },
];

const transactionColumns: readonly Column[] = [{ title: "Id" }, { title: "Height", number: true }];

type BlockLine = Pick<BlockEventJson, "height" | "id" | "timestampMs"> & { readonly count: number };

const blockCells = ({ height, id, timestampMs, count }: BlockLine): Child[] => [
  blockLink(height),
  shortTimeText(timestampMs),
  countText(count),
  shortBlockLink(id),
];

interface TransactionLine {
  readonly id: string;
  readonly height: number;
}

const transactionCells = ({ id, height }: TransactionLine): Child[] => [
  shortTransactionLink(id),
  blockLink(height),
];

export async function homeView(left: AbortSignal): Promise<View> {
  const [status, stats, validators, blocks] = await Promise.all([
    ask<StatusJson>("/v1/status", left),
    ask<StatsJson>("/v1/stats", left),
    ask<ListJson<ValidatorJson>>("/v1/validators", left),
    ask<ListJson<BlockJson>>(`/v1/blocks?limit=${rowsShown}`, left),
  ]);
  const transactions = await newestTransactions(blocks.items, left);
  const blockRows = new LiveRows<BlockLine>({
    title: "Newest blocks",
    noun: ["new block", "new blocks"],
    columns: blockColumns,
    cells: blockCells,
    rowsMax: rowsShown,
    items: blocks.items.map((block) => ({ ...block, count: block.transactionCount })),
  });
  const transactionRows = new LiveRows<TransactionLine>({
    title: "Newest transactions",
    noun: ["new transaction", "new transactions"],
    columns: transactionColumns,
    cells: transactionCells,
    rowsMax: rowsShown,
    items: transactions,
    empty: "No transaction in the newest blocks.",
  });
  const top = element("div", {}, summary(status, stats));
  const voters = element("div", {}, validatorCard(validators.items));
  onBlock((block) => {
    blockRows.add([{ ...block, count: block.transactions.length }]);
    const { height } = block;
    transactionRows.add(block.transactions.map((id) => ({ id, height })).toReversed());
  }, left);
  const refresh = async (): Promise<void> => {
    const [newStatus, newStats, newValidators] = await Promise.all([
      ask<StatusJson>("/v1/status", left),
      ask<StatsJson>("/v1/stats", left),
      ask<ListJson<ValidatorJson>>("/v1/validators", left),
    ]);
    top.replaceChildren(summary(newStatus, newStats));
    voters.replaceChildren(validatorCard(newValidators.items));
  };
  // The notice at the top already says when the node is away.
  every(refreshMs, () => refresh().catch(() => {}), left);
  return {
    title: "The ledger now",
    body: [top, element("div", { class: "columns" }, blockRows.box, transactionRows.box), voters],
  };
}

/** Of the newest blocks that have any, a few requests at most. */
async function newestTransactions(
  blocks: readonly BlockJson[],
  left: AbortSignal,
): Promise<TransactionLine[]> {
  const filled = blocks.filter(({ transactionCount }) => transactionCount > 0).slice(0, 5);
  const pages = await Promise.all(
    filled.map(async ({ height, transactionCount }) => {
      const start = Math.max(0, transactionCount - rowsShown);
      const path = `/v1/blocks/${height}/transactions?limit=${rowsShown}&cursor=${start}`;
      const { items } = await ask<ListJson<TransactionJson>>(path, left);
      return items.map(({ id }) => ({ id, height })).toReversed();
    }),
  );
  return pages.flat().slice(0, rowsShown);
}

function summary(status: StatusJson, stats: StatsJson): HTMLElement {
  const state = networkWords(status);
  const newest = element("span", {}, blockLink(status.tip.height));
  return element(
    "div",
    {},
    figures(
      ["Height", newest],
      ["Newest block", agoText(status.tip.timestampMs)],
      ["Finality, median", millisecondsText(stats.finalityMsMedian)],
      ["Transactions a second", stats.transactionsPerSecond.toFixed(1)],
      ["Transactions", countText(stats.totalTransactions)],
      ["Accounts", countText(stats.accounts)],
      ["Supply", amountText(stats.totalSupplyDisplay)],
      ["Waiting", countText(status.mempool.transactions)],
    ),
    element("p", {}, word(state.title, state.kind), ` ${state.meaning} `, partText(status)),
  );
}

function partText(status: StatusJson): string {
  const peers = `It has ${countText(status.peers)} ${status.peers === 1 ? "peer" : "peers"}`;
  switch (status.voting.kind) {
    case "voting":
      return `${peers} and votes.`;
    case "observer":
      return `${peers} and observes.`;
    case "silent":
      return `${peers} and does not vote: ${status.voting.reason}.`;
  }
}

function validatorCard(validators: readonly ValidatorJson[]): HTMLElement {
  if (validators.length === 0) return card("Validators", say("None."));
  const { box } = table(
    [
      { title: "#", number: true },
      { title: "Name" },
      { title: "Seen from here" },
      { title: "Last vote in view", number: true },
      { title: "Operator" },
    ],
    validators.map((validator) => [
      String(validator.index),
      validator.name,
      seenWord(validator),
      validator.lastVoteView === null ? "none yet" : countText(validator.lastVoteView),
      accountLink(validator.operator),
    ]),
  );
  return card("Validators", box);
}

function seenWord({ isSelf, connected }: ValidatorJson): HTMLElement {
  if (isSelf) return word("this node", "good");
  return connected ? word("connected", "good") : word("not connected", "bad");
}

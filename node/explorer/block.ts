/**
 * One block: what it commits to, and its transactions.
 * @module
 */
import { faultWords, isFaultJson } from "../../src/api/fault-words.ts";
import type { BlockJson, FinalTransactionJson, TransactionJson } from "../../src/api/json.ts";
import {
  accountLink,
  blockLink,
  type Child,
  card,
  type Fact,
  facts,
  idText,
  link,
  shortTransactionLink,
  word,
} from "./dom.ts";
import { ask, askPage } from "./node-api.ts";
import { pagedRows } from "./paged-rows.ts";
import type { View } from "./view.ts";
import { bytesText, countText, deedText, timeText } from "./words.ts";

export async function blockView(reference: string, left: AbortSignal): Promise<View> {
  const path = `/v1/blocks/${encodeURIComponent(reference)}`;
  const [block, transactions] = await Promise.all([
    ask<BlockJson>(path, left),
    askPage<TransactionJson>(`${path}/transactions`, null, left),
  ]);
  return {
    title: `Block ${countText(block.height)}`,
    body: [
      card("What it says", facts(...blockFacts(block))),
      pagedRows({
        title: `Transactions: ${countText(block.transactionCount)}`,
        columns: [{ title: "#", number: true }, { title: "Id" }, { title: "What it does" }],
        cells: transactionCells,
        empty: "This block has none.",
        first: transactions,
        more: (cursor) => askPage(`${path}/transactions`, cursor, left),
      }),
      card(
        "What it commits to",
        facts(
          ["State root", idText(block.stateRoot)],
          ["Transactions root", idText(block.transactionsRoot)],
          ["History root", idText(block.historyRoot)],
          ["Validators", idText(block.validatorsHash)],
          ["Next validators", idText(block.nextValidatorsHash)],
        ),
      ),
      link(path, "This block as JSON"),
    ],
  };
}

function blockFacts(block: BlockJson): Fact[] {
  const { leader, leaderName, finalization } = block;
  const proof =
    finalization === null
      ? "by the finalization of a later block"
      : `by ${finalization.signers.length} validators in view ${countText(finalization.view)}: ` +
        `numbers ${finalization.signers.join(", ")}`;
  return [
    ["Status", word("Final", "good"), ` ${proof}`],
    ["Id", idText(block.id)],
    ["Height", countText(block.height), ...neighbours(block)],
    ["Time", timeText(block.timestampMs)],
    [
      "Leader",
      ...(leader === null ? ["none: genesis"] : [`${leaderName ?? ""} `, accountLink(leader)]),
    ],
    ["Epoch and view", `${countText(block.epoch)}, ${countText(block.view)}`],
    ["Parent", block.height === 0 ? idText(block.parent) : blockLink(block.parent)],
    ["Size", bytesText(block.bytes)],
  ];
}

function neighbours({ height }: BlockJson): Child[] {
  const before = height === 0 ? [] : [" · ", link(`#/block/${height - 1}`, "the one before")];
  return [...before, " · ", link(`#/block/${height + 1}`, "the next")];
}

function transactionCells(transaction: TransactionJson): Child[] {
  if (transaction.status !== "final") return ["", shortTransactionLink(transaction.id), ""];
  const doing = document.createElement("span");
  doing.append(...doingWords(transaction));
  return [String(transaction.index), shortTransactionLink(transaction.id), doing];
}

function doingWords(transaction: FinalTransactionJson): Child[] {
  if (isFaultJson(transaction)) return [`proves that ${faultWords(transaction)}`];
  const [first, ...others] = transaction.operations;
  return [
    ...(first === undefined ? [] : deedText(first)),
    others.length === 0 ? "" : ` and ${others.length} more`,
  ];
}

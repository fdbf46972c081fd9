/**
 * One account: what it holds and what it did.
 * @module
 */
import { isFaultJson } from "../../src/api/fault-words.ts";
import type { AccountJson, TransactionJson } from "../../src/api/json.ts";
import { isVoteJson, voteWords } from "../../src/api/vote-words.ts";
import {
  accountLink,
  blockLink,
  type Child,
  card,
  element,
  facts,
  figures,
  idText,
  link,
  say,
  shortTransactionLink,
} from "./dom.ts";
import { ask, askPage } from "./node-api.ts";
import { pagedRows } from "./paged-rows.ts";
import type { View } from "./view.ts";
import { amountText, countText, shortTimeText } from "./words.ts";

export async function accountView(address: string, left: AbortSignal): Promise<View> {
  const path = `/v1/accounts/${encodeURIComponent(address)}`;
  const [account, transactions] = await Promise.all([
    ask<AccountJson>(path, left),
    askPage<TransactionJson>(`${path}/transactions`, null, left),
  ]);
  return {
    title: "Account",
    body: [
      balances(account),
      card("Who it is", facts(...identity(account))),
      pagedRows({
        title: "Transactions, newest first",
        columns: [
          { title: "Height", number: true },
          { title: "Time" },
          { title: "What it did" },
          { title: "Id" },
        ],
        cells: (transaction) => transactionCells(account.address, transaction),
        empty: "None yet.",
        first: transactions,
        more: (cursor) => askPage(`${path}/transactions`, cursor, left),
      }),
      link(path, "This account as JSON"),
    ],
  };
}

function balances({ exists, balances: held }: AccountJson): HTMLElement {
  if (!exists) return say("This account has never been used. Anyone may pay to it.");
  if (held.length === 0) return figures(["Balance", "nothing"]);
  return figures(
    ...held.map(({ display, asset }) => {
      const native = /^0+$/.test(asset);
      return [native ? "Balance" : `Asset ${asset}`, amountText(display)] as const;
    }),
  );
}

function identity(account: AccountJson): [string, ...Child[]][] {
  const waiting = account.pendingNonce - account.nonce;
  const nonce = countText(account.nonce) + (waiting > 0 ? `, ${waiting} waiting here` : "");
  return [
    ["Address", idText(account.address)],
    ["Account id", idText(account.id)],
    ["Next nonce", nonce],
    ["Authorized by", idText(account.authHash)],
    ["Memo", account.requireMemo ? "required of every payment to it" : "not required"],
  ];
}

function transactionCells(address: string, transaction: TransactionJson): Child[] {
  if (transaction.status !== "final" || isFaultJson(transaction)) {
    return ["", "", "", shortTransactionLink(transaction.id)];
  }
  const { height, timestampMs, operations, id } = transaction;
  const lines = operations.flatMap((operation) => {
    const { from } = operation;
    if (isVoteJson(operation)) {
      return from === address ? [element("div", {}, `voted to ${voteWords(operation)}`)] : [];
    }
    const { to, display } = operation;
    if (from === address) {
      return [element("div", {}, `paid ${amountText(display)} to `, accountLink(to))];
    }
    return to === address
      ? [element("div", {}, `received ${amountText(display)} from `, accountLink(from))]
      : [];
  });
  const doing = element("div", {}, ...(lines.length === 0 ? ["sent it for others"] : lines));
  return [blockLink(height), shortTimeText(timestampMs), doing, shortTransactionLink(id)];
}

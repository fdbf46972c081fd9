/**
 * One account: what it holds and what it did.
 * @module
 */
import { isFaultJson } from "../../src/api/fault-words.ts";
import type { AccountJson, BalanceJson, TransactionJson } from "../../src/api/json.ts";
import { isPaymentJson } from "../../src/api/operation-words.ts";
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
  shortText,
  shortTransactionLink,
} from "./dom.ts";
import { ask, askPage } from "./node-api.ts";
import { pagedRows } from "./paged-rows.ts";
import type { View } from "./view.ts";
import { amountText, countText, deedText, shortTimeText } from "./words.ts";

export async function accountView(address: string, left: AbortSignal): Promise<View> {
  const path = `/v1/accounts/${encodeURIComponent(address)}`;
  const [account, transactions] = await Promise.all([
    ask<AccountJson>(path, left),
    askPage<TransactionJson>(`${path}/transactions`, null, left),
  ]);
  return {
    title: "Account",
    body: [
      ...balances(account, left),
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

/** The native asset as a large number; the others with who issued them, for two issuers may use one code. */
function balances(account: AccountJson, left: AbortSignal): HTMLElement[] {
  const { exists, balances: held, moreBalances, tip } = account;
  if (!exists) return [say("This account has never been used. Anyone may pay to it.")];
  const native = held.filter(({ issuer }) => issuer === null);
  const first = {
    items: held.filter(({ issuer }) => issuer !== null),
    next: moreBalances,
    prev: null,
    tip,
  };
  const figure = figures(...native.map(({ display }) => ["Balance", amountText(display)] as const));
  if (first.items.length === 0) return [figure];
  const path = `/v1/accounts/${encodeURIComponent(account.address)}/balances`;
  const others = pagedRows<BalanceJson>({
    title: "Other assets",
    columns: [{ title: "Amount", number: true }, { title: "Issued by" }, { title: "Asset id" }],
    cells: ({ display, issuer, asset }) => [
      amountText(display),
      accountLink(issuer ?? ""),
      shortText(asset),
    ],
    empty: "None.",
    first,
    more: (cursor) => askPage(path, cursor, left),
  });
  return [figure, others];
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
    const isPaid = isPaymentJson(operation) && operation.to === address;
    const received = isPaid
      ? [element("div", {}, `received ${amountText(operation.display)} from `, accountLink(from))]
      : [];
    return from === address ? [element("div", {}, ...deedText(operation)), ...received] : received;
  });
  const doing = element("div", {}, ...(lines.length === 0 ? ["sent it for others"] : lines));
  return [blockLink(height), shortTimeText(timestampMs), doing, shortTransactionLink(id)];
}

/**
 * One transaction: its status in words, and what it does in words.
 * @module
 */
import { faultVoteWords, faultWords, isFaultJson } from "../../src/api/fault-words.ts";
import type {
  FaultBodyJson,
  MemoJson,
  TransactionBodyJson,
  TransactionJson,
} from "../../src/api/json.ts";
import { operationLines } from "../../src/api/operation-words.ts";
import {
  accountLink,
  blockLink,
  type Child,
  card,
  element,
  type Fact,
  facts,
  idText,
  link,
  transactionLink,
  word,
} from "./dom.ts";
import { onBlock } from "./live.ts";
import { ask, ProblemError } from "./node-api.ts";
import type { View } from "./view.ts";
import { amountText, countText, formText, statusWords, timeText } from "./words.ts";

/** @param reload shows the transaction anew; called when it may have become final */
export async function transactionView(
  id: string,
  left: AbortSignal,
  reload: () => void,
): Promise<View> {
  const path = `/v1/transactions/${encodeURIComponent(id)}`;
  const transaction = await known(path, id, left);
  if (transaction.status === "pending") onBlock(reload, left);
  const { kind, title, meaning } = statusWords[transaction.status];
  const status: Fact = ["Status", word(title, kind), ` ${meaning}`];
  const body =
    transaction.status === "final" || transaction.status === "pending"
      ? isFaultJson(transaction)
        ? faultCards(transaction)
        : bodyCards(transaction)
      : [];
  return {
    title: "Transaction",
    body: [
      card("Where it stands", facts(["Id", idText(transaction.id)], status, ...place(transaction))),
      ...body,
      link(path, "This transaction as JSON"),
    ],
  };
}

/** An id that the node does not know has a page, too: it may come. */
async function known(path: string, id: string, left: AbortSignal): Promise<TransactionJson> {
  try {
    return await ask<TransactionJson>(path, left);
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === "transaction_unknown") {
      return { status: "unknown", id };
    }
    throw error;
  }
}

function place(transaction: TransactionJson): Fact[] {
  switch (transaction.status) {
    case "final":
      return [
        ["Block", blockLink(transaction.height), `, number ${transaction.index} in it`],
        ["Block id", blockLink(transaction.blockId)],
        ["Time", timeText(transaction.timestampMs)],
      ];
    case "refused":
    case "invalid":
      return [
        ["Why", transaction.message, element("span", { class: "soft" }, ` (${transaction.code})`)],
      ];
    case "superseded":
      return [["By", transactionLink(transaction.supersededBy)]];
    default:
      return [];
  }
}

function faultCards(body: FaultBodyJson): Child[] {
  const { first, second } = body.fault;
  return [
    card(
      "What it proves",
      facts(
        ["Fault", faultWords(body)],
        ["Voted", faultVoteWords(first)],
        ["And", faultVoteWords(second)],
        ["Content hash", idText(body.contentHash)],
      ),
    ),
  ];
}

function bodyCards(body: TransactionBodyJson): Child[] {
  const operations = body.operations.flatMap((operation, i): Fact[] => {
    const named = (name: string): string =>
      body.operations.length === 1 ? name : `${i + 1}. ${name}`;
    const [title, ...rest] = operationLines(operation).map(([name, value, form]) => {
      const words = name.charAt(0).toUpperCase() + name.slice(1);
      return { words, value: formText(value, form) };
    });
    if (title === undefined) return [];
    const others = rest.map(({ words, value }): Fact => [words, value]);
    return [[named(title.words), element("strong", {}, title.value)], ...others];
  });
  return [
    card("What it does", facts(...operations)),
    card(
      "What it says",
      facts(
        ["Sender", accountLink(body.sender)],
        ["Nonce", countText(body.nonce)],
        ["Fee", amountText(body.feeDisplay)],
        ["Expires", timeText(body.expiryMs)],
        ["Memo", ...memoText(body.memo)],
        ["Content hash", idText(body.contentHash)],
      ),
    ),
  ];
}

function memoText({ hex, text }: MemoJson): Child[] {
  if (hex === "") return ["none"];
  return text === null ? [idText(hex), " (not text)"] : [text];
}

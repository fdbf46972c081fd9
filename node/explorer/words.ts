/**
 * Numbers, times and states in words.
 * @module
 */
import type { StatusJson, TransactionStatusWord } from "../../src/api/json.ts";
import type { OperationJson } from "../../src/api/operation-json.ts";
import { deedOf, type WordForm } from "../../src/api/operation-words.ts";
import { accountLink, type Child, element, idText } from "./dom.ts";

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** A moment in the reader's own time, with the exact one on hover. */
export function timeText(ms: number): Child {
  if (!(ms >= 0 && ms <= 8.64e15)) return String(ms);
  const exact = new Date(ms).toISOString();
  return element("time", { datetime: exact, title: exact }, dateFormat.format(ms));
}

const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** For lists: the time alone when it was in the last half day. */
export function shortTimeText(ms: number): Child {
  if (!(Math.abs(Date.now() - ms) < 43_200_000)) return timeText(ms);
  const exact = new Date(ms).toISOString();
  return element("time", { class: "short", datetime: exact, title: exact }, clockFormat.format(ms));
}

/** `18446744073.15 QRT` with its thousands apart. */
export const amountText = (display: string): string =>
  display.replace(/^[0-9]+/, (whole) => BigInt(whole).toLocaleString("en"));

/** What the operation did, with a link to whom it paid. */
export function deedText(operation: OperationJson): readonly Child[] {
  const { words, amount, to } = deedOf(operation);
  return [
    amount === undefined ? words : `${words} ${amountText(amount)}`,
    ...(to === undefined ? [] : [" to ", accountLink(to)]),
  ];
}

/** A value of an operation's lines. */
export function formText(value: string, form: WordForm): Child {
  switch (form) {
    case "account":
      return accountLink(value);
    case "amount":
      return amountText(value);
    case "id":
      return idText(value);
    case "text":
      return value;
  }
}

/** How long ago, roughly. */
export function agoText(ms: number, nowMs: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

export const countText = (count: number): string => count.toLocaleString("en");

export const bytesText = (bytes: number): string =>
  bytes < 10_000 ? `${countText(bytes)} bytes` : `${countText(Math.round(bytes / 1024))} KiB`;

export const millisecondsText = (ms: number | null): string =>
  ms === null ? "none yet" : `${ms < 10 ? ms.toFixed(1) : countText(Math.round(ms))} ms`;

interface StatusWords {
  readonly kind: "good" | "warn" | "bad";
  readonly title: string;
  readonly meaning: string;
}

export const statusWords: Readonly<Record<TransactionStatusWord, StatusWords>> = {
  final: {
    kind: "good",
    title: "Final",
    meaning: "It is in the ledger and cannot be undone.",
  },
  pending: {
    kind: "warn",
    title: "Pending",
    meaning: "It waits for a block. This page looks again by itself.",
  },
  refused: {
    kind: "warn",
    title: "Refused here",
    meaning: "This node does not take it now; another node may have it.",
  },
  superseded: {
    kind: "bad",
    title: "Superseded",
    meaning: "Another transaction of the sender took its place. It can never be applied.",
  },
  expired: {
    kind: "bad",
    title: "Expired",
    meaning: "Its time is over. It can never be applied.",
  },
  invalid: { kind: "bad", title: "Invalid", meaning: "It can never be applied." },
  unknown: {
    kind: "warn",
    title: "Unknown here",
    meaning: "This node knows nothing of it; another node may.",
  },
};

/** How the network does, in one word and a sentence. */
export function networkWords(status: StatusJson): StatusWords {
  switch (status.sync.kind) {
    case "synced":
      return { kind: "good", title: "In step", meaning: "This node has all that is final." };
    case "behind":
      return {
        kind: "warn",
        title: "Catching up",
        meaning: `${countText(status.sync.blocks)} blocks behind.`,
      };
    case "no-quorum":
      return {
        kind: "bad",
        title: "No quorum",
        meaning: "Too few validators act: nothing new becomes final, nothing is lost.",
      };
  }
}

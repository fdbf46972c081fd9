/**
 * States in words, and the colour that helps them.
 * @module
 */
import type { StatusJson, TransactionStatusWord } from "../../../src/api/json.ts";
import { countText, durationText } from "./formats.ts";

/** good: as it should be. warn: look at it. bad: it is lost or wrong. plain: neither. */
export type Tone = "good" | "warn" | "bad" | "plain";

export interface StateWords {
  readonly tone: Tone;
  readonly title: string;
  readonly meaning: string;
}

export const transactionWords: Readonly<Record<TransactionStatusWord, StateWords>> = {
  final: {
    tone: "good",
    title: "Final",
    meaning: "It is in the ledger and cannot be undone.",
  },
  pending: {
    tone: "warn",
    title: "Pending",
    meaning: "It waits for a block. This page looks again by itself.",
  },
  refused: {
    tone: "warn",
    title: "Refused here",
    meaning: "This node does not take it now; another node may have it.",
  },
  superseded: {
    tone: "bad",
    title: "Superseded",
    meaning: "Another transaction of the sender took its place. It can never be applied.",
  },
  expired: {
    tone: "bad",
    title: "Expired",
    meaning: "Its time is over. It can never be applied.",
  },
  invalid: { tone: "bad", title: "Invalid", meaning: "It can never be applied." },
  unknown: {
    tone: "warn",
    title: "Unknown here",
    meaning: "This node knows nothing of it; another node may.",
  },
};

/** How the network does, as this node sees it. */
export function syncWords({ sync }: StatusJson): StateWords {
  switch (sync.kind) {
    case "synced":
      return { tone: "good", title: "In step", meaning: "This node has all that is final." };
    case "behind":
      return {
        tone: "warn",
        title: "Catching up",
        meaning: `${countText(sync.blocks)} blocks behind.`,
      };
    case "no-quorum":
      return {
        tone: "bad",
        title: "No quorum",
        meaning: `Too few validators have acted for ${durationText(sync.forMs)}: nothing new becomes final, nothing is lost.`,
      };
  }
}

export function votingWords({ voting }: StatusJson): StateWords {
  switch (voting.kind) {
    case "voting":
      return { tone: "good", title: "Voting", meaning: "It is a validator and votes." };
    case "observer":
      return { tone: "plain", title: "Observer", meaning: "It follows and has no vote." };
    case "silent":
      return { tone: "warn", title: "Silent", meaning: voting.reason };
  }
}

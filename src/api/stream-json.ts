/**
 * What the stream says, as types: the events of `GET /v1/stream` besides `block` (json.ts).
 *
 * The id of every event is a position (stream-position.ts): what to give as `cursor` to go on after it.
 * @module
 */
import type { FinalTransactionJson } from "./json.ts";

/** `transaction`: one that has become final, once, however many of the reader's topics it belongs to. */
export type TransactionEventJson = FinalTransactionJson & {
  /** Those of the reader's topics that it belongs to: `transactions`, `account:` and the address. */
  readonly topics: readonly string[];
};

/**
 * `position`: nothing of the reader's topics is at or before it that was not sent. Comes first, and again where a long
 * stretch of the ledger holds nothing for this reader.
 */
export interface PositionEventJson {
  /** The same as the event's id. */
  readonly position: string;
  /** Height of the node's newest final block. */
  readonly tip: number;
}

/** Why a node ends a stream: the event's name and its code. */
export type StreamEndCode = "too_slow" | "history_absent";

/** `too_slow`, `history_absent`: the last event of a stream that the node ends. */
export interface StreamEndJson {
  readonly code: StreamEndCode;
  /** What was sent reaches to here. The event has no id: a reader goes on after the last event that it took. */
  readonly position: string;
}

/**
 * The JSON contract of fees: what a transaction must pay, and how full the last blocks were.
 *
 * Types only, like json.ts; fee-schemas.ts holds the same shapes as schemas. The least fee of a transaction is
 * baseFee + feePerByte × its size + the fee of each of its operations; one that only votes is free.
 * @module
 */
import type { AssetInfoJson, TipJson } from "./json.ts";
import type { OperationJson } from "./operation-json.ts";

/** Base units of the native asset, and the same for people. */
export interface MoneyJson {
  readonly amount: string;
  readonly display: string;
}

/** What each operation of a kind costs besides the base fee and the bytes. A transfer of the native asset costs nothing more. */
export interface OperationFeeJson extends MoneyJson {
  readonly kind: OperationJson["kind"];
}

/** The least fee of one transaction with one signature. */
export interface FeeExampleJson extends MoneyJson {
  readonly kind: "payment" | "payment-with-memo" | "asset-payment" | "create-asset" | "record";
  /** In words: "a payment with a memo of 32 bytes". */
  readonly title: string;
  /** Size of the signed transaction that it was counted from. */
  readonly bytes: number;
}

/** Of the last blocks that this node has seen become final; 1 is a block that holds all it may. */
export interface BlockFillJson {
  readonly blocks: number;
  /** Null: this node has seen none yet. */
  readonly mean: number | null;
  readonly most: number | null;
}

export interface FeesJson {
  readonly asset: AssetInfoJson;
  readonly baseFee: MoneyJson;
  readonly feePerByte: MoneyJson;
  /** A first payment to an account must be at least this much. */
  readonly accountMinimum: MoneyJson;
  /** One for each kind of operation. */
  readonly operationFees: readonly OperationFeeJson[];
  readonly maxTransactionBytes: number;
  readonly maxBlockBytes: number;
  /** The first is the simple payment. */
  readonly examples: readonly FeeExampleJson[];
  readonly fill: BlockFillJson;
  /** What waits in this node's pool. */
  readonly waiting: { readonly transactions: number; readonly bytes: number };
  readonly tip: TipJson;
}

/**
 * The JSON of proofs: what a node answers so that nobody has to believe it.
 *
 * A proof and everything in it that is hashed travels as hex of its BCS, in the one form of docs/protocol.md; the JSON
 * around it only says what it is of. Nothing here is to be believed before it is verified.
 * @module
 */
import type { TipJson } from "./json.ts";

/** What every question for a proof may say of the asker. */
export interface ProofOptions {
  /** The epoch whose validators the asker trusts: changes of the set before it are left out. Default 0. */
  readonly from?: number | undefined;
  /** Heights whose blocks the asker remembers: the proof shows which block its history has there. At most 4. */
  readonly known?: readonly number[] | undefined;
}

export interface ProofJson {
  /** Hex of BCS(Proof). */
  readonly proof: string;
  readonly tip: TipJson;
}

/** A receipt file, as it is kept. */
export interface ReceiptJson {
  readonly kind: "quorate-receipt";
  readonly version: 1;
  readonly chainId: string;
  /** Hex of BCS(Signed) or BCS(Fault): what the block holds. */
  readonly transaction: string;
  /** Hex of BCS(Proof) with one Transaction. */
  readonly proof: string;
}

export interface HeaderJson {
  readonly height: number;
  readonly id: string;
  /** Hex of BCS(Header). */
  readonly header: string;
}

export interface HeadersJson {
  /** Ascending by height. */
  readonly items: readonly HeaderJson[];
  readonly tip: TipJson;
}

export interface EpochJson {
  readonly epoch: number;
  /** Heights of its first and last block; the last one may be above the tip. */
  readonly first: number;
  readonly last: number;
  /** The block at view 0: the last of the epoch before, or the genesis. */
  readonly boundary: TipJson;
  readonly validatorsHash: string;
  /** Hex of BCS(vector<Validator>). */
  readonly set: string;
  /** Hex of BCS(Hop), where the set changed at the start of this epoch. */
  readonly hop: string | null;
  readonly tip: TipJson;
}

/** A block and the root over the ids of all blocks below it. */
export interface HistoryPointJson {
  readonly height: number;
  readonly id: string;
  readonly historyRoot: string;
}

/** That the history below one block begins with the history below another (RFC 9162, 2.1.4). */
export interface ConsistencyJson {
  readonly from: HistoryPointJson;
  readonly to: HistoryPointJson;
  readonly path: readonly string[];
  readonly tip: TipJson;
}

/** That a block is in the history below another (RFC 9162, 2.1.3). */
export interface InclusionJson {
  readonly height: number;
  readonly id: string;
  readonly at: HistoryPointJson;
  readonly path: readonly string[];
  readonly tip: TipJson;
}

/**
 * The JSON contract as types: what every answer of `/v1` looks like.
 *
 * Only types live here, so that the explorer can share them and carry no validator; `schemas.ts` holds the same
 * shapes as schemas, and the compiler holds the two together.
 *
 * Amounts are base units in decimal text, beside a form for people. Heights, nonces and times (Unix milliseconds)
 * are numbers, bytes and ids are lowercase hex, accounts are addresses. What is absent is null, never missing.
 * @module
 */
import type { OperationJson } from "./operation-json.ts";

/** The newest final block at the moment of the answer. */
export interface TipJson {
  readonly height: number;
  readonly id: string;
}

/** One page. The cursors are opaque; null says that there is no such page. */
export interface ListJson<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly prev: string | null;
  readonly tip: TipJson;
}

export interface AssetInfoJson {
  readonly code: string;
  readonly decimals: number;
}

export type VotingJson =
  | { readonly kind: "observer" }
  | { readonly kind: "voting" }
  | { readonly kind: "silent"; readonly reason: string };

export type SyncJson =
  | { readonly kind: "synced" }
  | { readonly kind: "behind"; readonly blocks: number; readonly peers: number }
  | { readonly kind: "no-quorum"; readonly forMs: number };

/** A view that came to nothing: who led it, and why this node gave it up (`by-others`: it did not). */
export interface NullifiedViewJson {
  readonly epoch: number;
  readonly view: number;
  readonly leader: string;
  readonly reason: string;
  /** False: only this node gave it up, as far as it knows. */
  readonly byQuorum: boolean;
  readonly agoMs: number;
}

/** What the node is waiting for from others. */
export interface FetchingJson {
  /** Views whose certificate is asked for. */
  readonly certificates: readonly number[];
  /** Blocks asked for by id. */
  readonly blocks: number;
  readonly range: { readonly from: number; readonly peer: string } | null;
}

export interface StatusJson {
  readonly chainId: string;
  readonly networkName: string;
  readonly addressPrefix: string;
  readonly asset: AssetInfoJson;
  readonly nodeId: string;
  /** Position in the validator set, or null for an observer. */
  readonly validatorIndex: number | null;
  readonly validatorCount: number;
  readonly voting: VotingJson;
  readonly tip: TipJson & { readonly timestampMs: number; readonly stateRoot: string };
  readonly epoch: number;
  /** Height of the epoch's last block. */
  readonly epochEnds: number;
  readonly view: number;
  readonly lastFinalView: number;
  /** Name of the leader of the current view. */
  readonly leader: string;
  readonly sync: SyncJson;
  readonly quorumAgeMs: number;
  readonly peers: number;
  readonly mempool: { readonly transactions: number; readonly bytes: number };
  /** The last nullified views, newest last. */
  readonly nullified: readonly NullifiedViewJson[];
  /** Names of validators of whom no vote was seen in the last views. */
  readonly silent: readonly string[];
  readonly fetching: FetchingJson;
  readonly faults: number;
  readonly startedMs: number;
}

/** `genesis` is the genesis file itself, as the network's founders wrote it. */
export interface GenesisJson {
  readonly chainId: string;
  readonly networkName: string;
  readonly addressPrefix: string;
  readonly asset: AssetInfoJson;
  readonly timestampMs: number;
  readonly genesis: Readonly<Record<string, unknown>>;
}

/** Each parameter of the network by its name, as decimal text. */
export type ParametersJson = Readonly<Record<string, string>>;

export interface ValidatorJson {
  readonly index: number;
  readonly name: string;
  readonly consensusKey: string;
  /** Address of the account that earns its fees. */
  readonly operator: string;
  readonly endpoint: string;
  readonly isSelf: boolean;
  readonly connected: boolean;
  readonly lastVoteView: number | null;
  readonly silent: boolean;
  /** Views of this epoch that it led and a quorum nullified. */
  readonly missedViews: number;
}

export interface PeerJson {
  readonly nodeId: string;
  readonly address: string;
  readonly outbound: boolean;
  /** Its validator key, or null for an observer. */
  readonly consensusKey: string | null;
  /** The validator's name where the key is in the set. */
  readonly name: string | null;
  readonly agent: string;
  readonly finalHeight: number;
  readonly view: number;
  readonly latencyMs: number | null;
  readonly clockSkewMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** The finalization of exactly this block; null where a later block's covers it. */
export interface FinalizationJson {
  readonly epoch: number;
  readonly view: number;
  /** Positions of the signers in the validator set. */
  readonly signers: readonly number[];
}

export interface BlockJson {
  readonly height: number;
  readonly id: string;
  readonly parent: string;
  readonly version: number;
  readonly epoch: number;
  readonly view: number;
  readonly timestampMs: number;
  /** Address of the leader's operator account; null for the genesis block. */
  readonly leader: string | null;
  readonly leaderName: string | null;
  readonly transactionCount: number;
  readonly transactionsRoot: string;
  readonly stateRoot: string;
  readonly historyRoot: string;
  readonly validatorsHash: string;
  readonly nextValidatorsHash: string;
  /** Size of the encoded block. */
  readonly bytes: number;
  readonly finalization: FinalizationJson | null;
}

/** `text` is the memo as text where it is printable UTF-8. */
export interface MemoJson {
  readonly hex: string;
  readonly text: string | null;
}

/** What a transaction says, wherever it stands. */
export interface TransactionBodyJson {
  readonly id: string;
  readonly contentHash: string;
  readonly sender: string;
  readonly nonce: number;
  readonly fee: string;
  readonly feeDisplay: string;
  readonly expiryMs: number;
  readonly memo: MemoJson;
  readonly operations: readonly OperationJson[];
}

export interface FaultVoteJson {
  readonly kind: "notarize" | "nullify" | "finalize";
  /** The proposal voted for; null in a vote to nullify. */
  readonly parentView: number | null;
  readonly blockId: string | null;
  readonly signature: string;
}

/** Proof that a validator broke the rules: it is of no account, so it has neither sender, nonce nor fee. */
export interface FaultBodyJson {
  readonly id: string;
  readonly contentHash: string;
  readonly fault: {
    readonly epoch: number;
    readonly view: number;
    /** The validator's position in the set of that epoch. */
    readonly signer: number;
    readonly first: FaultVoteJson;
    readonly second: FaultVoteJson;
  };
}

/** What a block holds. */
export type ContentJson = TransactionBodyJson | FaultBodyJson;

/** Where a final transaction stands. */
export interface PlaceJson {
  readonly height: number;
  readonly index: number;
  readonly blockId: string;
  readonly timestampMs: number;
}

export type FinalTransactionJson = ContentJson & PlaceJson & { readonly status: "final" };
export type PendingTransactionJson = ContentJson & { readonly status: "pending" };
export interface RejectedTransactionJson {
  readonly status: "refused" | "invalid";
  readonly id: string;
  readonly code: string;
  readonly message: string;
}
export interface SupersededTransactionJson {
  readonly status: "superseded";
  readonly id: string;
  /** The transaction that took its place. */
  readonly supersededBy: string;
}
export interface GoneTransactionJson {
  readonly status: "expired" | "unknown";
  readonly id: string;
}

/** `final`, `expired`, `superseded` and `invalid` are terminal; `refused` is this node's answer, now. */
export type TransactionJson =
  | FinalTransactionJson
  | PendingTransactionJson
  | RejectedTransactionJson
  | SupersededTransactionJson
  | GoneTransactionJson;

export type TransactionStatusWord = TransactionJson["status"];

/** One line of the answer to a batch: short, because a batch has up to 512. */
export interface OutcomeJson {
  /** Null only when the bytes are no transaction. */
  readonly id: string | null;
  readonly status: TransactionStatusWord;
  readonly height: number | null;
  readonly blockId: string | null;
  readonly supersededBy: string | null;
  readonly code: string | null;
  readonly message: string | null;
}

export interface BatchJson {
  /** In the order of the batch. */
  readonly items: readonly OutcomeJson[];
  readonly tip: TipJson;
}

export interface BalanceJson {
  readonly asset: string;
  readonly code: string;
  /** Address of who may mint it; null for the native asset. */
  readonly issuer: string | null;
  readonly decimals: number;
  readonly amount: string;
  readonly display: string;
}

export interface AccountJson {
  readonly address: string;
  readonly id: string;
  /** False: never written; everything reads as zero. */
  readonly exists: boolean;
  readonly nonce: number;
  /** The next nonce, counting what waits in this node's pool. */
  readonly pendingNonce: number;
  readonly authHash: string;
  readonly requireMemo: boolean;
  /** The native asset's first, also when it is 0, then up to 100 others by ascending id. */
  readonly balances: readonly BalanceJson[];
  /** Cursor of /v1/accounts/{address}/balances for those that did not fit; null: these are all. */
  readonly moreBalances: string | null;
  readonly tip: TipJson;
}

export interface StatsJson {
  readonly windowMs: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly transactionsPerSecond: number;
  readonly finalityMsMedian: number | null;
  readonly finalityMsP99: number | null;
  readonly totalTransactions: number;
  readonly totalSupply: string;
  readonly totalSupplyDisplay: string;
  readonly accounts: number;
}

/** One event of the stream: a block that has become final. Its event id is the height. */
export interface BlockEventJson {
  readonly height: number;
  readonly id: string;
  readonly timestampMs: number;
  /** Ids in the order of the block. */
  readonly transactions: readonly string[];
}

export interface ReadinessJson {
  readonly ready: boolean;
  /** Null when ready. */
  readonly reason: string | null;
  readonly quorumAgeMs: number;
  readonly tip: TipJson;
}

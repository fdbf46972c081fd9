/**
 * NodeQueries: what a replica tells the outside (HTTP, command line, explorer), and how it takes transactions.
 *
 * Everything returned is about final, durable blocks unless it says otherwise. Heights and times are numbers,
 * amounts bigint; turning this into JSON is api's and http's part.
 * @module
 */
import type { Block, Header } from "../protocol/block.ts";
import type { Genesis } from "../protocol/genesis.ts";
import type {
  AccountId,
  AssetId,
  BlockId,
  ChainId,
  Height,
  NodeId,
  PublicKey,
  TransactionId,
} from "../protocol/ids.ts";
import type { NamedTransaction } from "../protocol/transaction.ts";
import type { Validator } from "../protocol/validator-set.ts";
import type { Certificate } from "../protocol/vote.ts";
import type { AssetAnswers } from "./asset-queries.ts";
import type { MembershipAnswers } from "./membership-queries.ts";
import type { PaceAnswers } from "./pace.ts";
import type { PoolAnswers } from "./pool-queries.ts";
import type { ProofAnswers } from "./proof-queries.ts";
import type { RecordAnswers } from "./record-queries.ts";

export interface Tip {
  readonly height: Height;
  readonly id: BlockId;
  readonly header: Header;
}

export type SyncState =
  | { readonly kind: "synced" }
  | { readonly kind: "behind"; readonly blocks: number; readonly peers: number }
  | { readonly kind: "no-quorum"; readonly forMs: number };

/** Whether this node votes, and if not, why not. */
export type VotingState =
  | { readonly kind: "observer" }
  | { readonly kind: "voting" }
  | { readonly kind: "silent"; readonly reason: string };

export interface Fetching {
  /** Views whose certificate is asked for. */
  readonly certificates: readonly number[];
  /** Blocks asked for by id. */
  readonly blocks: number;
  /** The range of blocks under way: from which height, from whom. */
  readonly range: { readonly from: number; readonly peer: string } | undefined;
}

export interface NodeStatus {
  readonly chainId: ChainId;
  readonly networkName: string;
  readonly nodeId: NodeId;
  /** Position in the validator set, or undefined for an observer. */
  readonly validatorIndex: number | undefined;
  readonly validatorCount: number;
  readonly voting: VotingState;
  readonly tip: Tip;
  readonly epoch: number;
  /** Height of the epoch's last block. */
  readonly epochEnds: number;
  readonly view: number;
  readonly lastFinalView: number;
  /** Name of the leader of the current view. */
  readonly leader: string;
  readonly sync: SyncState;
  /** Milliseconds since a quorum was last seen to act (a certificate, or pings of q validators). */
  readonly quorumAgeMs: number;
  readonly peers: number;
  readonly mempool: { readonly transactions: number; readonly bytes: number };
  /** The last nullified views, newest last, at most 16, each with who led it and why this node gave it up. */
  readonly nullified: readonly {
    readonly epoch: number;
    readonly view: number;
    readonly leader: string;
    /** Of consensus' list, or `by-others` when only others nullified it. */
    readonly reason: string;
    /** False: this node gave it up, a quorum has not (yet). */
    readonly byQuorum: boolean;
    readonly agoMs: number;
  }[];
  /** Names of validators of whom no vote was seen in the last views. */
  readonly silent: readonly string[];
  /** What this node is waiting for from others. */
  readonly fetching: Fetching;
  readonly faults: number;
  readonly startedMs: number;
}

export interface ValidatorStatus {
  readonly validator: Validator;
  readonly index: number;
  readonly isSelf: boolean;
  readonly connected: boolean;
  /** The highest view in which a vote of it was seen, or undefined. */
  readonly lastVoteView: number | undefined;
  /** None of its votes was seen in the last views that this node left. */
  readonly silent: boolean;
  /** Views of this epoch that it led and a quorum nullified. */
  readonly missedViews: number;
}

export interface PeerStatus {
  readonly nodeId: NodeId;
  readonly address: string;
  readonly outbound: boolean;
  readonly consensusKey: PublicKey | undefined;
  readonly agent: string;
  readonly finalHeight: number;
  readonly view: number;
  readonly latencyMs: number | undefined;
  /** Its wall clock minus ours when it said hello. */
  readonly clockSkewMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface FoundBlock {
  readonly block: Block;
  /** Size of BCS(Block). */
  readonly bytes: number;
  /** The finalization of exactly this block, where one is held. */
  readonly finalization: Certificate | undefined;
}

/** What a list tells of a block. */
export interface BlockSummary {
  readonly id: BlockId;
  readonly header: Header;
  /** Size of BCS(Block). */
  readonly bytes: number;
  /** The finalization of exactly this block, where one is held. */
  readonly finalization: Certificate | undefined;
}

export interface FoundTransaction {
  readonly transaction: NamedTransaction;
  readonly height: Height;
  readonly index: number;
  readonly blockId: BlockId;
  readonly timestampMs: number;
}

/** Everything that one can be told about an id. `refused` is this node's, now; another may have accepted it. */
export type TransactionStatus =
  | { readonly kind: "final"; readonly found: FoundTransaction }
  | { readonly kind: "pending"; readonly transaction: NamedTransaction }
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  | { readonly kind: "superseded"; readonly by: TransactionId }
  | { readonly kind: "expired" }
  | { readonly kind: "invalid"; readonly code: string; readonly message: string }
  | { readonly kind: "unknown" };

/** What became of submitted bytes. `id` is undefined only when the bytes do not decode. */
export interface SubmitAnswer {
  readonly id: TransactionId | undefined;
  readonly status: TransactionStatus;
}

export interface AccountBalance {
  readonly asset: AssetId;
  readonly amount: bigint;
}

export interface AccountSummary {
  readonly account: AccountId;
  /** False: never written; it reads as zero. */
  readonly exists: boolean;
  readonly nonce: number;
  /** The next nonce counting what waits in this node's pool. */
  readonly pendingNonce: number;
  readonly authHash: string;
  readonly requireMemo: boolean;
  /** The native asset's first, then others by ascending id, at most accountBalancesMax of them. */
  readonly balances: readonly AccountBalance[];
  /** The asset at which the balances go on that did not fit. */
  readonly moreBalances: AssetId | undefined;
  /** Whose state this is. */
  readonly tip: Tip;
}

export interface TransactionPage {
  /** Newest first. Fewer than asked for, with `next`, where they are in many large blocks. */
  readonly items: readonly FoundTransaction[];
  /** Where the next page starts, or undefined at the end. */
  readonly next: { readonly height: number; readonly index: number } | undefined;
}

export interface HeightSpan {
  readonly above: Height;
  readonly upTo: Height;
  readonly limit: number;
}

export interface LedgerStats {
  /** Milliseconds that the figures cover: what was asked for, or less where this node has not counted for so long. */
  readonly windowMs: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly transactionsPerSecond: number;
  /** Of own measurements, from first sight of a proposal to its finality: milliseconds, undefined without any. */
  readonly finalityMsMedian: number | undefined;
  readonly finalityMsP99: number | undefined;
  readonly totalTransactions: number;
  readonly totalSupply: bigint;
  readonly accounts: number;
}

/** Called once per final, durable block, in order of height. */
export type BlockListener = (block: FoundBlock) => void;

export interface NodeQueries {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  /** Sets, standing votes, parameters of now and next, proven faults. */
  readonly membership: MembershipAnswers;
  /** What needs no belief. */
  readonly proofs: ProofAnswers;
  /** Assets other than the native one, and who holds them. */
  readonly assets: AssetAnswers;
  readonly records: RecordAnswers;
  /** What waits for a block. */
  readonly pool: PoolAnswers;
  /** What became final, by time. */
  readonly pace: PaceAnswers;
  status(): NodeStatus;
  tip(): Tip;
  validators(): readonly ValidatorStatus[];
  peers(): readonly PeerStatus[];
  /** Without its transactions, which a block that is not in memory would have to be decoded for; gives way. */
  blockSummary(reference: Height | BlockId): Promise<BlockSummary | undefined>;
  blockAt(height: Height): FoundBlock | undefined;
  blockById(id: BlockId): FoundBlock | undefined;
  transaction(id: TransactionId): TransactionStatus;
  account(account: AccountId): Promise<AccountSummary>;
  accountTransactions(
    account: AccountId,
    from: { readonly height: number; readonly index: number } | undefined,
    limit: number,
  ): Promise<TransactionPage>;
  /** Where the page starts that ends just before a place of an account's transactions; undefined: none is newer. */
  accountPlaceBefore(
    account: AccountId,
    from: { readonly height: number; readonly index: number },
    limit: number,
  ): Promise<{ readonly height: number; readonly index: number } | undefined>;
  /** Heights of the blocks that touch an account, above one and up to another, lowest first, at most `limit`. */
  accountHeights(account: AccountId, span: HeightSpan): Promise<readonly Height[]>;
  stats(windowMs: number): LedgerStats;
  /**
   * At most 512 at once. Answers in order; each is looked up by id first, so repeating is harmless. Which transaction
   * has the nonce of one that is too late is found out for a single one only; in a batch that is `nonce_too_low`.
   */
  submit(transactions: readonly Uint8Array[]): Promise<readonly SubmitAnswer[]>;
  /** Resolves when the id is final or otherwise terminal, or with its status then when the time is over. */
  wait(id: TransactionId, timeoutMs: number): Promise<TransactionStatus>;
  /** Returns the function that ends the subscription. */
  subscribe(listener: BlockListener): () => void;
}

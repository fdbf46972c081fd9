/**
 * What a page shows and therefore has to be proven: the page says what it shows, the checker whether that is true.
 *
 * A claim holds the very answer that is on the screen. What is proven is compared with it field by field: a node that
 * proves one figure and shows another is found out.
 * @module
 */
import type { AssetNowJson } from "../../../src/api/asset-json.ts";
import type {
  AccountJson,
  BlockJson,
  FinalTransactionJson,
  TipJson,
  ValidatorJson,
} from "../../../src/api/json.ts";
import type { RecordNowJson } from "../../../src/api/record-json.ts";

export type ProvableClaim =
  /** That this is a final block of the ledger, of this time. */
  | ({ readonly kind: "tip"; readonly timestampMs?: number | undefined } & TipJson)
  | ({ readonly kind: "block"; readonly block: BlockJson } & Rows & Asked)
  | ({ readonly kind: "transaction"; readonly transaction: FinalTransactionJson } & Asked)
  | ({ readonly kind: "account"; readonly account: AccountJson } & Rows & Asked & Changing)
  | ({ readonly kind: "asset"; readonly asset: AssetNowJson } & Asked & Changing)
  | ({ readonly kind: "record"; readonly record: RecordNowJson } & Asked & Changing)
  /** Those of the epoch that goes on. */
  | {
      readonly kind: "validators";
      readonly validators: readonly LastingValidator[];
      readonly tip?: TipJson | undefined;
    };

/** What the ledger says of a validator, and not only a node. */
export type LastingValidator = Pick<
  ValidatorJson,
  "index" | "name" | "consensusKey" | "operator" | "endpoint"
>;

export type Claim =
  | ProvableClaim
  /**
   * What only this node can know; nothing can be proven about it. `why` says so in a sentence. `stray`: it is not even
   * about what was asked for, and how.
   */
  | { readonly kind: "word"; readonly why: string; readonly stray?: string | undefined };

/** Transactions that the page lists beside its subject: each can be proven when the reader wants that. */
interface Rows {
  readonly listed?: Listed | undefined;
}

/** The very rows that are on the screen. */
export interface Listed {
  readonly rows: readonly FinalTransactionJson[];
  /** By the node's word there are no more. */
  readonly isEnd: boolean;
}

/** What the address of the page names, in its parts: the answer has to be about that. */
interface Asked {
  readonly asked?: readonly string[] | undefined;
}

/** One step of the way from what is shown to the genesis. */
export interface Step {
  /** `The transaction is in the block`, … */
  readonly title: string;
  /** `word`: what the node says beside it, and nobody can prove. */
  readonly state: "waiting" | "good" | "bad" | "word";
  /** What was compared with what: hashes, numbers of signatures. */
  readonly detail: string;
  /** Who signed, where the step is about signatures of validators. */
  readonly signed?: SignedBy | undefined;
}

export interface SignedBy {
  /** Positions in the set. */
  readonly signers: readonly number[];
  /** Of the whole set. */
  readonly names: readonly string[];
}

/** What is to be said of one node that was asked. */
export interface NodeWord {
  /** Base URL. */
  readonly node: string;
  readonly tone: "good" | "warn" | "bad";
  readonly words: string;
  /** Which of the kept lies is its own: see evidence-shelf.ts. */
  readonly evidence: string | undefined;
}

/** What it shows may have changed when it is checked. */
interface Changing {
  /** Asks for it once more; left out, the whole page is loaded again, when the reader wants that. */
  readonly again?: (() => void) | undefined;
}

/** What came of checking a claim at one node or several. */
export type Verdict =
  | { readonly kind: "checking"; readonly steps: readonly Step[] }
  | ({
      readonly kind: "proven";
      /** The block whose state or content it is. */
      readonly height: number;
      readonly signers: number;
      readonly validatorCount: number;
      readonly tookMs: number;
      /** Block time of what changes all the time, and may be old; undefined of what never changes. */
      readonly asOfMs: number | undefined;
    } & Found)
  /** What is shown is not what is proven, or the proof is wrong: somebody lies. */
  | ({ readonly kind: "false"; readonly why: string } & Found)
  /**
   * It could not be decided: no answer, or the node lags behind what this browser has seen. `isOld`: what is shown was
   * true, and something else is proven now: the page should ask again.
   */
  | ({ readonly kind: "open"; readonly why: string; readonly isOld: boolean } & Found)
  | { readonly kind: "word"; readonly why: string };

interface Found {
  readonly steps: readonly Step[];
  /** One for each node, the page's own first. */
  readonly nodes: readonly NodeWord[];
}

/** What came of the listed transactions. */
export interface RowsVerdict {
  readonly proven: number;
  readonly total: number;
  /** Of those that are not proven: what is wrong. At most a few. */
  readonly flaws: readonly string[];
  /** What is known of transactions that the list may leave out. */
  readonly complete: string;
}

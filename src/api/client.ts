/**
 * NodeClient: the HTTP interface of one node, typed, over a fetch that it is given.
 *
 * It believes nothing: every answer is read with its schema, and what does not fit is `garbled`. It never
 * retries and never throws for what a node or a network does; whoever has several nodes chooses the next one.
 *
 *     const client = new NodeClient({
 *       baseUrl: "http://127.0.0.1:28000",
 *       httpFetch: fetch,
 *       timeoutSignal: (ms) => AbortSignal.timeout(ms),
 *     });
 *     const answer = await client.transaction(id);
 *     if (answer.ok) answer.value.status; // "final", "pending", …
 * @module
 */
import type { z } from "zod";
import { fail, ok, type Result } from "../base/result.ts";
import { type ClientFailure, causeOf, readAnswer } from "./answer-reading.ts";
import { AssetQuestions } from "./asset-questions.ts";
import { encodeBatch } from "./batch.ts";
import type {
  AccountJson,
  BatchJson,
  BlockJson,
  FinalTransactionJson,
  GenesisJson,
  ListJson,
  PeerJson,
  StatsJson,
  StatusJson,
  TransactionJson,
  ValidatorJson,
} from "./json.ts";
import { LocalQuestions } from "./local-questions.ts";
import type { FaultJson, MembershipJson, ParametersNowJson } from "./membership-json.ts";
import { faultsSchema, membershipSchema, parametersNowSchema } from "./membership-schemas.ts";
import { OverviewQuestions } from "./overview-questions.ts";
import {
  type BlocksOptions,
  type PageOptions,
  type Path,
  paths,
  type SubmitOptions,
} from "./paths.ts";
import type {
  ConsistencyJson,
  EpochJson,
  HeadersJson,
  InclusionJson,
  ProofJson,
  ProofOptions,
  ReceiptJson,
} from "./proof-json.ts";
import { RecordQuestions } from "./record-questions.ts";
import {
  accountSchema,
  batchSchema,
  blockSchema,
  genesisSchema,
  listOf,
  statsSchema,
  statusSchema,
  transactionSchema,
} from "./schemas.ts";
import {
  consistencySchema,
  epochSchema,
  headersSchema,
  inclusionSchema,
  proofSchema,
  receiptSchema,
} from "./schemas-proof.ts";

export type { ClientFailure } from "./answer-reading.ts";

/** The global function of that name, or a test's. */
export type HttpFetch = (url: string, request: RequestInit) => Promise<Response>;

export type Answer<Value> = Promise<Result<Value, ClientFailure>>;

export interface NodeClientOptions {
  /** `http://host:port`, with or without a path before `/v1`. */
  readonly baseUrl: string;
  readonly httpFetch: HttpFetch;
  /** For one answer; waiting for finality comes on top. Default 10 s. */
  readonly timeoutMs?: number;
  /** A signal that aborts after so long: `(ms) => AbortSignal.timeout(ms)`. */
  readonly timeoutSignal: (timeoutMs: number) => AbortSignal;
}

const waitMsStandard = 30_000;

/** Asks for a path and reads the answer. */
export type Getting = <Value>(path: Path<Value>, schema: z.ZodType<Value>) => Answer<Value>;

/** Sends a JSON body to a path and reads the answer. */
export type Posting = <Value>(
  path: Path<Value>,
  body: object,
  schema: z.ZodType<Value>,
) => Answer<Value>;

export class NodeClient {
  readonly baseUrl: string;
  readonly assets: AssetQuestions;
  readonly local: LocalQuestions;
  readonly overview: OverviewQuestions;
  readonly records: RecordQuestions;
  readonly #options: NodeClientOptions;
  readonly #timeoutMs: number;

  constructor(options: NodeClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    const get: Getting = (path, schema) => this.#get(path, schema);
    this.assets = new AssetQuestions(get);
    this.records = new RecordQuestions(get);
    const post: Posting = (path, body, schema) =>
      this.#ask(path, jsonBody(body), schema, this.#timeoutMs);
    this.local = new LocalQuestions(get, post);
    this.overview = new OverviewQuestions(get, post);
  }

  status(): Answer<StatusJson> {
    return this.#get(paths.status(), statusSchema);
  }

  genesis(): Answer<GenesisJson> {
    return this.#get(paths.genesis(), genesisSchema);
  }

  parameters(): Answer<ParametersNowJson> {
    return this.#get(paths.parameters(), parametersNowSchema);
  }

  /** Those of the epoch of a final height; without one, of the epoch that goes on. */
  validators(height?: number): Answer<ListJson<ValidatorJson>> {
    return this.#get(paths.validators(height), listOf.validators);
  }

  membership(): Answer<MembershipJson> {
    return this.#get(paths.membership(), membershipSchema);
  }

  /** Proven faults that the ledger holds, newest first. */
  faults(): Answer<ListJson<FaultJson>> {
    return this.#get(paths.faults(), faultsSchema);
  }

  peers(): Answer<ListJson<PeerJson>> {
    return this.#get(paths.peers(), listOf.peers);
  }

  blocks(options: BlocksOptions = {}): Answer<ListJson<BlockJson>> {
    return this.#get(paths.blocks(options), listOf.blocks);
  }

  /** By height or id. */
  block(reference: number | string): Answer<BlockJson> {
    return this.#get(paths.block(reference), blockSchema);
  }

  /** In the order of the block. */
  blockTransactions(
    reference: number | string,
    page: PageOptions = {},
  ): Answer<ListJson<FinalTransactionJson>> {
    return this.#get(paths.blockTransactions(reference, page), listOf.transactions);
  }

  /** All that are final, newest first. A page may be short where many blocks have none: the list ends with `next`. */
  transactions(page: PageOptions = {}): Answer<ListJson<FinalTransactionJson>> {
    return this.#get(paths.transactions(page), listOf.transactions);
  }

  /** What this node knows of an id; `unknown` is an answer, not a failure. */
  async transaction(id: string): Answer<TransactionJson> {
    return outcomeOf(await this.#get(paths.transaction(id), transactionSchema));
  }

  /**
   * Submits one signed transaction (its BCS). Whatever the node decides about it is a value with a status;
   * a failure is about the request (bytes that are no transaction) or the way to the node.
   * With `wait` it answers when the transaction is final or otherwise decided, or as it stands when the time is over.
   */
  async submit(
    bytes: Uint8Array,
    { wait, timeoutMs }: SubmitOptions = {},
  ): Answer<TransactionJson> {
    const waitMs = wait === undefined ? 0 : (timeoutMs ?? waitMsStandard);
    const path = paths.submit(wait === undefined ? {} : { wait, timeoutMs: waitMs });
    const request = octets(bytes);
    return outcomeOf(await this.#ask(path, request, transactionSchema, this.#timeoutMs + waitMs));
  }

  /** Submits up to 512 at once; the outcomes are in the same order. */
  submitBatch(transactions: readonly Uint8Array[]): Answer<BatchJson> {
    const request = octets(encodeBatch(transactions));
    return this.#ask(paths.submitBatch(), request, batchSchema, this.#timeoutMs);
  }

  account(address: string): Answer<AccountJson> {
    return this.#get(paths.account(address), accountSchema);
  }

  /** Newest first; only final ones. */
  accountTransactions(
    address: string,
    page: PageOptions = {},
  ): Answer<ListJson<FinalTransactionJson>> {
    return this.#get(paths.accountTransactions(address, page), listOf.transactions);
  }

  /** Over a window such as `60s`, `10m` or `24h`; 60 s when left out. */
  stats(window?: string): Answer<StatsJson> {
    return this.#get(paths.stats(window), statsSchema);
  }

  // Proofs: nothing of these answers is to be believed before src/proof has verified it.

  /** The receipt file of a final transaction. */
  receipt(id: string, options: ProofOptions = {}): Answer<ReceiptJson> {
    return this.#get(paths.receipt(id, options), receiptSchema);
  }

  /** The account's entry and its balances of all assets, or their absence, at the node's tip. */
  accountProof(address: string, options: ProofOptions = {}): Answer<ProofJson> {
    return this.#get(paths.accountProof(address, options), proofSchema);
  }

  /** Entries of the state at the node's tip, or their absence, by key (hex of kind ‖ BCS key): at most 32. */
  stateProof(keys: readonly string[], options: ProofOptions = {}): Answer<ProofJson> {
    return this.#get(paths.stateProof(keys, options), proofSchema);
  }

  /** That a block is final, by height or id. */
  blockProof(reference: number | string, options: ProofOptions = {}): Answer<ProofJson> {
    return this.#get(paths.blockProof(reference, options), proofSchema);
  }

  /** Headers of final blocks, both heights included: at most 100. */
  headers(from: number, to: number): Answer<HeadersJson> {
    return this.#get(paths.headers(from, to), headersSchema);
  }

  epoch(number: number): Answer<EpochJson> {
    return this.#get(paths.epoch(number), epochSchema);
  }

  /** That the history below the block at `to` goes on from the one below the block at `from`. */
  consistency(from: number, to: number): Answer<ConsistencyJson> {
    return this.#get(paths.consistency(from, to), consistencySchema);
  }

  /** That the block at a height is in the history below the one at `at`. */
  inclusion(height: number, at: number): Answer<InclusionJson> {
    return this.#get(paths.inclusion(height, at), inclusionSchema);
  }

  #get<Value>(path: Path<Value>, schema: z.ZodType<Value>): Answer<Value> {
    return this.#ask(path, { method: "GET" }, schema, this.#timeoutMs);
  }

  async #ask<Value>(
    path: Path<Value>,
    request: RequestInit,
    schema: z.ZodType<Value>,
    timeoutMs: number,
  ): Answer<Value> {
    const { httpFetch, timeoutSignal } = this.#options;
    try {
      const signal = timeoutSignal(timeoutMs);
      const response = await httpFetch(`${this.baseUrl}${path}`, {
        ...request,
        signal,
        redirect: "error",
      });
      return await readAnswer(response, schema, signal);
    } catch (error) {
      // Whatever a fetch throws means the same to us: there is no answer.
      return fail({ kind: "unreachable", message: causeOf(error) });
    }
  }
}

const octets = (bytes: Uint8Array): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/octet-stream" },
  body: bytes.slice(),
});

const jsonBody = (body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** A problem that tells a transaction's status is an answer about the transaction. */
function outcomeOf(
  result: Result<TransactionJson, ClientFailure>,
): Result<TransactionJson, ClientFailure> {
  if (result.ok || result.reason.kind !== "problem") return result;
  const { id, transactionStatus, code, detail, supersededBy } = result.reason.problem;
  if (id === null) return result;
  switch (transactionStatus) {
    case "refused":
    case "invalid":
      return ok({ status: transactionStatus, id, code, message: detail });
    case "superseded":
      return supersededBy === null ? result : ok({ status: "superseded", id, supersededBy });
    case "expired":
    case "unknown":
      return ok({ status: transactionStatus, id });
    default:
      return result;
  }
}

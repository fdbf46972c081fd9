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
import { encodeBatch } from "./batch.ts";
import type {
  AccountJson,
  BatchJson,
  BlockJson,
  GenesisJson,
  ListJson,
  PeerJson,
  StatsJson,
  StatusJson,
  TransactionJson,
  ValidatorJson,
} from "./json.ts";
import type { FaultJson, MembershipJson, ParametersNowJson } from "./membership-json.ts";
import { faultsSchema, membershipSchema, parametersNowSchema } from "./membership-schemas.ts";
import type { Problem } from "./problem.ts";
import {
  accountSchema,
  batchSchema,
  blockSchema,
  genesisSchema,
  listOf,
  problemSchema,
  statsSchema,
  statusSchema,
  transactionSchema,
} from "./schemas.ts";

/** The global function of that name, or a test's. */
export type HttpFetch = (url: string, request: RequestInit) => Promise<Response>;

/** Why there is no answer. `unreachable` may have reached the node all the same: the outcome is open. */
export type ClientFailure =
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "unreachable"; readonly message: string }
  | { readonly kind: "garbled"; readonly message: string };

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

export interface PageOptions {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** No answer of a node is larger; a liar cannot fill our memory. */
const answerBytesMax = 32 * 1024 * 1024;
const waitMsStandard = 30_000;

export class NodeClient {
  readonly baseUrl: string;
  readonly #options: NodeClientOptions;
  readonly #timeoutMs: number;

  constructor(options: NodeClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
  }

  status(): Answer<StatusJson> {
    return this.#get("/v1/status", {}, statusSchema);
  }

  genesis(): Answer<GenesisJson> {
    return this.#get("/v1/genesis", {}, genesisSchema);
  }

  parameters(): Answer<ParametersNowJson> {
    return this.#get("/v1/parameters", {}, parametersNowSchema);
  }

  /** Those of the epoch of a final height; without one, of the epoch that goes on. */
  validators(height?: number): Answer<ListJson<ValidatorJson>> {
    return this.#get("/v1/validators", { height }, listOf.validators);
  }

  membership(): Answer<MembershipJson> {
    return this.#get("/v1/membership", {}, membershipSchema);
  }

  /** Proven faults that the ledger holds, newest first. */
  faults(): Answer<ListJson<FaultJson>> {
    return this.#get("/v1/faults", {}, faultsSchema);
  }

  peers(): Answer<ListJson<PeerJson>> {
    return this.#get("/v1/peers", {}, listOf.peers);
  }

  /** Newest first unless `order` is "asc". */
  blocks(
    options: PageOptions & { readonly order?: "asc" | "desc" } = {},
  ): Answer<ListJson<BlockJson>> {
    return this.#get("/v1/blocks", { ...options }, listOf.blocks);
  }

  /** By height or id. */
  block(reference: number | string): Answer<BlockJson> {
    return this.#get(`/v1/blocks/${segment(reference)}`, {}, blockSchema);
  }

  /** In the order of the block. */
  blockTransactions(
    reference: number | string,
    options: PageOptions = {},
  ): Answer<ListJson<TransactionJson>> {
    const path = `/v1/blocks/${segment(reference)}/transactions`;
    return this.#get(path, { ...options }, listOf.transactions);
  }

  /** What this node knows of an id; `unknown` is an answer, not a failure. */
  async transaction(id: string): Answer<TransactionJson> {
    const path = `/v1/transactions/${segment(id)}`;
    return outcomeOf(await this.#get(path, {}, transactionSchema));
  }

  /**
   * Submits one signed transaction (its BCS). Whatever the node decides about it is a value with a status;
   * a failure is about the request (bytes that are no transaction) or the way to the node.
   * With `wait` it answers when the transaction is final or otherwise decided, or as it stands when the time is over.
   */
  async submit(
    bytes: Uint8Array,
    options: { readonly wait?: "final" | undefined; readonly timeoutMs?: number | undefined } = {},
  ): Answer<TransactionJson> {
    const waitMs = options.wait === undefined ? 0 : (options.timeoutMs ?? waitMsStandard);
    const query: Query =
      options.wait === undefined ? {} : { wait: options.wait, timeoutMs: waitMs };
    const url = this.#url("/v1/transactions", query);
    const request = octets(bytes);
    return outcomeOf(await this.#ask(url, request, transactionSchema, this.#timeoutMs + waitMs));
  }

  /** Submits up to 512 at once; the outcomes are in the same order. */
  submitBatch(transactions: readonly Uint8Array[]): Answer<BatchJson> {
    const url = this.#url("/v1/transactions/batch", {});
    return this.#ask(url, octets(encodeBatch(transactions)), batchSchema, this.#timeoutMs);
  }

  account(address: string): Answer<AccountJson> {
    return this.#get(`/v1/accounts/${segment(address)}`, {}, accountSchema);
  }

  /** Newest first; only final ones. */
  accountTransactions(
    address: string,
    options: PageOptions = {},
  ): Answer<ListJson<TransactionJson>> {
    const path = `/v1/accounts/${segment(address)}/transactions`;
    return this.#get(path, { ...options }, listOf.transactions);
  }

  /** Over a window such as `60s`, `10m` or `24h`; 60 s when left out. */
  stats(window?: string): Answer<StatsJson> {
    return this.#get("/v1/stats", { window }, statsSchema);
  }

  #get<Value>(path: string, query: Query, schema: z.ZodType<Value>): Answer<Value> {
    return this.#ask(this.#url(path, query), { method: "GET" }, schema, this.#timeoutMs);
  }

  #url(path: string, query: Query): string {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    );
    return `${this.baseUrl}${path}${given.length === 0 ? "" : `?${given.join("&")}`}`;
  }

  async #ask<Value>(
    url: string,
    request: RequestInit,
    schema: z.ZodType<Value>,
    timeoutMs: number,
  ): Answer<Value> {
    const { httpFetch, timeoutSignal } = this.#options;
    try {
      const signal = timeoutSignal(timeoutMs);
      const response = await httpFetch(url, { ...request, signal, redirect: "error" });
      const text = await readText(response);
      return text === undefined ? garbled("the answer is too large") : read(response, text, schema);
    } catch (error) {
      // Whatever a fetch throws means the same to us: there is no answer.
      return fail({ kind: "unreachable", message: causeOf(error) });
    }
  }
}

const segment = (part: number | string): string => encodeURIComponent(part);

const octets = (bytes: Uint8Array): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/octet-stream" },
  body: bytes.slice(),
});

const garbled = (message: string): Result<never, ClientFailure> =>
  fail({ kind: "garbled", message });

function read<Value>(
  response: Response,
  text: string,
  schema: z.ZodType<Value>,
): Result<Value, ClientFailure> {
  const json = parseJson(text);
  if (response.ok) {
    const value = schema.safeParse(json);
    return value.success ? ok(value.data) : garbled("the answer is not in the agreed form");
  }
  const problem = problemSchema.safeParse(json);
  return problem.success
    ? fail({ kind: "problem", problem: problem.data })
    : garbled(`HTTP status ${response.status} without a problem`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The body as text, or undefined beyond the bound. */
async function readText(response: Response): Promise<string | undefined> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > answerBytesMax) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

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

/** undici says only "fetch failed" and keeps the reason in `cause`. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && cause.message !== "") return cause.message;
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return error.message;
}

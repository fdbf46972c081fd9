/**
 * Every path of the HTTP interface with the type of its answer: for NodeClient, which reads answers with their schemas,
 * and for the explorer, which is of its node's version and carries none.
 * @module
 */
import type { AssetJson, AssetNowJson } from "./asset-json.ts";
import type { FaucetJson } from "./faucet-json.ts";
import type { FeesJson } from "./fee-json.ts";
import type {
  AccountJson,
  BalanceJson,
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
import type { LocalAcceptedJson, LocalNodeCommand, LocalNodesJson } from "./local-json.ts";
import type { FaultJson, MembershipJson, ParametersNowJson } from "./membership-json.ts";
import type { MempoolJson } from "./mempool-json.ts";
import type {
  ConsistencyJson,
  EpochJson,
  HeadersJson,
  InclusionJson,
  ProofJson,
  ProofOptions,
  ReceiptJson,
} from "./proof-json.ts";
import type { RecordEntryJson, RecordNowJson, RecordVersionJson } from "./record-json.ts";
import type { SearchJson } from "./search-json.ts";
import type { SeriesJson } from "./series-json.ts";

declare const answer: unique symbol;

/** Path and query, `/v1/…`: a node answers with an `Answer`. */
export type Path<Answer> = string & { readonly [answer]: Answer };

export interface PageOptions {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export interface BlocksOptions extends PageOptions {
  /** Newest first unless "asc". */
  readonly order?: "asc" | "desc" | undefined;
}

export interface RecordListOptions extends PageOptions {
  /** Only of this topic. */
  readonly topic?: string | undefined;
}

export interface SeriesOptions {
  /** Such as `60s`, `10m` or `24h`; 10 minutes when left out. */
  readonly window?: string | undefined;
  /** How many; 60 when left out. */
  readonly points?: number | undefined;
}

export interface SubmitOptions {
  readonly wait?: "final" | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Topics and keys may be any text. */
export interface RecordName {
  readonly address: string;
  readonly topic: string;
  readonly key: string;
}

/** Height or id. */
type Reference = number | string;

/** A list says its name once for each of its values. */
type Query<Given> = {
  readonly [Name in keyof Given]: string | number | readonly number[] | undefined;
};

export const paths = {
  status: (): Path<StatusJson> => path("/v1/status"),
  genesis: (): Path<GenesisJson> => path("/v1/genesis"),
  parameters: (): Path<ParametersNowJson> => path("/v1/parameters"),
  validators: (height?: number): Path<ListJson<ValidatorJson>> =>
    path("/v1/validators", { height }),
  membership: (): Path<MembershipJson> => path("/v1/membership"),
  faults: (): Path<ListJson<FaultJson>> => path("/v1/faults"),
  peers: (): Path<ListJson<PeerJson>> => path("/v1/peers"),

  blocks: (options: BlocksOptions = {}): Path<ListJson<BlockJson>> => path("/v1/blocks", options),
  block: (reference: Reference): Path<BlockJson> => path(blockAt(reference)),
  blockTransactions: (
    reference: Reference,
    page: PageOptions = {},
  ): Path<ListJson<FinalTransactionJson>> => path(`${blockAt(reference)}/transactions`, page),

  transactions: (page: PageOptions = {}): Path<ListJson<FinalTransactionJson>> =>
    path("/v1/transactions", page),
  transaction: (id: string): Path<TransactionJson> => path(transactionOf(id)),
  submit: (options: SubmitOptions = {}): Path<TransactionJson> => path("/v1/transactions", options),
  submitBatch: (): Path<BatchJson> => path("/v1/transactions/batch"),

  account: (address: string): Path<AccountJson> => path(accountOf(address)),
  accountTransactions: (
    address: string,
    page: PageOptions = {},
  ): Path<ListJson<FinalTransactionJson>> => path(`${accountOf(address)}/transactions`, page),
  /** All of them as CSV. */
  accountTransactionsCsv: (address: string): Path<string> =>
    path(`${accountOf(address)}/transactions.csv`),
  balances: (address: string, page: PageOptions = {}): Path<ListJson<BalanceJson>> =>
    path(`${accountOf(address)}/balances`, page),

  assets: (page: PageOptions = {}): Path<ListJson<AssetJson>> => path("/v1/assets", page),
  asset: (id: string): Path<AssetNowJson> => path(`/v1/assets/${segment(id)}`),

  record: (name: RecordName, version?: number): Path<RecordNowJson> =>
    recordPath(name, "", { version }),
  recordVersions: (name: RecordName, page: PageOptions = {}): Path<ListJson<RecordVersionJson>> =>
    recordPath(name, "/versions", page),
  recordsOf: (address: string, options: RecordListOptions = {}): Path<ListJson<RecordEntryJson>> =>
    path(`/v1/records/${segment(address)}`, options),
  recordsWith: (contentHash: string, page: PageOptions = {}): Path<ListJson<RecordVersionJson>> =>
    path("/v1/records", { contentHash, ...page }),

  fees: (): Path<FeesJson> => path("/v1/fees"),
  mempool: (page: PageOptions = {}): Path<MempoolJson> => path("/v1/mempool", page),
  search: (q: string): Path<SearchJson> => path("/v1/search", { q }),
  stats: (window?: string): Path<StatsJson> => path("/v1/stats", { window }),
  series: (options: SeriesOptions = {}): Path<SeriesJson> => path("/v1/stats/series", options),

  receipt: (id: string, options: ProofOptions = {}): Path<ReceiptJson> =>
    path(`${transactionOf(id)}/receipt`, options),
  accountProof: (address: string, options: ProofOptions = {}): Path<ProofJson> =>
    path(`${accountOf(address)}/proof`, options),
  /** `keys`: hex of kind ‖ BCS key. */
  stateProof: (keys: readonly string[], options: ProofOptions = {}): Path<ProofJson> =>
    path("/v1/proofs/state", { keys: keys.join(","), ...options }),
  blockProof: (reference: Reference, options: ProofOptions = {}): Path<ProofJson> =>
    path(`${blockAt(reference)}/proof`, options),
  headers: (from: number, to: number): Path<HeadersJson> => path("/v1/headers", { from, to }),
  epoch: (number: number): Path<EpochJson> => path(`/v1/epochs/${number}`),
  consistency: (from: number, to: number): Path<ConsistencyJson> =>
    path("/v1/history/consistency", { from, to }),
  inclusion: (height: number, at: number): Path<InclusionJson> =>
    path("/v1/history/inclusion", { height, at }),

  faucet: (): Path<FaucetJson> => path("/v1/faucet"),
  localNodes: (): Path<LocalNodesJson> => path("/v1/local/nodes"),
  steer: (node: number, command: LocalNodeCommand): Path<LocalAcceptedJson> =>
    path(`/v1/local/nodes/${node}/${command}`),
  partition: (): Path<LocalAcceptedJson> => path("/v1/local/partition"),
  heal: (): Path<LocalAcceptedJson> => path("/v1/local/heal"),
} as const;

/** The same list from a cursor on, and so many of its items. */
export function pageOf<Answer>(list: Path<Answer>, page: PageOptions): Path<Answer> {
  return path(list, page);
}

function path<Answer, Given extends Query<Given>>(address: string, query?: Given): Path<Answer> {
  const given = Object.entries<Query<Given>[keyof Given]>(query ?? {}).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}=${encodeURIComponent(one)}`),
  );
  if (given.length === 0) return address as Path<Answer>;
  return `${address}${address.includes("?") ? "&" : "?"}${given.join("&")}` as Path<Answer>;
}

const segment = (part: Reference): string => encodeURIComponent(part);
const blockAt = (reference: Reference): string => `/v1/blocks/${segment(reference)}`;
const transactionOf = (id: string): string => `/v1/transactions/${segment(id)}`;
const accountOf = (address: string): string => `/v1/accounts/${segment(address)}`;

/**
 * A path can hold all topics and keys, percent-encoded, but `.` and `..`: these mean something in a path even when they
 * are encoded, so they go into the query.
 */
function recordPath<Answer, Given extends Query<Given>>(
  { address, topic, key }: RecordName,
  rest: string,
  query: Given,
): Path<Answer> {
  const segments = [address, topic, key].map((name) => (isDots(name) ? "-" : segment(name)));
  const named = { ...(isDots(topic) ? { topic } : {}), ...(isDots(key) ? { key } : {}) };
  return path(`/v1/records/${segments.join("/")}${rest}`, { ...named, ...query });
}

const isDots = (name: string): boolean => name === "." || name === "..";

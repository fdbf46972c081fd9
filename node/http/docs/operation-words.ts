/**
 * What the description says of operations besides what their schemas say: the part they belong to, the problems that
 * only they have, their parameters in words.
 * @module
 */
import { type ProblemCode, problemCatalogue } from "../../../src/api/problem-catalogue.ts";
import { transactionErrors } from "../../../src/protocol/transaction-errors.ts";
import { answeredAlways } from "../admission.ts";

export interface Part {
  readonly name: string;
  readonly description: string;
  readonly paths: RegExp;
}

/** The first that fits. */
export const partsOfInterface: readonly Part[] = [
  {
    name: "Local network",
    description: "Trying and breaking a network that is all on one machine.",
    paths: /^\/v1\/(local\/|faucet$)/,
  },
  {
    name: "Exports",
    description: "All rows as CSV, streamed: for spreadsheets and for programs.",
    paths: /\.csv$/,
  },
  {
    name: "Proofs",
    description:
      "Answers that need no belief: whoever has the genesis can check them, whatever this node is.",
    paths: /\/(proof|receipt)$|^\/v1\/(proofs|headers|history|epochs)\b/,
  },
  { name: "Blocks", description: "What is final, in its order.", paths: /^\/v1\/blocks/ },
  {
    name: "Transactions",
    description: "Submitting them, and what became of them.",
    paths: /^\/v1\/transactions/,
  },
  { name: "Accounts", description: "Who holds what.", paths: /^\/v1\/accounts/ },
  {
    name: "Assets and records",
    description: "What accounts have issued and recorded.",
    paths: /^\/v1\/(assets|records)/,
  },
  {
    name: "Network",
    description: "Who keeps the ledger, and by which rules.",
    paths: /^\/v1\/(genesis|validators|peers|membership|parameters|faults)/,
  },
  {
    name: "Figures",
    description: "How much, how fast, how full, and for how much.",
    paths: /^\/v1\/(stats|fees|mempool)/,
  },
  {
    name: "Search and stream",
    description: "Finding things, and hearing of them as they become final.",
    paths: /^\/v1\/(search|stream)/,
  },
  {
    name: "Node",
    description: "Where this node stands, for people, supervisors and this description's readers.",
    paths: /^\//,
  },
];

export const partOf = (path: string): string =>
  partsOfInterface.find(({ paths }) => paths.test(path))?.name ?? "";

/** Any request may meet these. */
export const problemsOfAll: readonly ProblemCode[] = [
  "host_refused",
  "rate_exceeded",
  "node_overloaded",
  "internal_error",
];

const ofProofs: readonly ProblemCode[] = [
  "height_unknown",
  "epoch_unknown",
  "proof_too_large",
  "proof_not_ready",
];
const ofTransactions = Object.keys(transactionErrors) as ProblemCode[];
const ofSteering: readonly ProblemCode[] = [
  "bad_request",
  "route_unknown",
  "origin_refused",
  "media_type_refused",
  "body_too_large",
  "network_gone",
];
const ofNodes: readonly ProblemCode[] = [...ofSteering, "node_unknown", "node_busy", "node_down"];

const problemsOfOne: Readonly<Record<string, readonly ProblemCode[]>> = {
  "get /v1/blocks/{reference}": ["block_unknown"],
  "get /v1/blocks/{reference}/transactions": ["block_unknown"],
  "get /v1/blocks/{reference}/proof": ["block_unknown", ...ofProofs],
  "get /v1/blocks.csv": ["height_unknown", "too_many_exports"],
  "get /v1/transactions/{id}": ["transaction_unknown"],
  "get /v1/transactions/{id}/receipt": [
    "transaction_unknown",
    "transaction_not_final",
    ...ofProofs,
  ],
  "post /v1/transactions": ofTransactions,
  "get /v1/accounts/{address}/proof": ofProofs,
  "get /v1/accounts/{address}/transactions.csv": ["too_many_exports"],
  "get /v1/proofs/state": ofProofs,
  "get /v1/assets/{id}": ["asset_not_found"],
  "get /v1/records.csv": ["too_many_exports"],
  "get /v1/records/{address}/{topic}/{key}": ["record_not_found"],
  "get /v1/records/{address}/{topic}/{key}/versions": ["record_not_found"],
  "get /v1/validators": ["height_unknown"],
  "get /v1/headers": ["height_unknown"],
  "get /v1/epochs/{number}": ["epoch_unknown"],
  "get /v1/history/consistency": ["height_unknown"],
  "get /v1/history/inclusion": ["height_unknown"],
  "get /v1/stream": ["bad_address", "height_unknown", "streams_exceeded", "too_many_streams"],
  "post /v1/faucet": [
    "bad_address",
    "route_unknown",
    "origin_refused",
    "faucet_empty",
    ...ofTransactions,
  ],
  "get /v1/local/nodes": ["route_unknown", "origin_refused", "network_gone"],
  "post /v1/local/nodes/{node}/{command}": ofNodes,
  "post /v1/local/partition": ofNodes,
  "post /v1/local/heal": ofNodes,
};

/** A node that is behind says `not_synced` instead. */
const absences: readonly ProblemCode[] = [
  "block_unknown",
  "height_unknown",
  "epoch_unknown",
  "asset_not_found",
  "record_not_found",
];

/** The codes that an operation may answer, by status. */
export function problemsOf(operation: {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly string[];
  readonly hasBody: boolean;
}): ReadonlyMap<number, readonly ProblemCode[]> {
  const { method, path, parameters, hasBody } = operation;
  const codes = new Set(problemsOfOne[`${method} ${path}`] ?? []);
  if (!answeredAlways.includes(path)) for (const code of problemsOfAll) codes.add(code);
  else for (const code of ["host_refused", "internal_error"] as const) codes.add(code);
  if (parameters.length > 0 || hasBody) codes.add("bad_request");
  if (parameters.includes("cursor")) codes.add("bad_cursor");
  if (parameters.includes("address")) codes.add("bad_address");
  if (hasBody)
    for (const code of ["media_type_refused", "body_too_large"] as const) codes.add(code);
  if ([...codes].some((code) => absences.includes(code))) codes.add("not_synced");
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    for (const status of statusesOf(code)) {
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
  }
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

/** A transaction that expired before it was tried is gone; one that this node finds too late is refused. */
const statusesOf = (code: ProblemCode): readonly number[] =>
  code === "expired" ? [409, 410] : [problemCatalogue.get(code)?.status ?? 500];

export interface ParameterWords {
  readonly description: string;
  readonly example?: unknown;
}

export interface Examples {
  /** Of an account of the genesis. */
  readonly address: string;
}

const cursor =
  "Where the page starts: `next` or `prev` of an answer, as it is. Absent: at the list's beginning.";
const range = "Of the first block, the genesis block being 0.";

/** A body that can be tried as it stands; undefined: it needs a signed transaction. */
export const bodyExample = (operation: string, { address }: Examples): unknown =>
  ({
    "post /v1/faucet": { address },
    "post /v1/local/partition": {
      groups: [
        [0, 1],
        [2, 3],
      ],
      forMs: 20_000,
    },
    "post /v1/local/heal": {},
    "post /v1/local/nodes/{node}/{command}": {},
  })[operation];

/** By name, or by method, path and name where the same name means something else. */
export function parameterWords(
  operation: string,
  name: string,
  { address }: Examples,
): ParameterWords | undefined {
  const words: Readonly<Record<string, ParameterWords>> = {
    address: {
      description: "Of this network, all in lower or all in upper case.",
      example: address,
    },
    reference: { description: "Height of a final block, or its id.", example: "0" },
    cursor: { description: cursor },
    limit: { description: "How many items a page may hold.", example: 25 },
    order: { description: "`desc`: newest first; `asc`: oldest first.", example: "desc" },
    id: { description: "32 bytes in lowercase hex.", example: "00".repeat(32) },
    topic: {
      description: "Of a record: up to 64 bytes of UTF-8 without control characters.",
      example: "lots",
    },
    key: {
      description: "Of a record in its topic: up to 64 bytes of UTF-8 without control characters.",
      example: "7",
    },
    version: {
      description: "Of a record; they are counted from 1. Absent: the newest.",
      example: 1,
    },
    contentHash: {
      description: "SHA-256 of the content, in lowercase hex.",
      example: "00".repeat(32),
    },
    height: { description: "Of a final block. Absent: the tip.", example: 0 },
    from: { description: range, example: 0 },
    to: { description: "Of the last block, which is included.", example: 0 },
    at: { description: "Of the block whose history is meant; above `height`.", example: 1 },
    window: {
      description: "How far back: a number with `ms`, `s`, `m` or `h`; at most a day.",
      example: "60s",
    },
    points: { description: "How many points, at most.", example: 60 },
    q: { description: "What is sought; spaces around it do not count.", example: "0" },
    topics: {
      description: "With commas: `blocks`, `transactions`, `account:ADDRESS`.",
      example: "blocks,transactions",
    },
    "last-event-id": {
      description:
        "As `cursor`, which it goes before: a browser sends it by itself when it comes back.",
    },
    wait: {
      description: "Answer when the transaction is final, or after `timeoutMs`.",
      example: "final",
    },
    timeoutMs: {
      description: "How long to wait, in milliseconds; without `wait` it says nothing.",
      example: 30_000,
    },
    keys: {
      description: "Keys of the state (docs/protocol.md), in hex, with commas.",
      example: "05",
    },
    known: {
      description:
        "Heights of blocks that the asker has verified before: the proof shows that they are still in the history. May be repeated.",
    },
    number: { description: "Of an epoch; they are counted from 0.", example: 0 },
    node: { description: "Number of the node, from 0.", example: 0 },
    command: { description: "What is done with it.", example: "pause" },
  };
  const other: Readonly<Record<string, ParameterWords>> = {
    "get /v1/stream cursor": {
      description:
        "The id of an event, or a tip's height: the stream goes on after it. Absent: after the tip.",
    },
    "get /v1/history/inclusion height": {
      description: "Of the block that is in the history.",
      example: 0,
    },
    "get /v1/blocks.csv to": {
      description: "Of the last block, which is included. Absent: the tip.",
      example: 0,
    },
  };
  if (name === "from" && /\/(proof|receipt)$|\/proofs\//.test(operation)) {
    return {
      description:
        "The epoch from which the asker knows the validators: what is before it need not be proven. 0: the genesis.",
      example: 0,
    };
  }
  return other[`${operation} ${name}`] ?? words[name];
}

/**
 * The rows of the CSV exports. Columns are only ever added, at the end.
 *
 * Times are told twice: in UTC as ISO 8601 has it, and as Unix milliseconds. Amounts too: in base units, and as a decimal.
 * @module
 */
import type { TransactionBodyJson } from "../../../src/api/json.ts";
import type { OperationJson } from "../../../src/api/operation-json.ts";
import { formatAmount } from "../../../src/protocol/amount.ts";
import { type AccountId, type AssetId, height, nativeAsset } from "../../../src/protocol/ids.ts";
import type {
  BlockSummary,
  FoundTransaction,
  NodeQueries,
  Tip,
} from "../../../src/replica/node-queries.ts";
import type { RecordSummary } from "../../../src/replica/record-queries.ts";
import type { JsonWriter } from "../to-json.ts";
import { finalJson } from "../transaction-json.ts";
import type { Cell } from "./csv.ts";
import type { Row } from "./export-stream.ts";

type Rows = AsyncGenerator<readonly Row[], void, undefined>;

/** What one page reads at most: as many as a page of a list. */
const pageItems = 100;
/** Above every index in a block. */
const indexMax = 0xffff_ffff;

const isoTime = (ms: number): string => new Date(ms).toISOString();

export const transactionColumns: readonly string[] = [
  "time_utc",
  "time_unix_ms",
  "block_height",
  "index_in_block",
  "transaction_id",
  "operation",
  "kind",
  "direction",
  "from",
  "to",
  "asset_id",
  "asset_code",
  "amount_base_units",
  "amount",
  "fee_base_units",
  "fee",
  "sender",
  "nonce",
  "memo",
  "memo_hex",
];

/**
 * Every operation that touches the account, newest transaction first. A transaction of which none does (it paid a fee
 * for others) has one row without an operation. The fee stands once, where the account paid it.
 */
export async function* transactionRows(
  { queries, json }: { readonly queries: NodeQueries; readonly json: JsonWriter },
  account: AccountId,
  tip: Tip,
): Rows {
  const address = json.address(account);
  let from: { readonly height: number; readonly index: number } | undefined = {
    height: tip.height,
    index: indexMax,
  };
  while (from !== undefined) {
    const page = await queries.accountTransactions(account, from, pageItems);
    yield page.items.flatMap((found) => rowsOf(json, address, found));
    from = page.next;
  }
}

function rowsOf(json: JsonWriter, address: string, found: FoundTransaction): readonly Row[] {
  const content = finalJson(json, found);
  if ("fault" in content) return []; // It touches nobody's account.
  const own = content.operations.flatMap((operation, number) =>
    operation.from === address || recipientOf(operation) === address ? [{ operation, number }] : [],
  );
  const shown = own.length === 0 ? [undefined] : own;
  const place = [
    isoTime(content.timestampMs),
    content.timestampMs,
    content.height,
    content.index,
    content.id,
  ];
  return shown.map((one, row) => [
    ...place,
    ...(one === undefined ? noOperation : operationCells(json, address, one)),
    ...feeCells(json, content, content.sender === address && row === 0),
    content.sender,
    content.nonce,
    content.memo.text ?? "",
    content.memo.hex,
  ]);
}

/** Between the transaction's id and the fee. */
const noOperation: readonly Cell[] = Array.from({ length: 9 }, () => null);

function operationCells(
  json: JsonWriter,
  address: string,
  { operation, number }: { readonly operation: OperationJson; readonly number: number },
): readonly Cell[] {
  const to = recipientOf(operation);
  const asset = "asset" in operation ? (operation.asset as AssetId) : undefined;
  const terms = asset && json.terms(asset);
  const amount = "amount" in operation ? operation.amount : undefined;
  return [
    number,
    operation.kind,
    directionOf(operation, address),
    operation.from,
    to ?? null,
    asset ?? null,
    terms?.code ?? null,
    amount ?? null,
    amount !== undefined && terms !== undefined
      ? formatAmount(BigInt(amount), terms.decimals)
      : null,
  ];
}

const recipientOf = (operation: OperationJson): string | undefined =>
  operation.kind === "transfer" || operation.kind === "mint" ? operation.to : undefined;

/** What it does to the account's balance of the asset. Units that are minted come from nobody. */
function directionOf(operation: OperationJson, address: string): "in" | "out" | null {
  if (recipientOf(operation) === address) return "in";
  return operation.kind === "transfer" || operation.kind === "burn" ? "out" : null;
}

function feeCells(json: JsonWriter, { fee }: TransactionBodyJson, isShown: boolean): Row {
  const terms = json.terms(nativeAsset);
  if (!isShown || terms === undefined) return [null, null];
  return [fee, formatAmount(BigInt(fee), terms.decimals)];
}

export const blockColumns: readonly string[] = [
  "height",
  "block_id",
  "time_utc",
  "time_unix_ms",
  "transactions",
  "bytes",
  "epoch",
  "view",
  "leader",
  "leader_name",
  "parent",
  "transactions_root",
  "state_root",
];

/** Blocks from a height to a height, both included, ascending. */
export async function* blockRows(
  { queries, json }: { readonly queries: NodeQueries; readonly json: JsonWriter },
  span: { readonly from: number; readonly to: number },
): Rows {
  for (let start = span.from; start <= span.to; start += pageItems) {
    const rows: Row[] = [];
    for (let at = start; at < start + pageItems && at <= span.to; at += 1) {
      const found = await queries.blockSummary(height(at));
      if (found !== undefined) rows.push(blockRow(json, found));
    }
    yield rows;
  }
}

function blockRow(json: JsonWriter, summary: BlockSummary): Row {
  const block = json.block(summary);
  return [
    block.height,
    block.id,
    isoTime(block.timestampMs),
    block.timestampMs,
    block.transactionCount,
    block.bytes,
    block.epoch,
    block.view,
    block.leader,
    block.leaderName,
    block.parent,
    block.transactionsRoot,
    block.stateRoot,
  ];
}

export const recordColumns: readonly string[] = [
  "address",
  "topic",
  "key",
  "version",
  "content_hash",
  "block_height",
  "time_utc",
  "time_unix_ms",
];

/** The versions that an account's records, or those of one topic, have at a tip, in the order of their list. */
export async function* recordRows(
  { queries, json }: { readonly queries: NodeQueries; readonly json: JsonWriter },
  of: { readonly account: AccountId; readonly topic: string | undefined },
  tip: Tip,
): Rows {
  const { records } = queries;
  let page = await records.ofAccount(of, undefined, pageItems);
  for (;;) {
    const rows: Row[] = [];
    for (const current of page.items) {
      const record = await versionAt(queries, current, tip);
      if (record !== undefined) rows.push(await recordRow(queries, json, record));
    }
    yield rows;
    if (page.next === undefined) return;
    page = await records.ofAccount(of, page.next, pageItems);
  }
}

/**
 * The version that it had at a tip, or undefined: it was not written then. A record may be written much oftener than an
 * export is read: so its versions are halved, not stepped through.
 */
async function versionAt(
  { records }: NodeQueries,
  current: RecordSummary,
  tip: Tip,
): Promise<RecordSummary | undefined> {
  if (current.height <= tip.height) return current;
  let found: RecordSummary | undefined;
  // Versions up to `low` were there, those from `high` on were not.
  let low = 0;
  let high = current.version;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const record = (await records.record(current, middle))?.record;
    if (record !== undefined && record.height > tip.height) high = middle;
    else {
      low = middle;
      found = record;
    }
  }
  return found;
}

async function recordRow(
  queries: NodeQueries,
  json: JsonWriter,
  { account, topic, key, version, contentHash, height: at }: RecordSummary,
): Promise<Row> {
  const timestampMs = (await queries.blockSummary(at))?.header.timestampMs;
  return [
    json.address(account),
    topic,
    key,
    version,
    contentHash,
    at,
    timestampMs === undefined ? null : isoTime(timestampMs),
    timestampMs ?? null,
  ];
}

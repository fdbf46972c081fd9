/**
 * The journal of a batch: for each row the one transaction that may pay it, and what became of it.
 *
 * `<home>/batches/CHAIN-CSVHASH-RUN.jsonl`, lines only ever added:
 *
 *     { kind, version, chainId, csvSha256, csvPath, from, rows }     the first line
 *     { signed: ROW, bytes }      on the disk before the bytes are in the outbox, so before they are sent
 *     { final: ROW, id, height }  on the disk before the outbox forgets them
 *     { gone: ROW, id, code }     proven: the transaction can never be applied; the row is free to be signed again
 *
 * So whenever the process ends, each row has at most one transaction that can still be applied, and its bytes are here.
 * @module
 */
import { mkdir, open, readdir, readFile, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseHex, toHex } from "../../src/base/bytes.ts";
import { type ChainId, isIdText } from "../../src/protocol/ids.ts";
import { usageFailure } from "../failure.ts";
import { isMissing, writeDurably } from "../files.ts";
import { indexIn, type JsonObject, parseJsonObject, stringIn } from "../json-fields.ts";

export interface BatchHeader {
  readonly chainId: ChainId;
  /** Of the whole file. */
  readonly csvSha256: string;
  /** Absolute; where the file was when the batch began. */
  readonly csvPath: string;
  /** Address of the sender. */
  readonly from: string;
  readonly rows: number;
}

export type RowState =
  | { readonly kind: "unsigned" }
  | { readonly kind: "signed"; readonly bytes: Uint8Array }
  | { readonly kind: "final"; readonly id: string; readonly height: number };

export type JournalLine =
  | { readonly signed: number; readonly bytes: Uint8Array }
  | { readonly final: number; readonly id: string; readonly height: number }
  | { readonly gone: number; readonly id: string; readonly code: string };

export interface FoundJournal {
  readonly path: string;
  readonly header: BatchHeader;
  readonly finalRows: number;
  /** Rows with a transaction that may still be applied. */
  readonly openRows: number;
}

const kind = "quorate-batch";
const version = 1;
const unsigned: RowState = { kind: "unsigned" };

const countOf = (states: readonly RowState[], wanted: RowState["kind"]): number =>
  states.filter((state) => state.kind === wanted).length;

const folderOf = (home: string): string => join(home, "batches");

/** Every journal of this network, in the order of their names: later runs of one file come later. */
export async function findJournals(
  home: string,
  chainId: ChainId,
): Promise<readonly FoundJournal[]> {
  const found: FoundJournal[] = [];
  for (const name of await journalNames(home)) {
    if (!name.startsWith(chainId.slice(0, 16))) continue;
    const path = join(folderOf(home), name);
    const read = await readJournal(path);
    if (read?.header.chainId !== chainId) continue;
    const { header } = read;
    const { states } = read.rows;
    found.push({
      path,
      header,
      finalRows: countOf(states, "final"),
      openRows: countOf(states, "signed"),
    });
  }
  return found;
}

async function journalNames(home: string): Promise<readonly string[]> {
  try {
    return (await readdir(folderOf(home))).filter((name) => name.endsWith(".jsonl")).toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Where the next run of this file has its journal. */
export function journalPath(home: string, header: BatchHeader, run: number): string {
  const { chainId, csvSha256 } = header;
  const name = `${chainId.slice(0, 16)}-${csvSha256}-${String(run).padStart(6, "0")}.jsonl`;
  return join(folderOf(home), name);
}

export class BatchJournal {
  readonly path: string;
  readonly header: BatchHeader;
  readonly #rows: Rows;

  private constructor(path: string, header: BatchHeader, rows: Rows) {
    this.path = path;
    this.header = header;
    this.#rows = rows;
  }

  /** Durable when it returns. */
  static async create(path: string, header: BatchHeader): Promise<BatchJournal> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(path, `${JSON.stringify({ kind, version, ...header })}\n`);
    return new BatchJournal(path, header, new Rows(header.rows));
  }

  /** What a crash has left of a last line is cut off. */
  static async open(path: string): Promise<BatchJournal> {
    const read = await readJournal(path);
    if (read === undefined) {
      throw usageFailure(
        "batch_journal_malformed",
        `${path} is damaged: it should say which rows of a batch were signed`,
        "Look at the sender's history before paying any row again.",
      );
    }
    await truncate(path, read.wholeBytes);
    return new BatchJournal(path, read.header, read.rows);
  }

  /** @param row from 1. */
  state(row: number): RowState {
    return this.states[row - 1] ?? unsigned;
  }

  get states(): readonly RowState[] {
    return this.#rows.states;
  }

  /** What became of a transaction of any row; undefined while it is open. */
  endOf(id: string): "final" | "gone" | undefined {
    return this.#rows.ends.get(id);
  }

  count(kindOfState: RowState["kind"]): number {
    return countOf(this.states, kindOfState);
  }

  /** All lines are durable when it returns. */
  async append(lines: readonly JournalLine[]): Promise<void> {
    if (lines.length === 0) return;
    const file = await open(this.path, "a", 0o600);
    try {
      await file.writeFile(lines.map(formatLine).join(""), "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    for (const line of lines) this.#rows.apply(line);
  }
}

class Rows {
  readonly states: RowState[];
  readonly ends: Map<string, "final" | "gone"> = new Map();

  constructor(count: number) {
    this.states = Array<RowState>(count).fill(unsigned);
  }

  apply(line: JournalLine): void {
    if ("signed" in line) {
      this.states[line.signed - 1] = { kind: "signed", bytes: line.bytes };
      return;
    }
    this.ends.set(line.id, "gone" in line ? "gone" : "final");
    if ("gone" in line) this.states[line.gone - 1] = unsigned;
    else this.states[line.final - 1] = { kind: "final", id: line.id, height: line.height };
  }
}

interface ReadJournal {
  readonly header: BatchHeader;
  readonly rows: Rows;
  /** Without a last line that is not whole. */
  readonly wholeBytes: number;
}

async function readJournal(path: string): Promise<ReadJournal | undefined> {
  const bytes = await readFile(path);
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const [first = "", ...rest] = bytes.subarray(0, wholeBytes).toString("utf8").split("\n");
  const header = headerIn(parseJsonObject(first));
  if (header === undefined) return undefined;
  const rows = new Rows(header.rows);
  for (const text of rest.slice(0, -1)) {
    const line = lineIn(parseJsonObject(text), header.rows);
    if (line === undefined) return undefined;
    rows.apply(line);
  }
  return { header, rows, wholeBytes };
}

function formatLine(line: JournalLine): string {
  const json = "signed" in line ? { ...line, bytes: toHex(line.bytes) } : line;
  return `${JSON.stringify(json)}\n`;
}

function headerIn(object: JsonObject | undefined): BatchHeader | undefined {
  if (object?.["kind"] !== kind || object["version"] !== version) return undefined;
  const chainId = stringIn(object, "chainId") ?? "";
  const csvSha256 = stringIn(object, "csvSha256") ?? "";
  const csvPath = stringIn(object, "csvPath");
  const from = stringIn(object, "from");
  const rows = indexIn(object, "rows");
  if (!isIdText(chainId) || !isIdText(csvSha256)) return undefined;
  if (csvPath === undefined || from === undefined || rows === undefined) return undefined;
  return { chainId: chainId as ChainId, csvSha256, csvPath, from, rows };
}

function lineIn(object: JsonObject | undefined, rows: number): JournalLine | undefined {
  if (object === undefined) return undefined;
  const rowIn = (name: string): number | undefined => {
    const row = indexIn(object, name);
    return row === undefined || row < 1 || row > rows ? undefined : row;
  };
  const signed = rowIn("signed");
  const bytes = parseHex(stringIn(object, "bytes") ?? "");
  if (signed !== undefined && bytes !== undefined) return { signed, bytes };
  const id = stringIn(object, "id");
  const final = rowIn("final");
  const height = indexIn(object, "height");
  if (id === undefined) return undefined;
  if (final !== undefined && height !== undefined) return { final, id, height };
  const gone = rowIn("gone");
  const code = stringIn(object, "code");
  return gone === undefined || code === undefined ? undefined : { gone, id, code };
}

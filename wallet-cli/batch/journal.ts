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
 * A row of it is free, then signed, then final, or gone and so free again: lines that say anything else are damage.
 * So whenever the process ends, each row has at most one transaction that can still be applied, and its bytes are here.
 * @module
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, link, open, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { assert } from "../../src/base/assert.ts";
import { parseHex, toHex } from "../../src/base/bytes.ts";
import { fail, ok, type Result } from "../../src/base/result.ts";
import { type ChainId, isIdText } from "../../src/protocol/ids.ts";
import { type CommandFailure, usageFailure } from "../failure.ts";
import { writeDurably } from "../files.ts";
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
  | {
      readonly kind: "final";
      readonly id: string;
      readonly height: number;
      /** Of the transaction that paid it. */
      readonly bytes: Uint8Array;
    };

export type JournalLine =
  | { readonly signed: number; readonly bytes: Uint8Array }
  | { readonly final: number; readonly id: string; readonly height: number }
  | { readonly gone: number; readonly id: string; readonly code: string };

const kind = "quorate-batch";
const version = 1;
const unsigned: RowState = { kind: "unsigned" };

export const countOf = (states: readonly RowState[], wanted: RowState["kind"]): number =>
  states.filter((state) => state.kind === wanted).length;

export const folderOf = (home: string): string => join(home, "batches");

/** What the names of all journals of this network begin with. */
export const networkPart = (chainId: ChainId): string => `${chainId.slice(0, 16)}-`;

/** What the names of all journals of this file begin with. */
export const filePart = ({ chainId, csvSha256 }: BatchHeader): string =>
  `${networkPart(chainId)}${csvSha256}-`;

/** @param run from 1: how often the file is paid as a whole. */
export function journalPath(home: string, header: BatchHeader, run: number): string {
  return join(folderOf(home), `${filePart(header)}${String(run).padStart(6, "0")}.jsonl`);
}

export class BatchJournal {
  readonly path: string;
  readonly header: BatchHeader;
  readonly #rows: Rows;
  /** What has to be done to its end before a line is added. */
  #ending: Ending | undefined;

  private constructor(path: string, { header, rows, ending }: ReadJournal) {
    this.path = path;
    this.header = header;
    this.#rows = rows;
    this.#ending = ending;
  }

  /** Durable when it returns. Throws EEXIST when any file is there: none is ever replaced. */
  static async create(path: string, header: BatchHeader): Promise<BatchJournal> {
    await createDurably(path, `${JSON.stringify({ kind, version, ...header })}\n`);
    return new BatchJournal(path, { header, rows: new Rows(header.rows), ending: undefined });
  }

  /** Leaves the file as it is: what a crash has left of a last line goes when the first line is added. */
  static async open(path: string): Promise<BatchJournal> {
    const read = await readJournal(path);
    if (!read.ok) throw malformedJournal(path);
    return new BatchJournal(path, read.value);
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
      await this.#mendEnd(file);
      await file.writeFile(lines.map(formatLine).join(""), "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    for (const line of lines) assert(this.#rows.apply(line), "a row has one transaction at a time");
  }

  async #mendEnd(file: FileHandle): Promise<void> {
    if (this.#ending?.kind === "torn") await file.truncate(this.#ending.wholeBytes);
    if (this.#ending?.kind === "unended") await file.writeFile("\n", "utf8");
    this.#ending = undefined;
  }
}

/** @param missing id of a transaction that should be in it. */
export function malformedJournal(path: string, missing?: string): CommandFailure {
  const what = missing === undefined ? "" : `; transaction ${missing} is missing`;
  return usageFailure(
    "batch_journal_malformed",
    `${path} is damaged: it should say which rows of a batch were signed${what}`,
    "Look at the sender's history before paying any row again.",
  );
}

/** Through a temporary file, so that it is there as a whole or not at all; by a link, which replaces nothing. */
async function createDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  await writeDurably(temporary, text);
  try {
    await link(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export class Rows {
  readonly states: RowState[];
  readonly ends: Map<string, "final" | "gone"> = new Map();

  constructor(count: number) {
    this.states = Array<RowState>(count).fill(unsigned);
  }

  /** False when it contradicts the lines before it: a row has one transaction at a time. */
  apply(line: JournalLine): boolean {
    const row = "signed" in line ? line.signed : "final" in line ? line.final : line.gone;
    const state = this.states[row - 1] ?? unsigned;
    if ("signed" in line) {
      if (state.kind !== "unsigned") return false;
      this.states[row - 1] = { kind: "signed", bytes: line.bytes };
      return true;
    }
    if (state.kind !== "signed") return false;
    const { id } = line;
    this.ends.set(id, "gone" in line ? "gone" : "final");
    this.states[row - 1] =
      "gone" in line ? unsigned : { kind: "final", id, height: line.height, bytes: state.bytes };
    return true;
  }
}

/**
 * A file whose last line has no end. `torn`: half of a line that was being added, so nothing of it was sent;
 * `unended`: a whole line, which counts.
 */
type Ending = { readonly kind: "torn"; readonly wholeBytes: number } | { readonly kind: "unended" };

/** What a journal says, line by line. */
export interface ReadJournal {
  readonly header: BatchHeader;
  readonly rows: Rows;
  readonly ending: Ending | undefined;
}

/** Fails with the header of a damaged journal, if that much of it can be read. */
export async function readJournal(
  path: string,
): Promise<Result<ReadJournal, BatchHeader | undefined>> {
  const bytes = await readFile(path);
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const [first = "", ...rest] = bytes.subarray(0, wholeBytes).toString("utf8").split("\n");
  const header = headerIn(parseJsonObject(first));
  if (header === undefined) return fail(undefined);
  const rows = new Rows(header.rows);
  for (const text of rest.slice(0, -1)) {
    const line = lineIn(parseJsonObject(text), header.rows);
    if (line === undefined || !rows.apply(line)) return fail(header);
  }
  const last = bytes.subarray(wholeBytes).toString("utf8");
  if (last === "") return ok({ header, rows, ending: undefined });
  if (isTorn(last)) return ok({ header, rows, ending: { kind: "torn", wholeBytes } });
  const line = lineIn(parseJsonObject(last), header.rows);
  if (line === undefined || !rows.apply(line)) return fail(header);
  return ok({ header, rows, ending: { kind: "unended" } });
}

/** How every line begins that is ever added. */
const lineStart = /^\{"(?:signed|final|gone)":\d[ -~]*$/;
const lineStarts = ['{"signed":', '{"final":', '{"gone":'];

const isTorn = (text: string): boolean =>
  parseJsonObject(text) === undefined &&
  (lineStart.test(text) || lineStarts.some((start) => start.startsWith(text)));

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

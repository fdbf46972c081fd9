/**
 * `quorate-wallet record put TOPIC KEY`: the next version of a record.
 * @module
 */
import { toHex, utf8 } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { type Digest, isIdText } from "../../src/protocol/ids.ts";
import { recordDataBytesMax } from "../../src/protocol/limits.ts";
import { flag } from "../command-line.ts";
import { CommandFailure, exitCodes, usageFailure } from "../failure.ts";
import { fileHash } from "../file-hash.ts";
import { currentRecord, requireRecordName, versionSigned } from "../ledger/records.ts";
import { openNetwork } from "../network/network.ts";
import { Outbox } from "../outbox/outbox.ts";
import { type ActFlags, act, type Intent } from "../sending/acting.ts";
import { actWords, memoOf } from "../sending/acting-flags.ts";
import { Questions } from "../sending/questions.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

/** One of the three. */
export interface ContentFlags {
  readonly text?: string;
  readonly file?: string;
  readonly hash?: string;
}

export interface RecordPutFlags extends ActFlags, ContentFlags {
  readonly from?: string;
  readonly version?: string;
  readonly memo?: string;
}

/** What is recorded: a hash, and perhaps the text itself. */
export interface Content {
  readonly contentHash: Digest;
  readonly data: Uint8Array;
}

const noData = new Uint8Array();

export async function putRecord(
  wallet: Wallet,
  given: { readonly topic: string | undefined; readonly key: string | undefined },
  flags: RecordPutFlags,
): Promise<Report> {
  const questions = new Questions();
  const content = await contentOf(flags);
  const network = await openNetwork(wallet.settings);
  const payer = await questions.payer(network, flags.from);
  const topic = await questions.text("topic", given.topic, "Which topic?");
  const key = await questions.text("key", given.key, "Which key?");
  const name = requireRecordName({ topic, key });
  const memo = memoOf(flags.memo);
  const address = network.accounts.addressOf(payer.account);
  const chosen = versionOf(flags.version);
  const mayResume = flags.new !== true && flags.dryRun !== true;
  const outbox = new Outbox({ home: wallet.settings.home, chainId: network.chainId });
  const wanted = { sender: payer.account, memo, ...name, ...content };
  const version =
    (mayResume ? versionSigned(await outbox.entriesOf(address), wanted, chosen) : undefined) ??
    requireNext(chosen, (await currentRecord(wallet, network, payer.account, name))?.version ?? 0);
  const intent = recordIntent({ ...name, version, ...content }, address);
  return await act(
    wallet,
    network,
    {
      ...intent,
      payer,
      memo,
      wasAsked: questions.wereAsked,
      replay: [
        ...["record", "put", topic, key],
        ...flag("text", flags.text),
        ...flag("file", flags.file),
        ...flag("hash", flags.hash),
        ...flag("version", flags.version),
        ...flag("from", payer.name),
        ...flag("memo", flags.memo),
        ...actWords(flags),
      ],
    },
    flags,
  );
}

/** One record operation, and how it is shown. */
export function recordIntent(
  written: Content & { readonly topic: string; readonly key: string; readonly version: number },
  address: string,
): Pick<Intent, "operations" | "rows" | "summary" | "data"> {
  const { topic, key, version, contentHash, data } = written;
  return {
    operations: [
      { from: undefined, body: { kind: "record", topic, key, version, contentHash, data } },
    ],
    rows: [
      ["record", `${topic} / ${key}`],
      ["version", String(version)],
      ["sha256", contentHash],
    ],
    summary: `${topic} / ${key}, version ${version}, sha256 ${contentHash}`,
    data: { address, topic, key, version, contentHash, data: toHex(data) },
  };
}

/** A text goes into the ledger; of a file, only its hash. */
export async function contentOf({ text, file, hash }: ContentFlags): Promise<Content> {
  const given = [text, file, hash].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw usageFailure(
      "content_missing",
      given.length === 0 ? "what to record is not given" : "more than one content is given",
      "Give one of --text, --file and --hash.",
    );
  }
  if (text !== undefined) return contentOfText(text);
  if (file !== undefined) return { contentHash: await fileHash(file), data: noData };
  if (hash !== undefined && isIdText(hash)) return { contentHash: hash as Digest, data: noData };
  throw usageFailure("bad_hash", `"${hash}" is not a SHA-256`, "Give 64 lowercase hex digits.");
}

function contentOfText(text: string): Content {
  const data = utf8(text);
  if (data.length <= recordDataBytesMax) {
    return { contentHash: toHex(nobleHasher.sha256(data)) as Digest, data };
  }
  throw usageFailure(
    "text_too_long",
    `the text has ${data.length} bytes`,
    `Use at most ${recordDataBytesMax} bytes, or record the hash of a --file.`,
  );
}

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw usageFailure("bad_version", `--version ${text}`, "Give a whole number from 1.");
}

function requireNext(chosen: number | undefined, current: number): number {
  const next = current + 1;
  if (chosen === undefined || chosen === next) return next;
  throw new CommandFailure(exitCodes.refused, {
    code: "record_version_not_next",
    message: `the next version is ${next}`,
    fix: "Nothing was signed. Read the current version (record get) before you write the next one.",
  });
}

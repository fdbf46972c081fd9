/**
 * `quorate-wallet record get` and `record history`: versions of a record, each proven.
 *
 * The state proves which version is the current one; what a version says, and who wrote it when, is proven by the
 * receipt of the transaction that wrote it.
 * @module
 */

import { visible } from "../../src/api/visible.ts";
import { toHex } from "../../src/base/bytes.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import type { RecordEntry } from "../../src/protocol/records.ts";
import type { NamedAccount } from "../accounts/accounts.ts";
import { CommandFailure, exitCodes, notFoundFailure, usageFailure } from "../failure.ts";
import { type ProofQuest, provenTransaction } from "../ledger/ledger-entries.ts";
import {
  accountNamed,
  currentRecord,
  type RecordName,
  recordsWritten,
  requireRecordName,
} from "../ledger/records.ts";
import { type Network, openNetwork } from "../network/network.ts";
import { askAll, askFirst, noAnswer } from "../network/nodes.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json, Report } from "../terminal/terminal.ts";
import { timeText } from "../terminal/times.ts";
import type { Wallet } from "../wallet.ts";
import { limitOf } from "./assets.ts";

export interface RecordArguments extends RecordName {
  readonly who: string | undefined;
}

export interface RecordGetFlags {
  readonly version?: string;
}

export interface RecordHistoryFlags {
  readonly limit: string;
  readonly cursor?: string;
}

/** One version as a proven transaction wrote it. */
export interface ProvenVersion extends RecordName {
  readonly address: string;
  readonly version: number;
  readonly contentHash: string;
  /** What is stored beside the hash; may be empty. */
  readonly data: Uint8Array;
  readonly id: string;
  readonly height: number;
  readonly blockId: string;
  readonly timestampMs: number;
}

/** What a node says where a version is; undefined parts are not to be had any more. */
export interface VersionClaim extends RecordName {
  readonly version: number;
  readonly transaction: { readonly id: string } | null;
}

export async function getRecord(
  wallet: Wallet,
  given: RecordArguments,
  flags: RecordGetFlags,
): Promise<Report> {
  const name = requireRecordName(given);
  const network = await openNetwork(wallet.settings);
  const owner = await accountNamed(network, given.who);
  const current = await currentRecord(wallet, network, owner.account, name);
  if (current === undefined) throw absent(name, owner.address);
  const version = versionOf(flags.version, "--version") ?? current.version;
  if (version > current.version) throw absent(name, owner.address, version);
  const { timeoutMs } = wallet.settings;
  const claim = await askFirst(
    network.nodes,
    (client) => client.records.one(owner.address, name.topic, name.key, version),
    { timeoutMs },
  );
  const found = await proveVersion(wallet, network, owner.account, { ...claim, ...name, version });
  if (found === undefined || contradicts(found, current)) throw unproven(name, version);
  const newest = current.version;
  return {
    data: { ...versionJson(found), newest, isCurrent: version === newest },
    text: formatTable([
      ["record", `${visible(found.topic)} / ${visible(found.key)}`],
      ["of", `${found.address}${owner.name === undefined ? "" : `  (${owner.name})`}`],
      ["version", `${version}${version === newest ? "" : ` of ${newest}`}`],
      ["sha256", found.contentHash],
      ...(found.data.length === 0 ? [] : [["data", dataText(found.data)]]),
      ["written", `${timeText(found.timestampMs)}, ✔ final at #${found.height}`],
      ["id", found.id],
    ]),
  };
}

/** The receipt of one transaction against the state, where both speak of the same version. */
const contradicts = (found: ProvenVersion, current: RecordEntry): boolean =>
  found.version === current.version &&
  (found.contentHash !== current.contentHash || found.height !== current.height);

/** Nodes that are this much later than the first are not waited for. */
const graceMs = 1_000;

export async function recordHistory(
  wallet: Wallet,
  given: RecordArguments,
  flags: RecordHistoryFlags,
): Promise<Report> {
  const name = requireRecordName(given);
  const limit = limitOf(flags.limit);
  const newestWanted = versionOf(flags.cursor, "--cursor");
  const network = await openNetwork(wallet.settings);
  const owner = await accountNamed(network, given.who);
  const current = await currentRecord(wallet, network, owner.account, name);
  if (current === undefined) throw absent(name, owner.address);
  const first = Math.min(newestWanted ?? current.version, current.version);
  const record = { ...name, owner, current };
  const found = await provenPage(wallet, network, record, { first, limit });
  const next = nextOf(found);
  if (next !== null) wallet.terminal.note(`More: add --cursor ${next}`);
  const rows = found.map((each) => [
    String(each.version),
    timeText(each.timestampMs),
    `#${each.height}`,
    each.contentHash,
    dataText(each.data),
  ]);
  return {
    data: {
      ...name,
      address: owner.address,
      newest: current.version,
      items: found.map(versionJson),
      next,
    },
    text: formatTable(rows, { right: [0] }),
  };
}

interface RecordAt extends RecordName {
  readonly owner: NamedAccount;
  /** Its newest version, proven. */
  readonly current: RecordEntry;
}

/**
 * At most `limit` versions from `first` down, without a gap, each proven: of the first node whose page is like that.
 * Which there are follows from the current one, so nothing can be left out; exit 8 when no node shows them.
 */
async function provenPage(
  wallet: Wallet,
  network: Network,
  record: RecordAt,
  { first, limit }: { readonly first: number; readonly limit: number },
): Promise<readonly ProvenVersion[]> {
  const { owner, current, topic, key } = record;
  const heard = await askAll(
    network.nodes,
    (client) => client.records.versions(owner.address, topic, key, { limit, cursor: `${first}` }),
    { timeoutMs: wallet.settings.timeoutMs, graceMs },
  );
  if (heard.every(({ result }) => !result.ok)) throw noAnswer(heard);
  for (const { node, result } of heard) {
    if (!result.ok) continue;
    const claims = result.value.items.slice(0, limit);
    const last = first - claims.length + 1;
    const isGapless = claims.every(({ version }, i) => version === first - i);
    const isWhole = result.value.next !== null || last === 1 || claims.length === limit;
    if (claims.length === 0 || !isGapless || !isWhole) continue;
    const nodes = [node, ...network.nodes.filter((other) => other !== node)];
    const found: ProvenVersion[] = [];
    for (const claim of claims) {
      const named = { ...claim, topic, key };
      const version = await proveVersion(wallet, network, owner.account, named, { nodes });
      if (version === undefined || contradicts(version, current)) break;
      found.push(version);
    }
    if (found.length === claims.length) return found;
  }
  throw unproven(record, first);
}

/** Where the next page begins; null when this one has the very first version. */
function nextOf(found: readonly ProvenVersion[]): string | null {
  const last = found.at(-1)?.version ?? 1;
  return last > 1 ? `${last - 1}` : null;
}

/** The version as its transaction wrote it; undefined when no node proves that it did. */
export async function proveVersion(
  wallet: Wallet,
  network: Network,
  account: AccountId,
  { topic, key, version, transaction }: VersionClaim,
  quest: ProofQuest = {},
): Promise<ProvenVersion | undefined> {
  if (transaction === null) return undefined;
  const proven = await provenTransaction(wallet, network, transaction.id, quest);
  if (proven === undefined) return undefined;
  const written = recordsWritten(proven, account).find(
    (each) => each.topic === topic && each.key === key && each.version === version,
  );
  if (written === undefined) return undefined;
  const { contentHash, data } = written;
  const { height, blockId, timestampMs, named } = proven;
  const address = network.accounts.addressOf(account);
  return {
    topic,
    key,
    address,
    version,
    contentHash,
    data,
    id: named.id,
    height,
    blockId,
    timestampMs,
  };
}

export function versionJson(found: ProvenVersion): { readonly [field: string]: Json } {
  const { data, ...fields } = found;
  return { ...fields, data: { hex: toHex(data), text: textOf(data) ?? null } };
}

function textOf(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    return undefined;
  }
}

const dataText = (data: Uint8Array): string => {
  const text = textOf(data);
  return text === undefined ? toHex(data) : visible(text);
};

function versionOf(text: string | undefined, option: "--version" | "--cursor"): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  const code = option === "--version" ? "bad_version" : "bad_cursor";
  throw usageFailure(code, `${option} ${text}`, "Give a whole number from 1.");
}

function absent(
  { topic, key }: RecordName,
  address: NamedAccount["address"],
  version?: number,
): CommandFailure {
  const what = version === undefined ? "no record" : `no version ${version} of`;
  return notFoundFailure(
    "record_unknown",
    `${address} has ${what} "${visible(topic)} / ${visible(key)}"`,
    "Check topic, key and whose record it is. That it is not there is proven.",
  );
}

function unproven({ topic, key }: RecordName, version: number): CommandFailure {
  return new CommandFailure(exitCodes.disagreement, {
    code: "record_not_proven",
    message: `no node could prove version ${version} of "${visible(topic)} / ${visible(key)}"`,
    fix: "Ask other nodes with --node: these hide it, or have pruned it.",
  });
}

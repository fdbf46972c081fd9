/**
 * `quorate-wallet check FILE`: whether a file was recorded, by whom and when, proven.
 *
 * Every node is asked where: one that hides a record is of no use as long as another one names it. What they name
 * counts when the receipt of the transaction shows it.
 * @module
 */
import type { RecordVersionJson } from "../../src/api/record-json.ts";
import { visible } from "../../src/api/visible.ts";
import { parseAddress } from "../../src/protocol/address.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { CommandFailure, exitCodes, notFoundFailure } from "../failure.ts";
import { fileHash } from "../file-hash.ts";
import { type Network, openNetwork } from "../network/network.ts";
import { askAll, noAnswer } from "../network/nodes.ts";
import { formatTable } from "../terminal/table.ts";
import type { Report } from "../terminal/terminal.ts";
import { timeText } from "../terminal/times.ts";
import type { Wallet } from "../wallet.ts";
import { type ProvenVersion, proveVersion, versionJson } from "./record-reading.ts";

export interface CheckFlags {
  readonly by?: string;
}

/** Nodes that are this much later than the first are not waited for. */
const graceMs = 1_000;
/** So many of a file's records are proven and shown, the oldest first. */
const shownMax = 20;
const pageMax = 100;
/** For one proof from one node. */
const quickMs = 3_000;
/** After so many claims of a node that nobody proves, what it alone claims is not looked at any more. */
const unprovenMax = 3;

export async function check(wallet: Wallet, file: string, flags: CheckFlags): Promise<Report> {
  const contentHash = await fileHash(file);
  const network = await openNetwork(wallet.settings);
  const by = flags.by === undefined ? undefined : await network.accounts.resolve(flags.by);
  const { claims, isCut } = await claimsOf(wallet, network, contentHash);
  const wanted = claims.filter(({ account }) => by === undefined || account === by.account);
  const { found, isWhole } = await provenOf(wallet, network, contentHash, wanted);
  if (found.length === 0) throw notRecorded(contentHash, wanted.length, by?.address);
  const names = await network.accounts.directory();
  const rows = found.map((each) => {
    const account = parseAddress(network.genesis.addressPrefix, each.address);
    const name = account.ok ? names.get(account.value) : undefined;
    return [
      timeText(each.timestampMs),
      `✔ final at #${each.height}`,
      `${each.address}${name === undefined ? "" : `  (${name})`}`,
      `${visible(each.topic)} / ${visible(each.key)}`,
      `version ${each.version}`,
    ];
  });
  const more = isCut || !isWhole;
  if (more) {
    wallet.terminal.note(
      "Nodes name more records of this file than are proven here; those of one account: --by WHO.",
    );
  }
  return {
    data: { file, contentHash, items: found.map(versionJson), more },
    text: `sha256 ${contentHash}\n${formatTable(rows)}`,
  };
}

interface Claim {
  readonly account: AccountId;
  readonly claim: RecordVersionJson;
  /** Who names it. */
  readonly nodes: readonly string[];
}

interface Claims {
  /** Each once: of every node the first, then of every node the second, … So none crowds out the others. */
  readonly claims: readonly Claim[];
  /** Nodes have more than one page. */
  readonly isCut: boolean;
}

async function claimsOf(
  { settings }: Wallet,
  network: Network,
  contentHash: string,
): Promise<Claims> {
  const options = { timeoutMs: settings.timeoutMs, graceMs };
  const heard = await askAll(
    network.nodes,
    (client) => client.records.withContent(contentHash, { limit: pageMax }),
    options,
  );
  if (heard.every(({ result }) => !result.ok)) throw noAnswer(heard);
  const pages = heard.flatMap(({ node, result }) =>
    result.ok ? [{ node, items: result.value.items.slice(0, pageMax) }] : [],
  );
  const claims = new Map<string, Claim>();
  for (let place = 0; place < pageMax; place += 1) {
    for (const { node, items } of pages) {
      const claim = items[place];
      if (claim === undefined) continue;
      const { address, topic, key, version, transaction } = claim;
      const account = parseAddress(network.genesis.addressPrefix, address);
      if (!account.ok || transaction === null) continue;
      const name = JSON.stringify([address, topic, key, version, transaction.id]);
      const nodes = [...(claims.get(name)?.nodes ?? []), node];
      claims.set(name, { claim, ...claims.get(name), account: account.value, nodes });
    }
  }
  const isCut = heard.some(({ result }) => result.ok && result.value.next !== null);
  return { claims: [...claims.values()], isCut };
}

/** Those that are proven, the oldest first. `isWhole` false: not all claims were looked at. */
async function provenOf(
  wallet: Wallet,
  network: Network,
  contentHash: string,
  claims: readonly Claim[],
): Promise<{ readonly found: readonly ProvenVersion[]; readonly isWhole: boolean }> {
  const endMs = performance.now() + wallet.settings.timeoutMs;
  const found: ProvenVersion[] = [];
  const unproven = new Map<string, number>();
  let isWhole = true;
  for (const { account, claim, nodes } of claims) {
    const leftMs = endMs - performance.now();
    if (found.length === shownMax || leftMs <= 0) {
      isWhole = false;
      break;
    }
    if (nodes.every((node) => (unproven.get(node) ?? 0) >= unprovenMax)) {
      isWhole = false;
      continue;
    }
    const others = network.nodes.filter((node) => !nodes.includes(node));
    const quest = { nodes: [...nodes, ...others], timeoutMs: Math.min(quickMs, leftMs) };
    const version = await proveVersion(wallet, network, account, claim, quest);
    if (version?.contentHash === contentHash) found.push(version);
    else for (const node of nodes) unproven.set(node, (unproven.get(node) ?? 0) + 1);
  }
  return { found: found.toSorted((a, b) => a.height - b.height), isWhole };
}

/** @param by the address whose records were asked for; undefined: anybody's. */
function notRecorded(contentHash: string, claims: number, by: string | undefined): CommandFailure {
  if (claims > 0) {
    return new CommandFailure(exitCodes.disagreement, {
      code: "record_not_proven",
      message: `nodes name ${claims} records of sha256 ${contentHash}, and prove none`,
      fix: "Ask other nodes with --node.",
    });
  }
  return notFoundFailure(
    "not_recorded",
    `no node knows a record of this file${by === undefined ? "" : ` by ${by}`} (sha256 ${contentHash})`,
    "Record it with: quorate-wallet stamp FILE. One changed byte makes it another file.",
  );
}

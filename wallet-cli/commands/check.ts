/**
 * `quorate-wallet check FILE`: whether a file was recorded, by whom and when, proven.
 *
 * Every node is asked where: one that hides a record is of no use as long as another one names it. What they name
 * counts when the receipt of the transaction shows it.
 * @module
 */
import type { RecordVersionJson } from "../../src/api/record-json.ts";
import { parseAddress } from "../../src/protocol/address.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { CommandFailure, exitCodes, notFoundFailure } from "../failure.ts";
import { fileHash } from "../file-hash.ts";
import { type Network, openNetwork } from "../network.ts";
import { askAll, noAnswer } from "../nodes.ts";
import { visible } from "../records.ts";
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

export async function check(wallet: Wallet, file: string, flags: CheckFlags): Promise<Report> {
  const contentHash = await fileHash(file);
  const network = await openNetwork(wallet.settings);
  const by = flags.by === undefined ? undefined : await network.accounts.resolve(flags.by);
  const claims = await claimsOf(wallet, network, contentHash);
  const wanted = claims.filter(({ account }) => by === undefined || account === by.account);
  const found: ProvenVersion[] = [];
  for (const { account, claim } of wanted) {
    if (found.length === shownMax) break;
    const version = await proveVersion(wallet, network, account, claim);
    if (version?.contentHash === contentHash) found.push(version);
  }
  if (found.length === 0) throw notRecorded(contentHash, wanted.length);
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
  return {
    data: { file, contentHash, items: found.map(versionJson) },
    text: `sha256 ${contentHash}\n${formatTable(rows)}`,
  };
}

interface Claim {
  readonly account: AccountId;
  readonly claim: RecordVersionJson;
}

/** What any node names, each once, the oldest first. */
async function claimsOf(
  { settings }: Wallet,
  network: Network,
  contentHash: string,
): Promise<readonly Claim[]> {
  const options = { timeoutMs: settings.timeoutMs, graceMs };
  const heard = await askAll(
    network.nodes,
    (client) => client.records.withContent(contentHash, { limit: pageMax }),
    options,
  );
  if (heard.every(({ result }) => !result.ok)) throw noAnswer(heard);
  const claims = new Map<string, Claim>();
  for (const { result } of heard) {
    if (!result.ok) continue;
    for (const claim of result.value.items) {
      const { address, topic, key, version } = claim;
      const account = parseAddress(network.genesis.addressPrefix, address);
      if (!account.ok) continue;
      const id = claim.transaction?.id ?? "";
      claims.set(JSON.stringify([address, topic, key, version, id]), {
        account: account.value,
        claim,
      });
    }
  }
  return [...claims.values()].toSorted((a, b) => a.claim.height - b.claim.height);
}

function notRecorded(contentHash: string, claims: number): CommandFailure {
  if (claims > 0) {
    return new CommandFailure(exitCodes.disagreement, {
      code: "record_not_proven",
      message: `nodes name ${claims} records of sha256 ${contentHash}, and prove none`,
      fix: "Ask other nodes with --node.",
    });
  }
  return notFoundFailure(
    "not_recorded",
    `no node knows a record of this file (sha256 ${contentHash})`,
    "Record it with: quorate-wallet stamp FILE. One changed byte makes it another file.",
  );
}

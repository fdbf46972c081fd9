/**
 * `quorate-wallet assets`: what was issued in this network, by whom, and how much of it there is.
 *
 * A node says which assets there are; what is shown of each is proven. That none is left out cannot be proven.
 * @module
 */
import { type AssetId, isIdText } from "../../src/protocol/ids.ts";
import { amountText } from "../amounts.ts";
import { shellQuoted } from "../command-line.ts";
import { usageFailure } from "../failure.ts";
import { type KnownAsset, knownAssets } from "../ledger/asset-names.ts";
import { openNetwork } from "../network/network.ts";
import { askFirst } from "../network/nodes.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json, Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface AssetsFlags {
  readonly limit: string;
  readonly cursor?: string;
}

const limitMax = 100;

/** A page's size, from 1 to 100. */
export function limitOf(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= limitMax) return limit;
  throw usageFailure("bad_limit", `--limit ${text}`, `Give a number from 1 to ${limitMax}.`);
}

export async function assets(wallet: Wallet, flags: AssetsFlags): Promise<Report> {
  const { settings, terminal } = wallet;
  const options = { limit: limitOf(flags.limit), cursor: flags.cursor };
  const network = await openNetwork(settings);
  const { timeoutMs } = settings;
  const page = await askFirst(network.nodes, (client) => client.assets.list(options), {
    timeoutMs,
  });
  const ids = page.items.map(({ id }) => id).filter(isIdText);
  const known = await knownAssets(wallet, network, ids as AssetId[]);
  if (known.length === 0) terminal.note("No assets besides the network's own.");
  if (page.next !== null)
    terminal.note(`More: quorate-wallet assets --cursor ${shellQuoted(page.next)}`);
  const rows = known.map((asset) => [
    asset.code,
    amountText(asset.entry.supply, asset),
    asset.issuer ?? "",
    asset.entry.name,
    asset.id,
  ]);
  return {
    data: { items: known.map(assetJson), next: page.next },
    text: formatTable(rows, { right: [1] }),
  };
}

function assetJson(asset: KnownAsset): Json {
  const { supply, maxSupply, name } = asset.entry;
  return {
    assetId: asset.id,
    asset: asset.code,
    issuer: asset.issuer ?? null,
    decimals: asset.decimals,
    name,
    supply: supply.toString(),
    supplyDisplay: amountText(supply, asset),
    maxSupply: maxSupply === 0n ? null : maxSupply.toString(),
  };
}

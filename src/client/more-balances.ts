/**
 * What an account holds beyond the balances that one proof has room for: the names of those assets, by the nodes' lists.
 *
 * Anyone can send somebody dust of assets with small ids, and so fill a proof: without this, what the account really
 * holds would not be seen. The names are words. Whoever asks for them proves each.
 * @module
 */
import { type AskOptions, askNode } from "../api/asking.ts";
import { proofItemsMax } from "../proof/proof.ts";
import type { AssetId } from "../protocol/ids.ts";
import { askTogether } from "./asking-together.ts";
import type { LightClient } from "./light-client.ts";

/** A node, and the assets whose balances it proves with the account, ascending. */
export interface ShownAssets {
  readonly node: string;
  readonly assets: readonly AssetId[];
}

export interface NamedAssets {
  /** By any node, each once. */
  readonly assets: readonly AssetId[];
  /** The lists go on, or no node gives one. */
  readonly mayBeMore: boolean;
}

/** A proof with so many balances may have had no room for others. Nodes put 59 into one. */
const fullMin = proofItemsMax / 2;
/** Of one node's list, beyond its proof. */
const pagesMax = 3;
const pageLimit = 100;
/** Of all lists together: as many as one honest node names. Every name is asked of every node. */
const namesMax = pagesMax * pageLimit;

export const isFull = ({ assets }: ShownAssets): boolean => assets.length >= fullMin;

/** Asks all nodes, if the proof of any of them is full. Never throws for what a node does. */
export async function moreAssets(
  { options }: LightClient,
  address: string,
  shown: readonly ShownAssets[],
): Promise<NamedAssets> {
  if (!shown.some(isFull)) return { assets: [], mayBeMore: false };
  const { timeoutMs } = options;
  const nodes = shown.map(({ node }) => node);
  const lists = await askTogether(options, nodes, async (node, signal) => {
    const own = shown.find((each) => each.node === node);
    const last = own && isFull(own) ? own.assets.at(-1) : undefined;
    return await listOf(options.web, { node, address, from: last }, { timeoutMs, signal });
  });
  const named = inTurns(lists.map(({ assets }) => assets));
  return {
    assets: named.slice(0, namesMax),
    mayBeMore:
      lists.length === 0 || named.length > namesMax || lists.some(({ mayBeMore }) => mayBeMore),
  };
}

/** Each once: the first of every list, then the second of every list. So none crowds out another. */
function inTurns(lists: readonly (readonly AssetId[])[]): readonly AssetId[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const named = new Set<AssetId>();
  for (let turn = 0; turn < longest; turn += 1) {
    for (const list of lists) {
      const asset = list[turn];
      if (asset !== undefined) named.add(asset);
    }
  }
  return [...named];
}

/** Undefined: no answer. */
async function listOf(
  web: LightClient["options"]["web"],
  { node, address, from }: { node: string; address: string; from: AssetId | undefined },
  ask: AskOptions,
): Promise<NamedAssets | undefined> {
  const assets: AssetId[] = [];
  let cursor: string | undefined = from;
  for (let page = 0; page < pagesMax; page += 1) {
    const wish = { cursor, limit: pageLimit };
    const { result } = await askNode(web, node, (at) => at.assets.balances(address, wish), ask);
    if (!result.ok) return page === 0 ? undefined : { assets, mayBeMore: true };
    const { items, next } = result.value;
    assets.push(...items.slice(0, pageLimit).map(({ asset }) => asset as AssetId));
    if (next === null) return { assets, mayBeMore: false };
    cursor = next;
  }
  return { assets, mayBeMore: true };
}

/**
 * Assets by name: `GOLD` where only one is meant, else `GOLD@issuer` or the 64 digits of the id.
 *
 * Anybody may issue an asset called GOLD. So a bare code stands only for one that the account holds or that a key of
 * this wallet issues, and for none if there are two; and whatever was meant is shown with its issuer. What the account
 * holds and what each asset is called is proven: a node that could name it would choose what is paid.
 * @module
 */
import { nobleHasher } from "../../src/crypto/hash.ts";
import { type AssetEntry, assetIdOf, isAssetCode } from "../../src/protocol/assets.ts";
import { type AccountId, type AssetId, isIdText } from "../../src/protocol/ids.ts";
import { assetKey, readAsset } from "../../src/protocol/state.ts";
import { notFoundFailure, usageFailure } from "../failure.ts";
import type { Network } from "../network/network.ts";
import type { Wallet } from "../wallet.ts";
import { patiently, provenEntries, trustIn } from "./ledger-entries.ts";
import { type AssetUnit, nativeUnitOf } from "./spending.ts";

/** An asset with everything that the state says of it. */
export interface KnownAsset extends AssetUnit {
  readonly entry: AssetEntry;
}

/** More own keys than these are not looked through for an issuer. */
const issuersMax = 64;

/** The asset of an amount; the native one where none is named. */
export async function unitNamed(
  wallet: Wallet,
  network: Network,
  text: string | undefined,
  holder: AccountId,
): Promise<AssetUnit> {
  const native = nativeUnitOf(network);
  if (text === undefined || text === "" || text === native.code || text === native.id) {
    return native;
  }
  return await assetNamed(wallet, network, text, holder);
}

/** An issued asset. `holder`: whose assets a bare code may mean, besides those that own keys issue. */
export async function assetNamed(
  wallet: Wallet,
  network: Network,
  text: string,
  holder: AccountId,
): Promise<KnownAsset> {
  const ids = await idsMeant(wallet, network, text, holder);
  const found = await knownAssets(wallet, network, ids);
  const [only, ...others] = found;
  if (only === undefined) throw unknown(text);
  if (others.length === 0) return only;
  const names = found.map(({ code, issuer }) => `${code}@${issuer}`);
  throw usageFailure(
    "asset_ambiguous",
    `"${text}" stands for ${found.length} assets of different issuers`,
    `Say which one is meant: ${names.join(", ")}`,
  );
}

/** Those of these ids that exist, proven. */
export async function knownAssets(
  wallet: Wallet,
  network: Network,
  ids: readonly AssetId[],
): Promise<readonly KnownAsset[]> {
  const wanted = [...new Set(ids)];
  const state = await provenEntries(wallet, network, wanted.map(assetKey));
  return wanted.flatMap((id) => {
    const entry = readAsset(state, id);
    return entry === undefined ? [] : [knownAsset(network, id, entry)];
  });
}

function knownAsset({ accounts }: Network, id: AssetId, entry: AssetEntry): KnownAsset {
  const { code, decimals } = entry;
  return { id, code, decimals, issuer: accounts.addressOf(entry.issuer), entry };
}

async function idsMeant(
  wallet: Wallet,
  network: Network,
  text: string,
  holder: AccountId,
): Promise<readonly AssetId[]> {
  if (isIdText(text)) return [text as AssetId];
  const [code = "", issuer, ...rest] = text.split("@");
  if (!isAssetCode(code) || rest.length > 0) {
    throw usageFailure(
      "bad_asset",
      `"${text}" does not name an asset`,
      "Give its code (A-Z, 0-9), CODE@issuer, or its 64-digit id.",
    );
  }
  if (issuer !== undefined) {
    const { account } = await network.accounts.resolve(issuer);
    return [assetIdOf(nobleHasher, account, code)];
  }
  return await idsOfCode(wallet, network, code, holder);
}

async function idsOfCode(
  wallet: Wallet,
  network: Network,
  code: string,
  holder: AccountId,
): Promise<readonly AssetId[]> {
  const trust = await trustIn(wallet, network);
  const { holdings, mayHoldMore } = await patiently(
    wallet,
    async () => await trust.account(holder),
  );
  if (mayHoldMore) throw notAllSeen(code);
  const held = holdings.filter((holding) => holding.code === code);
  const own = await network.accounts.own();
  const issuers = [holder, ...own.map((each) => each.account)].slice(0, issuersMax);
  return [
    ...held.map(({ asset }) => asset),
    ...issuers.map((issuer) => assetIdOf(nobleHasher, issuer, code)),
  ];
}

/** Another one of this code may be among those that were not shown. */
function notAllSeen(code: string): Error {
  return usageFailure(
    "asset_ambiguous",
    `the account holds so many assets that not all of them were seen: "${code}" may stand for several`,
    "Say which one is meant: CODE@issuer (quorate-wallet assets lists all).",
  );
}

function unknown(text: string): Error {
  return notFoundFailure(
    "asset_unknown",
    `no asset "${text}" is known: the account holds none of that code, and no key of this wallet issues one`,
    "Say whose it is: CODE@issuer (quorate-wallet assets lists all).",
  );
}

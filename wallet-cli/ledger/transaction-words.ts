/**
 * What a transaction does, in words: what a person reads before any key of theirs signs it.
 *
 * Everything is said from the signed bytes. What is not in them (the decimals of an asset) comes with its source, and
 * the base units, which are in them, are always said as well.
 * @module
 */
import { visible } from "../../src/api/visible.ts";
import { toHex } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { assetIdOf } from "../../src/protocol/assets.ts";
import { type AccountId, type AssetId, nativeAsset } from "../../src/protocol/ids.ts";
import type { OperationBody, VoteBody } from "../../src/protocol/operations.ts";
import { parameterList } from "../../src/protocol/parameters.ts";
import type { Policy } from "../../src/protocol/policy.ts";
import type { Transaction } from "../../src/protocol/transaction.ts";
import { amountText, type Unit } from "../amounts.ts";
import { type AssetUnit, assetAmountText as unitText } from "./spending.ts";

export interface WordsContext {
  readonly unit: Unit;
  readonly addressOf: (account: AccountId) => string;
  readonly names: ReadonlyMap<AccountId, string>;
  /** Units of the assets that are known. */
  readonly assets: ReadonlyMap<AssetId, AssetUnit>;
}

/** One operation, for people and for scripts. */
export interface OperationWords {
  readonly kind: OperationBody["kind"];
  /** Address. */
  readonly from: string;
  readonly words: string;
}

/** The assets, other than the native one, whose amounts the transaction states. */
export function assetsIn({ operations }: Transaction): readonly AssetId[] {
  const ids = operations.flatMap(({ body }) => ("asset" in body ? [body.asset] : []));
  return [...new Set(ids)].filter((id) => id !== nativeAsset);
}

/** The units of assets that the transaction itself creates: it fixes them before it uses them. */
export function unitsCreatedIn(
  { sender, operations }: Transaction,
  addressOf: (account: AccountId) => string,
): ReadonlyMap<AssetId, AssetUnit> {
  const units = new Map<AssetId, AssetUnit>();
  for (const { from, body } of operations) {
    if (body.kind !== "create-asset") continue;
    const issuer = from ?? sender;
    const id = assetIdOf(nobleHasher, issuer, body.code);
    const { code, decimals } = body;
    units.set(id, { id, code, decimals, issuer: addressOf(issuer) });
  }
  return units;
}

/** In their order. */
export function operationWords(
  { sender, operations }: Transaction,
  context: WordsContext,
): readonly OperationWords[] {
  return operations.map(({ from, body }) => {
    const actor = from ?? sender;
    const words = `${who(actor, context)} ${deedOf(body, context)}`;
    return { kind: body.kind, from: context.addressOf(actor), words };
  });
}

/** The address in full, with the name that this wallet has for it. */
export function who(account: AccountId, { addressOf, names }: WordsContext): string {
  const name = names.get(account);
  return name === undefined ? addressOf(account) : `${addressOf(account)} (${name})`;
}

function deedOf(body: OperationBody, context: WordsContext): string {
  switch (body.kind) {
    case "transfer":
      return `pays ${assetAmountText(body, context)} to ${who(body.to, context)}`;
    case "create-asset": {
      const limit =
        body.maxSupply === 0n ? "without a limit" : `at most ${amountText(body.maxSupply, body)}`;
      return `creates the asset ${body.code} (${quoted(body.name)}), ${body.decimals} decimals, ${limit}`;
    }
    case "mint":
      return `mints ${assetAmountText(body, context)} for ${who(body.to, context)}`;
    case "burn":
      return `burns ${assetAmountText(body, context)}`;
    case "record": {
      const data = body.data.length === 0 ? "no data" : `data ${bytesText(body.data)}`;
      const place = `${quoted(body.topic)} / ${quoted(body.key)}`;
      return `records ${place}, version ${body.version}: content ${body.contentHash}, ${data}`;
    }
    case "set-policy":
      return `hands itself over to: ${policyText(body.policy)}`;
    case "set-account":
      return body.requireMemo ? "takes no payment without a memo" : "takes payments without a memo";
    case "vote-membership":
    case "vote-parameter":
      return voteText(body, context);
  }
}

function voteText(body: VoteBody, context: WordsContext): string {
  if (body.kind === "vote-parameter") {
    const name = parameterList[body.parameter]?.name ?? `parameter ${body.parameter}`;
    return `votes to set ${name} to ${body.value}`;
  }
  const { change } = body;
  if (change.kind === "remove")
    return `votes to remove the validator of ${who(change.operator, context)}`;
  const { name, consensusKey, operator, endpoint } = change.validator;
  return `votes for the validator ${quoted(name)} of ${who(operator, context)}, key ${consensusKey}, at ${quoted(endpoint)}`;
}

/** `2 of KEY, KEY with weight 3`. */
export function policyText({ threshold, keys }: Policy): string {
  const list = keys.map(({ publicKey, weight }) =>
    weight === 1 ? publicKey : `${publicKey} with weight ${weight}`,
  );
  return `${threshold} of ${list.join(", ")}`;
}

/** In its unit where that is known, and in any case in what is signed. */
export function assetAmountText(
  { asset, amount }: { readonly asset: AssetId; readonly amount: bigint },
  { unit, assets }: WordsContext,
): string {
  if (asset === nativeAsset) return amountText(amount, unit);
  const known = assets.get(asset);
  const base = `${amount} base units of asset ${asset}`;
  return known === undefined ? base : `${unitText(amount, known)} (${base})`;
}

const utf8Strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that somebody chose: as text where they are text, else as hex. */
export function bytesText(bytes: Uint8Array): string {
  try {
    return quoted(utf8Strict.decode(bytes));
  } catch {
    return `0x${toHex(bytes)}`;
  }
}

/** In quotes; control and direction characters as what they are, so that no text can rewrite the terminal. */
export function quoted(text: string): string {
  const plain = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `"${visible(plain)}"`;
}

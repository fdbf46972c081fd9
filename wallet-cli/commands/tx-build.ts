/**
 * `quorate-wallet tx build send|mint|burn|record|policy`: the unsigned transaction, for the keys that must sign it.
 * @module
 */
import { nobleHasher } from "../../src/crypto/hash.ts";
import { assetIdOf, isAssetCode } from "../../src/protocol/assets.ts";
import { type AccountId, type AssetId, isIdText } from "../../src/protocol/ids.ts";
import { assetDecimalsMax } from "../../src/protocol/limits.ts";
import type { OperationBody } from "../../src/protocol/operations.ts";
import type { NamedAccount } from "../accounts/accounts.ts";
import { amountOf, type Unit } from "../amounts.ts";
import { type DraftFlags, draftOf } from "../cosigning/drafting.ts";
import { openDraft, viewOf } from "../cosigning/opened-transaction.ts";
import { policyGiven } from "../cosigning/policy-keys.ts";
import { missingText, viewText } from "../cosigning/transaction-view.ts";
import { usageFailure } from "../failure.ts";
import { unitNamed } from "../ledger/asset-names.ts";
import { currentRecord, type RecordName, requireRecordName } from "../ledger/records.ts";
import { nativeUnitOf } from "../ledger/spending.ts";
import { type KnownNetwork, knownNetwork } from "../network/known-network.ts";
import { memoOf } from "../sending/acting-flags.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { contentOf } from "./record.ts";
import { warn } from "./send.ts";
import { type OutFlag, passOn } from "./tx.ts";

export interface BuildFlags extends DraftFlags, OutFlag {
  readonly from?: string;
  readonly memo?: string;
  readonly asset?: string;
  readonly decimals?: string;
  readonly text?: string;
  readonly file?: string;
  readonly hash?: string;
  readonly version?: string;
  readonly threshold?: string;
}

export async function buildSend(
  wallet: Wallet,
  given: { readonly amount: string; readonly to: string },
  flags: BuildFlags,
): Promise<Report> {
  return await build(wallet, flags, async (known, sender) => {
    const to = await known.network.accounts.resolve(given.to);
    if (to.account === sender.account) {
      throw usageFailure("self_transfer", "this pays the payer", "Give another account to pay.");
    }
    await warn(wallet, known.network, to);
    const unit = await unitGiven(wallet, known, { text: flags.asset, flags, sender });
    const amount = amountOf(given.amount, unit);
    return { kind: "transfer", to: to.account, asset: unit.id, amount };
  });
}

export async function buildMint(
  wallet: Wallet,
  given: { readonly amount: string; readonly asset: string; readonly to: string },
  flags: BuildFlags,
): Promise<Report> {
  return await build(wallet, flags, async (known, sender) => {
    const to = await known.network.accounts.resolve(given.to);
    await warn(wallet, known.network, to);
    const unit = await unitGiven(wallet, known, { text: given.asset, flags, sender });
    return { kind: "mint", asset: unit.id, to: to.account, amount: amountOf(given.amount, unit) };
  });
}

export async function buildBurn(
  wallet: Wallet,
  given: { readonly amount: string; readonly asset: string },
  flags: BuildFlags,
): Promise<Report> {
  return await build(wallet, flags, async (known, sender) => {
    const unit = await unitGiven(wallet, known, { text: given.asset, flags, sender });
    return { kind: "burn", asset: unit.id, amount: amountOf(given.amount, unit) };
  });
}

export async function buildRecord(
  wallet: Wallet,
  { topic, key }: { readonly topic: string; readonly key: string },
  flags: BuildFlags,
): Promise<Report> {
  const name = requireRecordName({ topic, key });
  const content = await contentOf(flags);
  return await build(wallet, flags, async (known, { account }) => {
    const version =
      wholeNumber(flags.version, "--version") ?? (await nextVersion(wallet, known, account, name));
    return { kind: "record", ...name, version, ...content };
  });
}

export async function buildPolicy(
  wallet: Wallet,
  keys: readonly string[],
  flags: BuildFlags,
): Promise<Report> {
  return await build(wallet, flags, async (known) => {
    const policy = await policyGiven(wallet, known, { keys, threshold: flags.threshold });
    return { kind: "set-policy", policy };
  });
}

type Sender = NamedAccount;

async function build(
  wallet: Wallet,
  flags: BuildFlags,
  bodyOf: (known: KnownNetwork, sender: Sender) => Promise<OperationBody>,
): Promise<Report> {
  const memo = memoOf(flags.memo);
  const known = await knownNetwork(wallet.settings, flags);
  const sender = await senderOf(known, flags.from);
  const body = await bodyOf(known, sender);
  const wish = { sender: sender.account, memo, operations: [{ from: undefined, body }] };
  const partial = await draftOf(wallet, known, wish, flags);
  const view = await viewOf(wallet, await openDraft(wallet, known, partial));
  wallet.terminal.note(`${viewText(view)}\n\nto be signed: ${missingText(view)}`);
  return await passOn(partial, view, flags);
}

async function senderOf({ network }: KnownNetwork, from: string | undefined): Promise<Sender> {
  if (from !== undefined) return await network.accounts.resolve(from);
  const { name, account } = await network.accounts.payer(undefined);
  return { name, account, address: network.accounts.addressOf(account) };
}

interface GivenUnit {
  readonly text: string | undefined;
  readonly flags: BuildFlags;
  readonly sender: Sender;
}

/** Asked of the network; without one the id is computed, and --decimals says how amounts of it are written. */
async function unitGiven(
  wallet: Wallet,
  known: KnownNetwork,
  { text, flags, sender }: GivenUnit,
): Promise<Unit & { readonly id: AssetId }> {
  const { network, isOnline } = known;
  const native = nativeUnitOf(network);
  if (text === undefined || text === native.code || text === native.id) return native;
  if (isOnline) return await unitNamed(wallet, network, text, sender.account);
  const decimals = wholeNumber(flags.decimals, "--decimals");
  if (decimals === undefined || decimals > assetDecimalsMax) {
    throw usageFailure(
      "decimals_missing",
      `without a network it is not known how amounts of ${text} are written`,
      `Give --decimals, 0 to ${assetDecimalsMax}, as the asset was created with.`,
    );
  }
  const id = await idWithoutNetwork(known, text, sender.account);
  return { id, code: isIdText(text) ? "units" : (text.split("@")[0] ?? text), decimals };
}

/** `CODE` is then one that the account itself issues. */
async function idWithoutNetwork(
  { network }: KnownNetwork,
  text: string,
  sender: AccountId,
): Promise<AssetId> {
  if (isIdText(text)) return text as AssetId;
  const [code = "", issuer, ...rest] = text.split("@");
  if (!isAssetCode(code) || rest.length > 0) {
    throw usageFailure(
      "bad_asset",
      `"${text}" does not name an asset`,
      "Give CODE@issuer or its 64-digit id.",
    );
  }
  const account = issuer === undefined ? sender : (await network.accounts.resolve(issuer)).account;
  return assetIdOf(nobleHasher, account, code);
}

async function nextVersion(
  wallet: Wallet,
  { network, isOnline }: KnownNetwork,
  account: AccountId,
  name: RecordName,
): Promise<number> {
  if (isOnline) return ((await currentRecord(wallet, network, account, name))?.version ?? 0) + 1;
  throw usageFailure(
    "version_missing",
    "without a network the record's current version is not known",
    "Give --version: the current one + 1, or 1 for a new record.",
  );
}

function wholeNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw usageFailure("bad_number", `${name}: "${text}" is not a whole number`, "Give digits.");
}

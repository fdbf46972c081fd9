/**
 * `quorate-wallet asset create · mint · burn`: assets of one's own.
 * @module
 */
import { utf8 } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { assetIdOf, isAssetCode } from "../../src/protocol/assets.ts";
import { assetDecimalsMax, assetNameBytesMax } from "../../src/protocol/limits.ts";
import { amountOf, amountText } from "../amounts.ts";
import { flag } from "../command-line.ts";
import { CommandFailure, exitCodes, usageFailure } from "../failure.ts";
import type { OwnAccount } from "../keys/key-files.ts";
import { assetNamed, type KnownAsset, knownAssets } from "../ledger/asset-names.ts";
import { assetAmountText } from "../ledger/spending.ts";
import { type Network, openNetwork } from "../network/network.ts";
import type { Facts } from "../outbox/outbox-entry.ts";
import { type ActFlags, act } from "../sending/acting.ts";
import { actWords, memoOf } from "../sending/acting-flags.ts";
import { Questions } from "../sending/questions.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { warn } from "./send.ts";

export interface AssetFlags extends ActFlags {
  readonly from?: string;
  readonly memo?: string;
}

export interface AssetCreateFlags extends ActFlags {
  readonly from?: string;
  readonly decimals?: string;
  readonly name?: string;
  readonly maxSupply?: string;
}

export async function createAsset(
  wallet: Wallet,
  codeGiven: string | undefined,
  flags: AssetCreateFlags,
): Promise<Report> {
  const questions = new Questions();
  const network = await openNetwork(wallet.settings);
  const payer = await questions.payer(network, flags.from);
  const code = codeOf(network, await questions.text("code", codeGiven, "Its code, A-Z and 0-9"));
  const decimalsText = await questions.text(
    "decimals",
    flags.decimals,
    "Digits behind the point: 0 for shares, 2 for most money",
  );
  const decimals = decimalsOf(decimalsText);
  const name = nameOf(flags.name);
  const unit = { code, decimals };
  const maxSupply = flags.maxSupply === undefined ? 0n : amountOf(flags.maxSupply, unit);
  const issuer = network.accounts.addressOf(payer.account);
  const assetId = assetIdOf(nobleHasher, payer.account, code);
  if ((await knownAssets(wallet, network, [assetId])).length > 0) throw exists(code, issuer);
  const most = maxSupply === 0n ? "no limit" : amountText(maxSupply, unit);
  return await act(
    wallet,
    network,
    {
      payer,
      operations: [
        { from: undefined, body: { kind: "create-asset", code, decimals, name, maxSupply } },
      ],
      memo: "",
      rows: [
        ["asset", `${code} of ${issuer}`],
        ["decimals", decimalsText],
        ...(name === "" ? [] : [["name", name] as const]),
        ["most", most],
      ],
      summary: `asset ${code} of ${issuer}, ${assetId}`,
      data: { assetId, asset: code, issuer, decimals, name, maxSupply: maxSupply.toString() },
      wasAsked: questions.wereAsked,
      replay: [
        ...["asset", "create", code, "--decimals", decimalsText],
        ...flag("name", flags.name),
        ...flag("max-supply", flags.maxSupply),
        ...flag("from", payer.name),
        ...actWords(flags),
      ],
    },
    flags,
  );
}

function exists(code: string, issuer: string): CommandFailure {
  return new CommandFailure(exitCodes.refused, {
    code: "asset_exists",
    message: `${issuer} has issued ${code} already`,
    fix: "Nothing was signed. Use another code, or mint more of it (asset mint).",
  });
}

function codeOf({ unit }: Network, text: string): string {
  if (isAssetCode(text) && text !== unit.code) return text;
  const isNative = text === unit.code;
  throw usageFailure(
    isNative ? "asset_code_native" : "bad_asset_code",
    isNative ? `${text} is the network's own asset` : `"${text}" cannot be the code of an asset`,
    "Use 1 to 12 of A-Z and 0-9, and not the network's own code.",
  );
}

function decimalsOf(text: string): number {
  const decimals = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (decimals <= assetDecimalsMax) return decimals;
  throw usageFailure(
    "bad_decimals",
    `"${text}" cannot be a number of decimals`,
    `Give a number from 0 to ${assetDecimalsMax}.`,
  );
}

function nameOf(text: string | undefined): string {
  const name = text ?? "";
  const isSound = utf8(name).length <= assetNameBytesMax && !/\p{Cc}/u.test(name);
  if (isSound) return name;
  throw usageFailure(
    "bad_asset_name",
    "the name is too long, or has control characters",
    `Use at most ${assetNameBytesMax} bytes of printable text.`,
  );
}

export interface MintArguments {
  readonly amount: string | undefined;
  readonly code: string | undefined;
  readonly to: string | undefined;
}

export async function mint(
  wallet: Wallet,
  given: MintArguments,
  flags: AssetFlags,
): Promise<Report> {
  const questions = new Questions();
  const network = await openNetwork(wallet.settings);
  const { payer, asset, assetText } = await assetGiven(wallet, network, questions, given, flags, {
    isIssuer: true,
  });
  if (asset.entry.issuer !== payer.account) {
    throw usageFailure(
      "not_the_issuer",
      `${asset.code} is issued by ${asset.issuer}, not by "${payer.name}"`,
      "Only the issuer can mint: give --from with its key.",
    );
  }
  const amountGiven = await questions.text("amount", given.amount, `How much ${asset.code}?`);
  const amount = amountOf(amountGiven, asset);
  const to = await questions.text("to", given.to, "For whom? A name or an address");
  const payee = await network.accounts.resolve(to);
  await warn(wallet, network, payee);
  const shown = assetAmountText(amount, asset);
  return await act(
    wallet,
    network,
    {
      payer,
      operations: [
        { from: undefined, body: { kind: "mint", asset: asset.id, to: payee.account, amount } },
      ],
      memo: memoOf(flags.memo),
      rows: [
        ["mint", shown],
        ["to", `${payee.address}${payee.name === undefined ? "" : `  (${payee.name})`}`],
      ],
      summary: `minted ${shown} to ${payee.address}`,
      units: [asset],
      data: { to: payee.address, ...amountFacts(asset, amount) },
      wasAsked: questions.wereAsked,
      replay: ["asset", "mint", amountGiven, assetText, to, ...replayFlags(payer, flags)],
    },
    flags,
  );
}

export async function burn(
  wallet: Wallet,
  given: Omit<MintArguments, "to">,
  flags: AssetFlags,
): Promise<Report> {
  const questions = new Questions();
  const network = await openNetwork(wallet.settings);
  const { payer, asset, assetText } = await assetGiven(wallet, network, questions, given, flags, {
    isIssuer: false,
  });
  const amountGiven = await questions.text("amount", given.amount, `How much ${asset.code}?`);
  const amount = amountOf(amountGiven, asset);
  const shown = assetAmountText(amount, asset);
  return await act(
    wallet,
    network,
    {
      payer,
      operations: [{ from: undefined, body: { kind: "burn", asset: asset.id, amount } }],
      memo: memoOf(flags.memo),
      rows: [["burn", `${shown}, for good`]],
      summary: `burned ${shown}`,
      units: [asset],
      data: amountFacts(asset, amount),
      wasAsked: questions.wereAsked,
      replay: ["asset", "burn", amountGiven, assetText, ...replayFlags(payer, flags)],
    },
    flags,
  );
}

interface AssetGiven {
  readonly payer: OwnAccount;
  readonly asset: KnownAsset;
  readonly assetText: string;
}

async function assetGiven(
  wallet: Wallet,
  network: Network,
  questions: Questions,
  { code }: { readonly code: string | undefined },
  flags: AssetFlags,
  { isIssuer }: { readonly isIssuer: boolean },
): Promise<AssetGiven> {
  const payer = await questions.payer(network, flags.from);
  const assetText = await questions.text("asset", code, "Which asset? Its code");
  const isOwn = isIssuer && isAssetCode(assetText);
  const exact = isOwn ? `${assetText}@${network.accounts.addressOf(payer.account)}` : assetText;
  const asset = await assetNamed(wallet, network, exact, payer.account);
  return { payer, asset, assetText };
}

const amountFacts = (asset: KnownAsset, amount: bigint): Facts => ({
  asset: asset.code,
  assetId: asset.id,
  issuer: asset.issuer ?? null,
  amount: amount.toString(),
  display: assetAmountText(amount, asset),
});

const replayFlags = (payer: OwnAccount, flags: AssetFlags): readonly string[] => [
  ...flag("from", payer.name),
  ...flag("memo", flags.memo),
  ...actWords(flags),
];

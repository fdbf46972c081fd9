/**
 * `quorate-wallet send AMOUNT TO`: one payment in any asset.
 *
 * A person at a terminal is asked for what is left out, and afterwards shown the command line that does the same.
 * @module
 */
import type { NamedAccount } from "../accounts/accounts.ts";
import { lookAlikeText, rememberPaid } from "../accounts/contacts.ts";
import { amountOf } from "../amounts.ts";
import { flag } from "../command-line.ts";
import { usageFailure } from "../failure.ts";
import type { OwnAccount } from "../keys/key-files.ts";
import { unitNamed } from "../ledger/asset-names.ts";
import { type AssetUnit, assetAmountText } from "../ledger/spending.ts";
import { type Network, openNetwork } from "../network/network.ts";
import { type ActFlags, act, type Intent } from "../sending/acting.ts";
import { actWords, memoOf } from "../sending/acting-flags.ts";
import { Questions } from "../sending/questions.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface SendFlags extends ActFlags {
  readonly from?: string;
  readonly asset?: string;
  readonly memo?: string;
}

export async function send(
  wallet: Wallet,
  amountGiven: string | undefined,
  toGiven: string | undefined,
  flags: SendFlags,
): Promise<Report> {
  const questions = new Questions();
  const network = await openNetwork(wallet.settings);
  const payer = await questions.payer(network, flags.from);
  const toText = await questions.text("to", toGiven, "Who is paid? A name or an address");
  const payee = await network.accounts.resolve(toText);
  if (payee.account === payer.account) {
    throw usageFailure("self_transfer", "this pays the payer", "Give another account to pay.");
  }
  const unit = await unitNamed(wallet, network, flags.asset, payer.account);
  const amountText = await questions.text("amount", amountGiven, `How much, in ${unit.code}?`);
  const amount = amountOf(amountText, unit);
  const memo = memoOf(await memoText(questions, flags.memo));
  await warn(wallet, network, payee);
  const intent = intentOf({ payer, payee, unit, amount, memo });
  const report = await act(
    wallet,
    network,
    {
      ...intent,
      wasAsked: questions.wereAsked,
      replay: [
        ...["send", amountText, toText],
        ...flag("from", payer.name),
        ...flag("asset", flags.asset),
        ...flag("memo", memo === "" ? undefined : memo),
        ...actWords(flags),
      ],
    },
    flags,
  );
  if (flags.dryRun !== true) await rememberPaid(wallet.settings.home, [payee.address]);
  return report;
}

/** Asked for only where something else was, too: who gives all the rest wants no question. */
async function memoText(questions: Questions, given: string | undefined): Promise<string> {
  if (given !== undefined || !questions.wereAsked) return given ?? "";
  return await questions.optional("A memo that everybody can read? (none)");
}

/** Says so when the address could be taken for another one. */
export async function warn(
  { terminal }: Wallet,
  { accounts }: Network,
  { address }: NamedAccount,
): Promise<void> {
  const like = await accounts.lookAlike(address);
  if (like === undefined) return;
  terminal.insist(
    `${terminal.styled("yellow", "warning:")} ${lookAlikeText(address, like)}\n` +
      "Compare every character before you pay.",
  );
}

interface Terms {
  readonly payer: OwnAccount;
  readonly payee: NamedAccount;
  readonly unit: AssetUnit;
  readonly amount: bigint;
  readonly memo: string;
}

function intentOf({ payer, payee, unit, amount, memo }: Terms): Omit<Intent, "replay"> {
  const shown = assetAmountText(amount, unit);
  const body = { kind: "transfer", to: payee.account, asset: unit.id, amount } as const;
  return {
    payer,
    operations: [{ from: undefined, body }],
    memo,
    rows: [
      ["to", `${payee.address}${payee.name === undefined ? "" : `  (${payee.name})`}`],
      ["amount", shown],
    ],
    summary: `${shown} to ${payee.address}`,
    units: [unit],
    data: {
      to: payee.address,
      asset: unit.code,
      assetId: unit.id,
      issuer: unit.issuer ?? null,
      amount: amount.toString(),
      display: shown,
    },
  };
}

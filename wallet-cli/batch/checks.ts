/**
 * Whether the ledger could take all rows as it stands now: found out before the first one is signed.
 * @module
 */
import type { AccountId, AssetId } from "../../src/protocol/ids.ts";
import { nativeAsset } from "../../src/protocol/ids.ts";
import type { Parameters } from "../../src/protocol/parameters.ts";
import {
  accountKey,
  balanceKey,
  readAccount,
  readBalance,
  requireMemoFlag,
  type StateReader,
} from "../../src/protocol/state.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { provenEntries } from "../ledger/ledger-entries.ts";
import { type AssetUnit, type Spend, spendText } from "../ledger/spending.ts";
import type { Network } from "../network/network.ts";
import type { Wallet } from "../wallet.ts";
import type { BatchPayment } from "./payments.ts";

const flawsShown = 10;

/** Exit 5 when the payer does not hold the totals. */
export async function requireFunds(
  wallet: Wallet,
  network: Network,
  payer: AccountId,
  { spend, units }: { readonly spend: readonly Spend[]; readonly units: readonly AssetUnit[] },
): Promise<void> {
  const keys = spend.map(({ asset }) => holdingKey(payer, asset));
  const state = await provenEntries(wallet, network, keys);
  const short = spend.filter(({ asset, amount }) => holding(state, payer, asset) < amount);
  if (short.length === 0) return;
  const texts = short.map((each) => {
    const held = { asset: each.asset, amount: holding(state, payer, each.asset) };
    return `${spendText(each, units)} needed, ${spendText(held, units)} there`;
  });
  throw new CommandFailure(exitCodes.refused, {
    code: "insufficient_balance",
    message: texts.join("; "),
    fix: "Nothing was signed. Fund the account, or pay less.",
  });
}

const holdingKey = (account: AccountId, asset: AssetId) =>
  asset === nativeAsset ? accountKey(account) : balanceKey(account, asset);

const holding = (state: StateReader, account: AccountId, asset: AssetId): bigint =>
  asset === nativeAsset ? readAccount(state, account).balance : readBalance(state, account, asset);

/** Exit 5 when a row would be refused for its payee. `signed`: rows that come before them. */
export async function requirePayees(
  wallet: Wallet,
  network: Network,
  parameters: Parameters,
  rows: { readonly signed: readonly BatchPayment[]; readonly unsigned: readonly BatchPayment[] },
): Promise<void> {
  const payees = [...new Set(rows.unsigned.map(({ payee }) => payee.account))];
  const state = await provenEntries(wallet, network, payees.map(accountKey));
  const created = new Set(rows.signed.filter(isNative).map(({ payee }) => payee.account));
  const flaws: string[] = [];
  for (const payment of rows.unsigned) {
    const flaw = payeeFlaw(payment, state, created, parameters);
    if (flaw !== undefined) flaws.push(`row ${payment.row}: ${flaw}`);
    if (isNative(payment)) created.add(payment.payee.account);
  }
  if (flaws.length === 0) return;
  const more = flaws.length > flawsShown ? `; and ${flaws.length - flawsShown} more` : "";
  throw new CommandFailure(exitCodes.refused, {
    code: "rows_refused",
    message: `${flaws.slice(0, flawsShown).join("; ")}${more}`,
    fix: "Nothing was signed. Correct these rows.",
  });
}

const isNative = ({ unit }: BatchPayment): boolean => unit.id === nativeAsset;

function payeeFlaw(
  payment: BatchPayment,
  state: StateReader,
  created: ReadonlySet<AccountId>,
  { accountMinimum }: Parameters,
): string | undefined {
  const { payee, amount, wish } = payment;
  const { exists, flags } = readAccount(state, payee.account);
  if ((flags & requireMemoFlag) !== 0 && wish.memo === "") {
    return "the payee wants a memo (memo_required)";
  }
  if (exists || created.has(payee.account)) return undefined;
  if (!isNative(payment)) return "the payee has no account yet (account_absent)";
  return amount < accountMinimum
    ? "too little to open the payee's account (below_account_minimum)"
    : undefined;
}

/**
 * The payments of a batch: every row with its account, asset and amount, or everything that is wrong with the file.
 * @module
 */
import type { NamedAccount } from "../accounts/accounts.ts";
import { amountOf } from "../amounts.ts";
import { CommandFailure, usageFailure } from "../failure.ts";
import type { OwnAccount } from "../keys/key-files.ts";
import { unitNamed } from "../ledger/asset-names.ts";
import { type AssetUnit, assetAmountText } from "../ledger/spending.ts";
import type { Network } from "../network/network.ts";
import type { Facts, Wish } from "../outbox/outbox-entry.ts";
import { memoOf } from "../sending/acting-flags.ts";
import type { Wallet } from "../wallet.ts";
import { type BatchRow, readRows } from "./rows.ts";

export interface BatchPayment {
  readonly row: number;
  readonly reference: string;
  readonly payee: NamedAccount;
  readonly unit: AssetUnit;
  readonly amount: bigint;
  readonly wish: Wish;
  readonly summary: string;
  readonly facts: Facts;
}

/** So many are told at once. */
const flawsShown = 10;

/** Every row of the text, or a failure that names the lines to correct. */
export async function readPayments(
  wallet: Wallet,
  network: Network,
  payer: OwnAccount,
  text: string,
): Promise<readonly BatchPayment[]> {
  const rows = readRows(text);
  if (!rows.ok) throw invalid(rows.reason);
  const book = new Book(wallet, network, payer);
  const payments: BatchPayment[] = [];
  const flaws: string[] = [];
  for (const row of rows.value) {
    try {
      payments.push(await book.payment(row));
    } catch (error) {
      // Only what is wrong with the row itself; without a node no row can be read.
      if (!(error instanceof CommandFailure) || !isAboutRow(error)) throw error;
      flaws.push(`line ${row.line}: ${error.facts.message}`);
    }
  }
  if (flaws.length > 0) throw invalid(flaws);
  return payments;
}

/** Exit 2 and 3: something in the row is wrong, or stands for nothing. */
const isAboutRow = ({ exit }: CommandFailure): boolean => exit === 2 || exit === 3;

/** Looks each name up once. */
class Book {
  readonly #wallet: Wallet;
  readonly #network: Network;
  readonly #payer: OwnAccount;
  readonly #payees = new Map<string, Promise<NamedAccount>>();
  readonly #units = new Map<string, Promise<AssetUnit>>();

  constructor(wallet: Wallet, network: Network, payer: OwnAccount) {
    this.#wallet = wallet;
    this.#network = network;
    this.#payer = payer;
  }

  async payment({
    row,
    to,
    amount: given,
    asset,
    memo,
    reference,
  }: BatchRow): Promise<BatchPayment> {
    const payee = await this.#payee(to);
    const unit = await this.#unit(asset);
    const amount = amountOf(given, unit);
    const sender = this.#payer.account;
    if (payee.account === sender) {
      throw usageFailure("self_transfer", `"${to}" is the payer`, "Leave the row out.");
    }
    const body = { kind: "transfer", to: payee.account, asset: unit.id, amount } as const;
    const shown = assetAmountText(amount, unit);
    return {
      ...{ row, reference, payee, unit, amount },
      wish: { sender, memo: memoOf(memo), operations: [{ from: undefined, body }] },
      summary: `${shown} to ${payee.address}`,
      facts: {
        to: payee.address,
        asset: unit.code,
        assetId: unit.id,
        issuer: unit.issuer ?? null,
        amount: amount.toString(),
        display: shown,
        row,
        ...(reference === "" ? {} : { reference }),
      },
    };
  }

  async #payee(text: string): Promise<NamedAccount> {
    return await once(this.#payees, text, () => this.#network.accounts.resolve(text));
  }

  async #unit(text: string): Promise<AssetUnit> {
    const { account } = this.#payer;
    return await once(this.#units, text, () =>
      unitNamed(this.#wallet, this.#network, text, account),
    );
  }
}

async function once<Value>(
  found: Map<string, Promise<Value>>,
  key: string,
  look: () => Promise<Value>,
): Promise<Value> {
  const known = found.get(key) ?? look();
  found.set(key, known);
  return await known;
}

function invalid(flaws: readonly string[]): CommandFailure {
  const shown = flaws.slice(0, flawsShown).join("; ");
  const more = flaws.length > flawsShown ? `; and ${flaws.length - flawsShown} more` : "";
  return usageFailure(
    "csv_invalid",
    `${shown}${more}`,
    "Nothing was signed. Correct the file: a header line with to, amount and if wanted asset, memo, reference.",
  );
}

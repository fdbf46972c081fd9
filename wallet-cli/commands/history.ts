/**
 * `quorate-wallet history [NAME|ADDRESS]`: final transactions of an account, each proven, newest first, in pages.
 * @module
 */
import { parseHistoryCursor } from "../../src/client/history-cursor.ts";
import type { ProvenTransaction } from "../../src/client/listed-proofs.ts";
import { proveHistory } from "../../src/client/proven-history.ts";
import { type AccountId, type AssetId, nativeAsset } from "../../src/protocol/ids.ts";
import { assetKey, readAsset } from "../../src/protocol/state.ts";
import { isSigned, type Transaction } from "../../src/protocol/transaction.ts";
import { shellQuoted } from "../command-line.ts";
import { usageFailure } from "../failure.ts";
import { type AssetUnit, assetAmountText, nativeUnitOf } from "../ledger/spending.ts";
import { operationWords, type WordsContext } from "../ledger/transaction-words.ts";
import { type Network, openNetwork } from "../network/network.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json, Report } from "../terminal/terminal.ts";
import { timeText } from "../terminal/times.ts";
import { standingJson, trustFailure } from "../trust/standing-text.ts";
import { openTrust, type Trusting } from "../trust/trust.ts";
import type { Wallet } from "../wallet.ts";

export interface HistoryFlags {
  readonly limit: string;
  readonly cursor?: string;
}

/** One step of the account, or one payment to it. */
interface Line {
  readonly kind: string;
  readonly direction: "in" | "out";
  /** Address of the other side, where there is one. */
  readonly other: string | null;
  readonly otherName: string | null;
  readonly asset: string | null;
  readonly amount: string | null;
  readonly display: string | null;
  /** What was done, where it is no payment. */
  readonly words: string | null;
  readonly memo: string | null;
  readonly height: number;
  readonly timestampMs: number;
  readonly id: string;
}

const limitMax = 100;

export async function history(
  wallet: Wallet,
  who: string | undefined,
  flags: HistoryFlags,
): Promise<Report> {
  const { settings, terminal } = wallet;
  const limit = /^\d{1,3}$/.test(flags.limit) ? Number(flags.limit) : 0;
  if (limit < 1 || limit > limitMax) {
    throw usageFailure(
      "bad_limit",
      `--limit ${flags.limit}`,
      `Give a number from 1 to ${limitMax}.`,
    );
  }
  const { cursor } = flags;
  if (cursor !== undefined && parseHistoryCursor(cursor) === undefined) {
    const fix = "Take the one that the page before ended with, or leave it out.";
    throw usageFailure("bad_cursor", `--cursor ${cursor}`, fix);
  }
  const network = await openNetwork(settings);
  const { accounts } = network;
  const account =
    who === undefined
      ? (await accounts.payer(undefined)).account
      : (await accounts.resolve(who)).account;
  const address = accounts.addressOf(account);
  const trust = await openTrust(wallet, network);
  const proven = await proveHistory(trust.client, { account, address, limit, cursor });
  if (!proven.ok) throw trustFailure(proven.reason);
  const { items, next, missing, standing } = proven.value;
  trust.tell(standing.findings);
  if (missing.length > 0) terminal.note(terminal.styled("red", missingText(missing)));
  const context = await contextOf(network, trust, items);
  const lines = items.flatMap((item) => linesOf(item, account, context));
  if (lines.length === 0) terminal.note("No transactions.");
  if (next !== null) {
    const again = ["quorate-wallet", "history", who ?? address, "--cursor", next];
    terminal.note(`More: ${again.map(shellQuoted).join(" ")}`);
  }
  const data: Json = {
    address,
    items: lines.map((line) => ({ ...line })),
    next,
    missingNonces: missing,
    ...(standingJson(standing) as { readonly [name: string]: Json }),
  };
  return { data, text: formatTable(lines.map(row), { right: [2] }) };
}

function missingText(nonces: readonly number[]): string {
  const list = nonces.slice(0, 10).join(", ");
  const more = nonces.length > 10 ? ", …" : "";
  return `Not shown by any node, though it is proven that they are final: outgoing transactions with nonce ${list}${more}.`;
}

/** Names, and units of the assets, as they are proven. */
async function contextOf(
  network: Network,
  trust: Trusting,
  items: readonly ProvenTransaction[],
): Promise<WordsContext> {
  const { accounts, unit } = network;
  const ids = new Set<AssetId>();
  for (const { named } of items) {
    if (!isSigned(named)) continue;
    for (const { body } of named.signed.transaction.operations) {
      if ("asset" in body && body.asset !== nativeAsset) ids.add(body.asset);
    }
  }
  const assets = new Map<AssetId, AssetUnit>();
  if (ids.size > 0) {
    const { entries } = await trust.state([...ids].map(assetKey));
    for (const id of ids) {
      const entry = readAsset(entries, id);
      if (entry === undefined) continue;
      const { code, decimals, issuer } = entry;
      assets.set(id, { id, code, decimals, issuer: accounts.addressOf(issuer) });
    }
  }
  const names = await accounts.directory();
  return { unit, addressOf: (id) => accounts.addressOf(id), names, assets };
}

function linesOf(
  { named, height, timestampMs, id }: ProvenTransaction,
  account: AccountId,
  context: WordsContext,
): readonly Line[] {
  if (!isSigned(named)) return [];
  const { transaction } = named.signed;
  const memo = textOf(transaction.memo);
  const deeds = operationWords(transaction, context);
  return transaction.operations.flatMap((operation, i): readonly Line[] => {
    const from = operation.from ?? transaction.sender;
    const { body } = operation;
    const to = body.kind === "transfer" || body.kind === "mint" ? body.to : undefined;
    if (from !== account && to !== account) return [];
    const direction = from === account ? "out" : "in";
    const place = { kind: body.kind, direction, memo, height, timestampMs, id } as const;
    if (body.kind !== "transfer") {
      const words = deeds[i]?.words ?? body.kind;
      const none = { other: null, otherName: null, asset: null, amount: null, display: null };
      return [{ ...place, ...none, words }];
    }
    const other = from === account ? body.to : from;
    return [
      {
        ...place,
        other: context.addressOf(other),
        otherName: context.names.get(other) ?? null,
        asset: body.asset,
        amount: body.amount.toString(),
        display: displayOf(body, context),
        words: null,
      },
    ];
  });
}

function displayOf(
  { asset, amount }: { readonly asset: AssetId; readonly amount: bigint },
  { unit, assets }: WordsContext,
): string {
  if (asset === nativeAsset) return assetAmountText(amount, nativeUnitOf({ unit }));
  const known = assets.get(asset);
  return known === undefined ? `${amount} base units of ${asset}` : assetAmountText(amount, known);
}

/** The memo where it is text without control characters. */
function textOf(memo: Transaction["memo"]): string | null {
  if (memo.length === 0) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(memo);
    return /\p{C}/u.test(text) ? null : text;
  } catch {
    return null;
  }
}

function row(line: Line): string[] {
  const { timestampMs, height, direction, display, other, otherName, words, memo, id } = line;
  const place = [timeText(timestampMs), `#${height}`];
  if (display === null) return [...place, "", words ?? "", memo ?? "", id];
  const signed = `${direction === "out" ? "-" : "+"}${display}`;
  const party = `${direction === "out" ? "to" : "from"} ${otherName ?? other ?? ""}`;
  return [...place, signed, party, memo ?? "", id];
}

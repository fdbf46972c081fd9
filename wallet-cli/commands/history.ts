/**
 * `quorate-wallet history [NAME|ADDRESS]`: final transactions of an account, newest first, a page at a time.
 * @module
 */
import { isFaultJson } from "../../src/api/fault-words.ts";
import type { TransactionJson } from "../../src/api/json.ts";
import { parseAddress } from "../../src/protocol/address.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { amountText } from "../amounts.ts";
import { usageFailure } from "../failure.ts";
import { type Network, openNetwork } from "../network.ts";
import { askFirst } from "../nodes.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json, Report } from "../terminal/terminal.ts";
import { timeText } from "../terminal/times.ts";
import type { Wallet } from "../wallet.ts";

export interface HistoryFlags {
  readonly limit: string;
  readonly cursor?: string;
}

/** One payment of the account, seen from it. */
interface Line {
  readonly direction: "in" | "out";
  /** Address of the other side. */
  readonly other: string;
  readonly otherName: string | null;
  readonly amount: string;
  readonly display: string;
  readonly memo: string | null;
  readonly height: number;
  readonly timestampMs: number;
  readonly id: string;
}

const limitMax = 100;

export async function history(
  { settings, terminal }: Wallet,
  who: string | undefined,
  flags: HistoryFlags,
): Promise<Report> {
  const limit = /^\d{1,3}$/.test(flags.limit) ? Number(flags.limit) : 0;
  if (limit < 1 || limit > limitMax) {
    throw usageFailure(
      "bad_limit",
      `--limit ${flags.limit}`,
      `Give a number from 1 to ${limitMax}.`,
    );
  }
  const network = await openNetwork(settings);
  const { accounts } = network;
  const address =
    who === undefined
      ? accounts.addressOf((await accounts.payer(undefined)).account)
      : (await accounts.resolve(who)).address;
  const options = { limit, cursor: flags.cursor };
  const page = await askFirst(
    network.nodes,
    (client) => client.accountTransactions(address, options),
    { timeoutMs: settings.timeoutMs },
  );
  const names = await accounts.directory();
  const nameOf = (other: string): string | null => {
    const parsed = parseAddress(network.genesis.addressPrefix, other);
    return (parsed.ok ? names.get(parsed.value as AccountId) : undefined) ?? null;
  };
  const items = page.items.flatMap((item) => linesOf(item, address, nameOf, network));
  if (items.length === 0) terminal.note("No transactions.");
  if (page.next !== null) {
    terminal.note(`More: quorate-wallet history ${who ?? address} --cursor ${page.next}`);
  }
  const data: Json = { address, items: items.map((line) => ({ ...line })), next: page.next };
  return { data, text: formatTable(items.map(row), { right: [2] }) };
}

function linesOf(
  transaction: TransactionJson,
  address: string,
  nameOf: (other: string) => string | null,
  { unit }: Network,
): readonly Line[] {
  if (transaction.status !== "final" || isFaultJson(transaction)) return [];
  const { id, height, timestampMs, memo } = transaction;
  return transaction.operations.flatMap((operation): readonly Line[] => {
    if (operation.kind !== "transfer") return [];
    const { from, to, amount } = operation;
    if (from !== address && to !== address) return [];
    const direction = from === address ? "out" : "in";
    const other = from === address ? to : from;
    const display = amountText(BigInt(amount), unit);
    const otherName = nameOf(other);
    const place = { height, timestampMs, id };
    return [{ direction, other, otherName, amount, display, memo: memo.text, ...place }];
  });
}

function row({
  timestampMs,
  height,
  direction,
  display,
  other,
  otherName,
  memo,
  id,
}: Line): string[] {
  const signed = `${direction === "out" ? "-" : "+"}${display}`;
  const party = `${direction === "out" ? "to" : "from"} ${otherName ?? other}`;
  return [timeText(timestampMs), `#${height}`, signed, party, memo ?? "", id];
}

/**
 * `quorate-wallet list`: the accounts that can sign. Opens no key and asks no node.
 * @module
 */
import { openAccounts } from "../network/network.ts";
import { formatTable } from "../terminal/table.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export async function list({ settings, terminal }: Wallet): Promise<Report> {
  const { accounts } = await openAccounts(settings);
  const items = (await accounts.own()).map(({ name, account, origin, isEncrypted }) => ({
    name,
    address: accounts.addressOf(account),
    origin,
    encrypted: isEncrypted,
  }));
  if (items.length === 0) terminal.note("No accounts yet. Make one with: quorate-wallet create");
  const text = formatTable(
    items.map(({ name, address, origin, encrypted }) => [
      name,
      address,
      origin,
      encrypted ? "encrypted" : "not encrypted",
    ]),
  );
  return { data: { accounts: items }, text };
}

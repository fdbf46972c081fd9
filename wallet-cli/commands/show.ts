/**
 * `quorate-wallet show [NAME]`: one account in full, never its secret.
 * @module
 */
import { toHex } from "../../src/base/bytes.ts";
import { openAccounts } from "../network.ts";
import { formatTable } from "../terminal/table.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export async function show({ settings }: Wallet, name: string | undefined): Promise<Report> {
  const { accounts } = await openAccounts(settings);
  const own = await accounts.payer(name);
  const shown = {
    name: own.name,
    address: accounts.addressOf(own.account),
    account: own.account,
    publicKey: toHex(own.publicKey),
    origin: own.origin,
    encryption: "unencrypted",
  };
  return { data: shown, text: formatTable(Object.entries(shown)) };
}

/**
 * `quorate-wallet show [NAME]`: one account in full, never its secret.
 * @module
 */
import { toHex } from "../../src/base/bytes.ts";
import { loadStored } from "../keys/key-files.ts";
import { openAccounts } from "../network/network.ts";
import { formatTable } from "../terminal/table.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export async function show(
  { settings }: Wallet,
  name: string | undefined,
  { qr }: { readonly qr?: boolean } = {},
): Promise<Report> {
  const { accounts } = await openAccounts(settings);
  const own = await accounts.payer(name);
  const address = accounts.addressOf(own.account);
  const shown = {
    name: own.name,
    address,
    account: own.account,
    publicKey: toHex(own.publicKey),
    origin: own.origin,
    path: own.origin === "own" ? await pathOf(settings.home, own.name) : null,
    encryption: own.isEncrypted ? "age-scrypt" : "unencrypted",
  };
  const rows = Object.entries(shown).flatMap(([label, value]) =>
    value === null ? [] : [[label, value]],
  );
  const text = formatTable(rows);
  return { data: shown, text: qr === true ? `${text}\n\n${await codeOf(address)}` : text };
}

async function pathOf(home: string, name: string): Promise<string | null> {
  const stored = await loadStored(home, name);
  if (stored === undefined) return null;
  return (stored.kind === "encrypted" ? stored.keystore.path : stored.secret.words?.path) ?? null;
}

/** An address may be all capitals, which a QR code holds in fewer modules. */
async function codeOf(address: string): Promise<string> {
  const { qrText } = await import("../terminal/qr.ts");
  const colour = process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
  return qrText(address.toUpperCase(), { colour });
}

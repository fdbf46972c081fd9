/**
 * `quorate-wallet create [NAME]`: a new key and its address.
 * @module
 */
import { toHex } from "../../src/base/bytes.ts";
import { devKeyNames } from "../dev-keys.ts";
import { usageFailure } from "../failure.ts";
import { createKey, requireAccountName } from "../key-files.ts";
import { openAccounts } from "../network.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

const nameStandard = "main";

export async function create(wallet: Wallet, nameGiven: string | undefined): Promise<Report> {
  const { settings, terminal } = wallet;
  const name = requireAccountName(nameGiven ?? nameStandard);
  const { accounts, isKnown } = await openAccounts(settings);
  if ((await devKeyNames(settings.networkFile)).includes(name)) {
    throw usageFailure(
      "name_taken",
      `"${name}" is an account of the local network`,
      "Choose another name.",
    );
  }
  const own = await createKey(settings.home, name);
  const address = accounts.addressOf(own.account);
  terminal.note(
    terminal.styled("yellow", "The key file is readable by you alone, but NOT encrypted."),
  );
  if (!isKnown) terminal.note("No network is named yet: its addresses may begin differently.");
  const publicKey = toHex(own.publicKey);
  return { data: { name, address, account: own.account, publicKey }, text: address };
}

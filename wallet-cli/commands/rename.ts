/**
 * `quorate-wallet rename NAME NEW`: another name for an own key. Needs no password.
 * @module
 */
import { renameKey, requireStored } from "../keys/key-changes.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { requireNewName } from "./new-key.ts";

export async function renameAccount(
  { settings }: Wallet,
  name: string,
  newName: string,
): Promise<Report> {
  await requireStored(settings.home, name);
  await requireNewName(settings, newName);
  await renameKey(settings.home, name, newName);
  return { data: { name: newName, before: name }, text: `${name} is now ${newName}` };
}

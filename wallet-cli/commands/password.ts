/**
 * `quorate-wallet password NAME`: a new password for an own key; an unencrypted key gets its first.
 * @module
 */
import { usageFailure } from "../failure.ts";
import { replaceKey, requireStored, textOfKey } from "../keys/key-changes.ts";
import { keyPath, openStored } from "../keys/key-files.ts";
import { Passwords, passwordsOf } from "../keys/passwords.ts";
import { passwordPlace } from "../settings.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface PasswordFlags {
  readonly newPasswordFile?: string;
  readonly newPasswordFd?: string;
}

export async function changePassword(
  { settings }: Wallet,
  name: string,
  flags: PasswordFlags,
): Promise<Report> {
  const { home, password: old } = settings;
  const place = passwordPlace("--new-password", flags.newPasswordFile, flags.newPasswordFd);
  if (
    old?.kind === "descriptor" &&
    place?.kind === "descriptor" &&
    old.descriptor === place.descriptor
  ) {
    throw usageFailure("two_sources", "both passwords come from one descriptor", "Give two.");
  }
  const from = await requireStored(home, name);
  const passwords = passwordsOf(settings);
  const secret = await openStored(from, { name, path: keyPath(home, name), passwords });
  const chosen = await new Passwords(place, "--new-password").choose(name);
  await replaceKey(home, name, { from, text: await textOfKey(name, secret, chosen) });
  return { data: { name, encrypted: true }, text: `${name} has a new password` };
}

/**
 * What `create` and `import` share: a free name, protection, the file, and what is said about it.
 * @module
 */
import { toHex } from "../../src/base/bytes.ts";
import { createNobleSigner } from "../../src/crypto/ed25519.ts";
import { loadContacts } from "../accounts/contacts.ts";
import { usageFailure } from "../failure.ts";
import { devKeyNames } from "../keys/dev-keys.ts";
import { addKey, nameOfKey, requireFreeName, textOfKey } from "../keys/key-changes.ts";
import { ownAccount } from "../keys/key-files.ts";
import type { Secret } from "../keys/keystore.ts";
import { passwordsOf } from "../keys/passwords.ts";
import { openAccounts } from "../network/network.ts";
import type { Settings } from "../settings.ts";
import type { Json } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export const nameStandard = "main";

/** Exit 2 when the name stands for something already. Asks nobody anything. */
export async function requireNewName(settings: Settings, name: string): Promise<void> {
  await requireFreeName(settings.home, name);
  const taken = (what: string): Error =>
    usageFailure("name_taken", `"${name}" is ${what}`, "Choose another name.");
  if ((await devKeyNames(settings.networkFile)).includes(name)) {
    throw taken("an account of the local network");
  }
  if ((await loadContacts(settings.home)).some((contact) => contact.name === name)) {
    throw taken("a contact");
  }
}

/** The password that will protect the key; undefined when a person wants none. */
export async function protectionOf(
  { settings }: Wallet,
  name: string,
  { plain }: { readonly plain: boolean },
): Promise<string | undefined> {
  if (!plain) return await passwordsOf(settings).choose(name);
  if (settings.password === undefined) return undefined;
  throw usageFailure(
    "plain_with_password",
    "--plain stores a key without a password",
    "Give one of the two.",
  );
}

export interface Made {
  readonly address: string;
  readonly data: { readonly [name: string]: Json };
}

/** Stores the key and says how it is protected. */
export async function storeKey(
  { settings, terminal }: Wallet,
  name: string,
  secret: Secret,
  password: string | undefined,
): Promise<Made> {
  const { accounts, isKnown } = await openAccounts(settings);
  const own = ownAccount(name, createNobleSigner(secret.seed), "own");
  const same = await nameOfKey(settings.home, own.publicKey);
  if (same !== undefined) {
    throw usageFailure("key_known", `this key is here already, as "${same}"`, "Nothing to do.");
  }
  await addKey(settings.home, name, await textOfKey(name, secret, password));
  if (password === undefined) {
    terminal.insist(
      terminal.styled(
        "yellow",
        "WARNING: the key is NOT encrypted. Whoever reads its file can spend everything.",
      ),
    );
    terminal.note(`Give it a password with: quorate-wallet password ${name}`);
  }
  if (!isKnown) terminal.note("No network is named yet: its addresses may begin differently.");
  const address = accounts.addressOf(own.account);
  const data = {
    name,
    address,
    account: own.account,
    publicKey: toHex(own.publicKey),
    path: secret.words?.path ?? null,
    encrypted: password !== undefined,
  };
  return { address, data };
}

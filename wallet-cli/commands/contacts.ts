/**
 * `quorate-wallet contacts add|list|remove`: names for other people's addresses.
 * @module
 */
import { changeContacts, loadContacts, lookAlikeText } from "../accounts/contacts.ts";
import { notFoundFailure, usageFailure } from "../failure.ts";
import { keyNames, requireAccountName } from "../keys/key-files.ts";
import { openAccounts } from "../network/network.ts";
import { askYes, canAsk } from "../terminal/prompts.ts";
import { formatTable } from "../terminal/table.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export async function addContact(wallet: Wallet, name: string, text: string): Promise<Report> {
  const { settings } = wallet;
  requireAccountName(name);
  const { accounts } = await openAccounts(settings);
  const address = accounts.parse(text);
  const isTaken = (await accounts.findOwn(name)) !== undefined || accounts.isListed(name);
  if (isTaken || (await keyNames(settings.home)).includes(name)) throw taken(name);
  const like = await accounts.lookAlike(address);
  if (like !== undefined) await requireNoMistake(wallet, lookAlikeText(address, like));
  await changeContacts(settings.home, (contacts) => {
    const same = contacts.find((contact) => contact.name === name);
    if (same?.address === address) return contacts;
    if (same !== undefined) throw taken(name);
    return [...contacts, { name, address }];
  });
  return { data: { name, address }, text: `${name}  ${address}` };
}

const taken = (name: string): Error =>
  usageFailure(
    "name_taken",
    `"${name}" stands for another address already`,
    "Choose another name, or remove that contact first.",
  );

async function requireNoMistake({ settings, terminal }: Wallet, warning: string): Promise<void> {
  terminal.insist(terminal.styled("yellow", `WARNING: ${warning}`));
  if (settings.yes) return;
  if (!canAsk()) {
    throw usageFailure(
      "looks_alike",
      "this address can be taken for a known one",
      "Compare all of it with its owner; then add --yes.",
    );
  }
  if (await askYes("Is all of it what its owner has told you?")) return;
  throw usageFailure("not_confirmed", "not confirmed: nothing was saved", "Ask its owner.");
}

export async function listContacts({ settings, terminal }: Wallet): Promise<Report> {
  const contacts = await loadContacts(settings.home);
  if (contacts.length === 0) {
    terminal.note("No contacts yet. Add one with: quorate-wallet contacts add NAME ADDRESS");
  }
  const items = contacts.map(({ name, address }) => ({ name, address }));
  return {
    data: { contacts: items },
    text: formatTable(items.map(({ name, address }) => [name, address])),
  };
}

export async function removeContact({ settings }: Wallet, name: string): Promise<Report> {
  await changeContacts(settings.home, (contacts) => {
    const others = contacts.filter((contact) => contact.name !== name);
    if (others.length < contacts.length) return others;
    throw notFoundFailure(
      "contact_unknown",
      `there is no contact "${name}"`,
      "See them with: quorate-wallet contacts list",
    );
  });
  return { data: { name }, text: `${name} is removed` };
}

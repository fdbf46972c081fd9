/**
 * Contacts: names for other people's addresses, and the warning when an address only looks like a known one.
 *
 * `<home>/contacts.json` is `{ version: 1, contacts: [{name, address}] }`; `<home>/recent.json` the same without
 * names, newest first: addresses that were paid lately. An address keeps its prefix, so both serve every network.
 * @module
 */
import { join } from "node:path";
import { parseAddress } from "../../src/protocol/address.ts";
import { usageFailure } from "../failure.ts";
import { readIfExists, writeDurably, writeWhole } from "../files.ts";
import { objectsIn, parseJsonObject, stringIn } from "../json-fields.ts";
import { isAccountName } from "../keys/key-files.ts";
import { withLock } from "../lock.ts";

export interface Contact {
  readonly name: string;
  readonly address: string;
}

/** An address that a person may take another one for. */
export interface KnownAddress {
  readonly name: string | undefined;
  readonly address: string;
  readonly kind: "own" | "network" | "contact" | "recent";
}

const contactsMax = 10_000;
const recentMax = 200;
/** Characters of an address that people compare, at both ends together. By chance: once in five million. */
const endsMin = 5;

/**
 * The known address that this one is most easily taken for: another one, of the same network, that shares at
 * least five characters with it at the two ends together. Undefined when it is known itself, or like none. The prefix
 * is not counted: all addresses of a network share it.
 */
export function lookAlike<Known extends { readonly address: string }>(
  address: string,
  known: readonly Known[],
): Known | undefined {
  const { prefix, body } = partsOf(address);
  let nearest: Known | undefined;
  let mostShared = endsMin - 1;
  for (const each of known) {
    const other = partsOf(each.address);
    if (other.prefix !== prefix) continue;
    if (other.body === body) return undefined;
    const shared =
      sharedStart(body, other.body) + sharedStart(reversed(body), reversed(other.body));
    if (shared > mostShared) {
      nearest = each;
      mostShared = shared;
    }
  }
  return nearest;
}

function partsOf(address: string): { readonly prefix: string; readonly body: string } {
  const text = address.toLowerCase();
  const separator = text.lastIndexOf("1");
  return { prefix: text.slice(0, separator), body: text.slice(separator + 1) };
}

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

const reversed = (text: string): string => [...text].reverse().join("");

/** The sentence for a person. */
export const lookAlikeText = (address: string, like: KnownAddress): string =>
  `${address}\n  looks like, but is not ${like.name === undefined ? "a recently paid address" : `"${like.name}"`}:\n${like.address}`;

const contactsPath = (home: string): string => join(home, "contacts.json");
const recentPath = (home: string): string => join(home, "recent.json");

/** By name, ascending. */
export async function loadContacts(home: string): Promise<readonly Contact[]> {
  const path = contactsPath(home);
  const text = await readIfExists(path);
  if (text === undefined) return [];
  const contacts = contactsIn(text);
  if (contacts !== undefined) return contacts;
  throw usageFailure(
    "contacts_malformed",
    `${path} is not a list of contacts`,
    "Restore it from a backup, or move it away.",
  );
}

function contactsIn(text: string): readonly Contact[] | undefined {
  const object = parseJsonObject(text);
  const items = object?.["version"] === 1 ? objectsIn(object, "contacts") : undefined;
  const contacts = items?.flatMap((item) => {
    const name = stringIn(item, "name") ?? "";
    const address = stringIn(item, "address") ?? "";
    return isAccountName(name) && isAddress(address) ? [{ name, address }] : [];
  });
  if (contacts === undefined || contacts.length !== items?.length) return undefined;
  if (new Set(contacts.map(({ name }) => name)).size !== contacts.length) return undefined;
  return contacts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether it is a sound address of whichever network it names. */
const isAddress = (text: string): boolean => parseAddress(partsOf(text).prefix, text).ok;

/** Changes the contacts under a lock. Durable when it returns. */
export async function changeContacts(
  home: string,
  change: (contacts: readonly Contact[]) => readonly Contact[],
): Promise<void> {
  await withLock(join(home, "locks", "contacts"), async () => {
    const contacts = change(await loadContacts(home));
    if (contacts.length > contactsMax) {
      throw usageFailure("too_many_contacts", "there are 10,000 contacts", "Remove some.");
    }
    const content = { version: 1, contacts };
    await writeDurably(contactsPath(home), `${JSON.stringify(content, undefined, 2)}\n`);
  });
}

/** Remembers an address that was paid, for later warnings. Losing it costs nothing. */
export async function rememberPaid(home: string, addresses: readonly string[]): Promise<void> {
  const known = new Set(await recentAddresses(home));
  if (addresses.every((address) => known.has(address))) return; // Many payments to one do not queue here.
  await withLock(join(home, "locks", "recent"), async () => {
    const before = await recentAddresses(home);
    const recent = [...new Set([...addresses, ...before])].slice(0, recentMax);
    const content = { version: 1, recent: recent.map((address) => ({ address })) };
    await writeWhole(recentPath(home), `${JSON.stringify(content)}\n`);
  });
}

/** Newest first; a damaged file counts as empty. */
export async function recentAddresses(home: string): Promise<readonly string[]> {
  const object = parseJsonObject((await readIfExists(recentPath(home))) ?? "");
  const items = object === undefined ? undefined : objectsIn(object, "recent");
  return (items ?? []).flatMap((item) => {
    const address = stringIn(item, "address") ?? "";
    return isAddress(address) ? [address] : [];
  });
}

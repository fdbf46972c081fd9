/**
 * Names and addresses: whose key signs, and who is paid.
 *
 * A name is looked up among the wallet's own keys, the accounts of the local network, the contacts and the accounts with
 * a saved policy. A name that stands for two different accounts is refused rather than guessed.
 * @module
 */
import { formatAddress, parseAddress } from "../../src/protocol/address.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { notFoundFailure, usageFailure } from "../failure.ts";
import { devKeyNames, loadDevKey } from "../keys/dev-keys.ts";
import { isAccountName, keyNames, loadKey, type OwnAccount } from "../keys/key-files.ts";
import { type Passwords, passwordsOf } from "../keys/passwords.ts";
import type { Settings } from "../settings.ts";
import { type KnownAddress, loadContacts, lookAlike, recentAddresses } from "./contacts.ts";
import { accountOfPolicyName, savedPolicies } from "./policies.ts";

export interface NamedAccount {
  /** Undefined when only an address is known. */
  readonly name: string | undefined;
  readonly account: AccountId;
  readonly address: string;
}

/** What a network file says of accounts. */
export interface ListedAccounts {
  readonly accounts: readonly { readonly name: string; readonly address: string }[];
}

export class Accounts {
  readonly #home: string;
  readonly #networkFilePath: string;
  readonly #networkFile: ListedAccounts | undefined;
  readonly #prefix: string;
  readonly #passwords: Passwords;

  constructor(
    settings: Settings,
    network: { readonly file: ListedAccounts | undefined; readonly prefix: string },
  ) {
    this.#home = settings.home;
    this.#networkFilePath = settings.networkFile;
    this.#networkFile = network.file;
    this.#prefix = network.prefix;
    this.#passwords = passwordsOf(settings);
  }

  /** What the addresses of this network begin with, before the 1. */
  get prefix(): string {
    return this.#prefix;
  }

  addressOf(account: AccountId): string {
    return formatAddress(this.#prefix, account);
  }

  /** An address of this network in its usual form; exit 2 when it is none. */
  parse(address: string): string {
    return this.#ofAddress(address).address;
  }

  /** Whether the local network has an account of this name. */
  isListed(name: string): boolean {
    return this.#networkFile?.accounts.some((account) => account.name === name) === true;
  }

  /** Every account that can sign, the wallet's own first. */
  async own(): Promise<readonly OwnAccount[]> {
    const found: OwnAccount[] = [];
    for (const name of await keyNames(this.#home)) {
      const own = await loadKey(this.#home, name, this.#passwords);
      if (own !== undefined) found.push(own);
    }
    if (this.#networkFile === undefined) return found;
    for (const name of await devKeyNames(this.#networkFilePath)) {
      const dev = await loadDevKey(this.#networkFilePath, name);
      if (dev !== undefined) found.push(dev);
    }
    return found;
  }

  async findOwn(name: string): Promise<OwnAccount | undefined> {
    const own = await loadKey(this.#home, name, this.#passwords);
    const dev =
      this.#networkFile === undefined ? undefined : await loadDevKey(this.#networkFilePath, name);
    if (own !== undefined && dev !== undefined && own.account !== dev.account) {
      throw usageFailure(
        "name_ambiguous",
        `"${name}" is a key of this wallet and another account of the local network`,
        "Give the address instead, or choose another --home or --network.",
      );
    }
    return own ?? dev;
  }

  /** The account that pays: the named one, else the only own key. */
  async payer(name: string | undefined): Promise<OwnAccount> {
    if (name !== undefined) {
      const found = await this.findOwn(name);
      if (found !== undefined) return found;
      throw notFoundFailure("key_unknown", `there is no key "${name}"`, await this.#namesToGive());
    }
    const [only, ...others] = await keyNames(this.#home);
    const own =
      only === undefined || others.length > 0
        ? undefined
        : await loadKey(this.#home, only, this.#passwords);
    if (own !== undefined) return own;
    throw usageFailure("from_missing", "who pays is not given", await this.#namesToGive());
  }

  /** The account behind a name or an address of this network. */
  async resolve(text: string): Promise<NamedAccount> {
    if (!isAccountName(text)) return this.#ofAddress(text);
    const own = await this.findOwn(text);
    const listed = this.#networkFile?.accounts.find(({ name }) => name === text);
    const contact = (await loadContacts(this.#home)).find(({ name }) => name === text);
    const shared = await accountOfPolicyName(this.#home, text);
    const named = [
      own === undefined ? listed?.address : this.addressOf(own.account),
      contact?.address,
      shared === undefined ? undefined : this.addressOf(shared),
    ].filter((address) => address !== undefined);
    if (new Set(named).size > 1) {
      throw usageFailure(
        "name_ambiguous",
        `"${text}" stands for several accounts: of keys, of the local network, of contacts or of saved policies`,
        "Give the address instead.",
      );
    }
    const [found] = named;
    if (found !== undefined) return { ...this.#ofAddress(found), name: text };
    throw notFoundFailure(
      "account_unknown",
      `"${text}" is neither a known account nor an address`,
      `Give an address (${this.#prefix}1…), or one of: ${(await this.#names()).join(", ") || "(none)"}.`,
    );
  }

  /** The known address that this one could be taken for; undefined when it is known itself. */
  async lookAlike(address: string): Promise<KnownAddress | undefined> {
    return lookAlike(address, await this.known());
  }

  /** Every address that a person may have in mind: own, of the local network, contacts, paid lately. */
  async known(): Promise<readonly KnownAddress[]> {
    const own = (await this.own()).map(({ name, account, origin }) => ({
      name,
      address: this.addressOf(account),
      kind: origin === "own" ? ("own" as const) : ("network" as const),
    }));
    const listed = (this.#networkFile?.accounts ?? []).map(({ name, address }) => ({
      name,
      address,
      kind: "network" as const,
    }));
    const contacts = (await loadContacts(this.#home)).map(({ name, address }) => ({
      name,
      address,
      kind: "contact" as const,
    }));
    const recent = (await recentAddresses(this.#home)).map((address) => ({
      name: undefined,
      address,
      kind: "recent" as const,
    }));
    return [...own, ...listed, ...contacts, ...recent];
  }

  /** Names by account, for showing who is who. */
  async directory(): Promise<ReadonlyMap<AccountId, string>> {
    const names = new Map<AccountId, string>();
    const contacts = await loadContacts(this.#home);
    for (const { name, address } of [...contacts, ...(this.#networkFile?.accounts ?? [])]) {
      const parsed = parseAddress(this.#prefix, address);
      if (parsed.ok) names.set(parsed.value, name);
    }
    for (const { name, account } of await savedPolicies(this.#home)) names.set(account, name);
    for (const { name, account } of await this.own()) names.set(account, name);
    return names;
  }

  #ofAddress(text: string): NamedAccount {
    const parsed = parseAddress(this.#prefix, text);
    if (parsed.ok) {
      return { name: undefined, account: parsed.value, address: this.addressOf(parsed.value) };
    }
    const isForeign = parsed.reason === "address_wrong_network";
    throw usageFailure(
      parsed.reason,
      isForeign
        ? `${text} is an address of another network`
        : `"${text}" is neither a name nor a sound address`,
      isForeign
        ? `Addresses of this network begin with ${this.#prefix}1.`
        : "Copy the address again: a letter may be wrong or missing.",
    );
  }

  async #names(): Promise<readonly string[]> {
    const own = (await this.own()).map(({ name }) => name);
    const listed = (this.#networkFile?.accounts ?? []).map(({ name }) => name);
    const contacts = (await loadContacts(this.#home)).map(({ name }) => name);
    return [...new Set([...own, ...listed, ...contacts])];
  }

  async #namesToGive(): Promise<string> {
    const names = (await this.own()).map(({ name }) => name);
    return names.length === 0
      ? "Make a key with: quorate-wallet create NAME"
      : `Give --from with one of: ${names.join(", ")}.`;
  }
}

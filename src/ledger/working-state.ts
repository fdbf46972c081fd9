/**
 * The state while a block executes: entries over the parent's state, changed by one transaction at a time. Accounts and
 * balances are held decoded; entries of the other kinds, which are few, as their bytes.
 *
 * What the running transaction writes lies in a layer of its own, which `keep` merges and `begin` throws away: so a
 * transaction applies as a whole or not at all, also when the code that applies it throws.
 * @module
 */
import { assert } from "../base/assert.ts";
import { encode, u64 } from "../codec/codec.ts";
import { type AssetEntry, assetEntryCodec } from "../protocol/assets.ts";
import type { AccountId, AssetId } from "../protocol/ids.ts";
import {
  type Account,
  accountKey,
  assetKey,
  assetOfKey,
  balanceKey,
  encodeAccount,
  readAccount,
  readAsset,
  readBalance,
  type StateChanges,
  type StateKey,
  type StateReader,
} from "../protocol/state.ts";

interface Change {
  readonly before: Account;
  readonly after: Account;
}

export class WorkingState {
  readonly #parent: StateReader;
  readonly #accounts = new Map<AccountId, Account>();
  readonly #balances = new Map<StateKey, bigint>();
  readonly #writtenAccounts = new Set<AccountId>();
  readonly #writtenBalances = new Set<StateKey>();
  readonly #pendingAccounts = new Map<AccountId, Change>();
  readonly #pendingBalances = new Map<StateKey, bigint>();
  /** Of the other kinds. */
  readonly #entries = new Map<StateKey, Uint8Array | undefined>();
  readonly #pendingEntries = new Map<StateKey, Uint8Array | undefined>();
  /** The entries of any kind but account and balance, as they are now. */
  readonly entries: StateReader = { read: (key) => this.entry(key) };

  readonly #keptEntries: StateReader = {
    read: (key) => (this.#entries.has(key) ? this.#entries.get(key) : this.#parent.read(key)),
  };

  constructor(parent: StateReader) {
    this.#parent = parent;
  }

  /** Starts a transaction; whatever was written and not kept is gone. */
  begin(): void {
    this.#pendingAccounts.clear();
    this.#pendingBalances.clear();
    // Clearing a map allocates, and nearly no transaction writes here.
    if (this.#pendingEntries.size > 0) this.#pendingEntries.clear();
  }

  /** Makes the running transaction's writes part of the block. */
  keep(): void {
    for (const [account, { after }] of this.#pendingAccounts) {
      this.#accounts.set(account, after);
      this.#writtenAccounts.add(account);
    }
    for (const [key, amount] of this.#pendingBalances) {
      this.#balances.set(key, amount);
      this.#writtenBalances.add(key);
    }
    if (this.#pendingEntries.size > 0) {
      for (const [key, value] of this.#pendingEntries) this.#entries.set(key, value);
    }
    this.begin();
  }

  account(id: AccountId): Account {
    const pending = this.#pendingAccounts.get(id);
    return pending === undefined ? this.#kept(id) : pending.after;
  }

  /** Writes the account, which exists from then on. */
  setAccount(id: AccountId, account: Omit<Account, "exists">): void {
    const before = this.#pendingAccounts.get(id)?.before ?? this.#kept(id);
    const { nonce, balance, authHash, flags } = account;
    const after = { exists: true, nonce, balance, authHash, flags };
    this.#pendingAccounts.set(id, { before, after });
  }

  /** Holdings of an asset other than the native one. */
  balance(id: AccountId, asset: AssetId): bigint {
    return this.#pendingBalances.get(balanceKey(id, asset)) ?? this.#keptBalance(id, asset);
  }

  setBalance(id: AccountId, asset: AssetId, amount: bigint): void {
    this.#pendingBalances.set(balanceKey(id, asset), amount);
  }

  /** An asset other than the native one, or undefined: nobody has created it. */
  asset(id: AssetId): AssetEntry | undefined {
    return readAsset(this.entries, id);
  }

  setAsset(id: AssetId, entry: AssetEntry): void {
    this.setEntry(assetKey(id), encode(assetEntryCodec, entry));
  }

  /** An entry of any kind but account and balance. */
  entry(key: StateKey): Uint8Array | undefined {
    return this.#pendingEntries.has(key)
      ? this.#pendingEntries.get(key)
      : this.#keptEntries.read(key);
  }

  /** Writes such an entry; undefined removes it. */
  setEntry(key: StateKey, value: Uint8Array | undefined): void {
    this.#pendingEntries.set(key, value);
  }

  /** Whether every account that the running transaction created, but for this one, holds at least the minimum. */
  newAccountsHold(minimum: bigint, exempt?: AccountId): boolean {
    for (const [account, { before, after }] of this.#pendingAccounts) {
      if (!before.exists && after.balance < minimum && account !== exempt) return false;
    }
    return true;
  }

  /** By how much the running transaction changes the sum of all native balances. */
  nativeDelta(): bigint {
    let delta = 0n;
    for (const { before, after } of this.#pendingAccounts.values()) {
      delta += after.balance - before.balance;
    }
    return delta;
  }

  /** Whether the running transaction changes every asset's balances together by as much as its supply. */
  assetsAddUp(): boolean {
    if (this.#pendingBalances.size === 0 && this.#pendingEntries.size === 0) return true;
    const surplus = new Map<AssetId, bigint>();
    const add = (asset: AssetId, amount: bigint) =>
      surplus.set(asset, (surplus.get(asset) ?? 0n) + amount);
    for (const [key, amount] of this.#pendingBalances) {
      const { account, asset } = holdingOf(key);
      add(asset, amount - this.#keptBalance(account, asset));
    }
    for (const key of this.#pendingEntries.keys()) {
      const asset = assetOfKey(key);
      if (asset === undefined) continue;
      const before = readAsset(this.#keptEntries, asset)?.supply ?? 0n;
      add(asset, before - (this.asset(asset)?.supply ?? 0n));
    }
    return [...surplus.values()].every((amount) => amount === 0n);
  }

  /** Everything kept, as rows of the state. */
  changes(): StateChanges {
    assert(this.#pendingAccounts.size === 0, "no transaction is half applied");
    const changes = new Map<StateKey, Uint8Array | undefined>();
    for (const id of this.#writtenAccounts) {
      changes.set(accountKey(id), encodeAccount(this.#kept(id)));
    }
    for (const key of this.#writtenBalances) {
      const amount = this.#balances.get(key) ?? 0n;
      changes.set(key, amount === 0n ? undefined : encode(u64, amount));
    }
    for (const [key, value] of this.#entries) changes.set(key, value);
    return changes;
  }

  #keptBalance(id: AccountId, asset: AssetId): bigint {
    const key = balanceKey(id, asset);
    const known = this.#balances.get(key);
    if (known !== undefined) return known;
    const amount = readBalance(this.#parent, id, asset);
    this.#balances.set(key, amount);
    return amount;
  }

  #kept(id: AccountId): Account {
    const known = this.#accounts.get(id);
    if (known !== undefined) return known;
    const account = readAccount(this.#parent, id);
    this.#accounts.set(id, account);
    return account;
  }
}

/** The two names in the key of a balance. */
const holdingOf = (key: StateKey): { readonly account: AccountId; readonly asset: AssetId } => ({
  account: key.slice(2, 66) as AccountId,
  asset: key.slice(66) as AssetId,
});

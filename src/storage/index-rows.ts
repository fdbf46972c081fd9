/**
 * The rows by which a block's transactions are found: one `t` row for each, one `a` row for each account that the
 * block touches, and two for each record that is written (record-rows.ts). Written in the batch that makes the block final, so no index ever lags.
 * @module
 */
import { Reader } from "../codec/reader.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Block } from "../protocol/block.ts";
import type { AccountId } from "../protocol/ids.ts";
import { accountKey as accountStateKey, type StateChanges } from "../protocol/state.ts";
import type { Signed, SignedTransaction } from "../protocol/transaction.ts";
import {
  type AccountTouch,
  accountRowCodec,
  encodePosition,
  encodeSealed,
  roles,
} from "./chain-codecs.ts";
import { accountKey, transactionKey } from "./keys.ts";
import { recordRows } from "./record-rows.ts";
import type { Write } from "./store.ts";

/** Whom a transaction touches, and as what: sender, whom it acts for, who receives. A Fault touches nobody's account. */
export function accountRoles(signed: SignedTransaction): ReadonlyMap<AccountId, number> {
  return signed.kind === "fault" ? none : rolesOf(signed);
}

const none: ReadonlyMap<AccountId, number> = new Map();

function rolesOf({ transaction }: Signed): ReadonlyMap<AccountId, number> {
  const found = new Map<AccountId, number>();
  const add = (account: AccountId, role: number): void => {
    found.set(account, (found.get(account) ?? 0) | role);
  };
  add(transaction.sender, roles.sender);
  for (const { from, body } of transaction.operations) {
    if (from !== undefined) add(from, roles.payer);
    if (body.kind === "transfer" || body.kind === "mint") add(body.to, roles.recipient);
  }
  return found;
}

interface OpenRow {
  nonce: number | undefined;
  readonly touches: AccountTouch[];
}

export interface IndexRows {
  readonly writes: Write[];
  /** The accounts that are touched, with their nonces before the block, where known. */
  readonly nonces: ReadonlyMap<AccountId, number | undefined>;
}

/** @param changes what the block did to the state: says the nonces of those who only received. */
export function indexRows(hasher: Hasher, block: Block, changes: StateChanges): IndexRows {
  const writes: Write[] = [];
  const rows = new Map<AccountId, OpenRow>();
  for (const [index, { id, signed }] of block.transactions.entries()) {
    const value = encodePosition({ height: block.header.height, index });
    writes.push({ kind: "put", key: transactionKey(id), value });
    writes.push(...recordRows(signed, { height: block.header.height, index }));
    for (const [account, touchRoles] of accountRoles(signed)) {
      const row = rowOf(rows, account);
      row.touches.push({ index, roles: touchRoles });
      const isSender = signed.kind === "signed" && (touchRoles & roles.sender) !== 0;
      if (isSender) row.nonce ??= signed.transaction.nonce;
    }
  }
  const nonces = new Map<AccountId, number | undefined>();
  for (const [account, { nonce, touches }] of rows) {
    const row = { nonce: nonce ?? writtenNonce(changes, account), touches };
    nonces.set(account, row.nonce);
    const key = accountKey(account, block.header.height);
    const value = encodeSealed(hasher, accountRowCodec, { key, value: row });
    writes.push({ kind: "put", key, value });
  }
  return { writes, nonces };
}

function writtenNonce(changes: StateChanges, account: AccountId): number | undefined {
  const value = changes.get(accountStateKey(account));
  return value === undefined ? undefined : new Reader(value).index();
}

function rowOf(rows: Map<AccountId, OpenRow>, account: AccountId): OpenRow {
  const known = rows.get(account);
  if (known !== undefined) return known;
  const row: OpenRow = { nonce: undefined, touches: [] };
  rows.set(account, row);
  return row;
}

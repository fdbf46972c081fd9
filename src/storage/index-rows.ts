/**
 * The rows by which a block's transactions are found: one `t` row for each, one `a` row for each account that the
 * block touches, and two for each record that is written (record-rows.ts). Written in the batch that makes the block
 * final, so no index ever lags.
 * @module
 */
import { Reader } from "../codec/reader.ts";
import type { Hasher } from "../crypto/ports.ts";
import { accountRoles, roles } from "../protocol/account-roles.ts";
import type { Block } from "../protocol/block.ts";
import type { AccountId } from "../protocol/ids.ts";
import {
  accountKey as accountStateKey,
  type StateChanges,
  type StateKey,
} from "../protocol/state.ts";
import {
  type AccountTouch,
  accountRowCodec,
  encodePosition,
  encodeSealed,
} from "./chain-codecs.ts";
import { accountKey, transactionKey } from "./keys.ts";
import { recordRows } from "./record-rows.ts";
import type { Write } from "./store.ts";

interface OpenRow {
  nonce: number | undefined;
  readonly touches: AccountTouch[];
}

export interface IndexRows {
  readonly writes: Write[];
  /** The accounts that are touched, with their nonces before the block. */
  readonly nonces: ReadonlyMap<AccountId, number>;
}

/** The account entries around a block: what it did to the state, and rows as they were before it. */
export interface EntriesAround {
  readonly changes: StateChanges;
  readonly before: (key: StateKey) => Uint8Array | undefined;
}

/** @param entries say the nonces of those who sent nothing: the block has not changed them. */
export function indexRows(hasher: Hasher, block: Block, entries: EntriesAround): IndexRows {
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
  const nonces = new Map<AccountId, number>();
  for (const [account, { nonce, touches }] of rows) {
    const before = nonce ?? unchangedNonce(entries, account);
    nonces.set(account, before);
    const key = accountKey(account, block.header.height);
    const row = { nonce: before, touches };
    const value = encodeSealed(hasher, accountRowCodec, { key, value: row });
    writes.push({ kind: "put", key, value });
  }
  return { writes, nonces };
}

/** An entry begins with the nonce. Without an entry it is 0. */
function unchangedNonce({ changes, before }: EntriesAround, account: AccountId): number {
  const key = accountStateKey(account);
  const value = changes.get(key) ?? before(key);
  return value === undefined ? 0 : new Reader(value).index();
}

function rowOf(rows: Map<AccountId, OpenRow>, account: AccountId): OpenRow {
  const known = rows.get(account);
  if (known !== undefined) return known;
  const row: OpenRow = { nonce: undefined, touches: [] };
  rows.set(account, row);
  return row;
}

/**
 * What a waiting transaction claims of that in the state of which there is only so much, native balances apart: units
 * of a holding, supply that may still be minted, the next version of a record, the code of a new asset.
 *
 * What waits may claim together no more than there is: so all of it can happen, one after the other in any order, and
 * nobody fills a pool with a crowd of which only one will ever pay.
 * @module
 */
import type { Hasher } from "../crypto/ports.ts";
import { assetIdOf, supplyLimit } from "../protocol/assets.ts";
import { type AccountId, type AssetId, nativeAsset } from "../protocol/ids.ts";
import type { OperationBody, WriteRecord } from "../protocol/operations.ts";
import { readAsset, readBalance, type StateReader } from "../protocol/state.ts";
import type { Transaction } from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";

/** Names what is claimed; equal for the same thing alone. */
export type ClaimKey = string;

export interface Claim {
  readonly key: ClaimKey;
  /** More than 0, at most the room; 1 of what only one can have. */
  readonly need: bigint;
  /** How much there is at the final tip. */
  readonly room: bigint;
  /** What to say where there is too little. */
  readonly code: TransactionErrorCode;
}

/** What the claims of a waiting transaction are remembered by. */
export type HeldClaim = Pick<Claim, "key" | "need">;

/** How much there is, now that a final block has changed it. */
export type Room = Pick<Claim, "key" | "room" | "code">;

const none: readonly Claim[] = [];

/** Of a transaction that could follow this state on its own. Payments of native units claim nothing here. */
export function claimsOf(
  { sender, operations }: Transaction,
  state: StateReader,
  hasher: Hasher,
): readonly Claim[] {
  let flows: Flows | undefined;
  for (const { from = sender, body } of operations) {
    if (!isClaiming(body)) continue;
    flows ??= new Flows(state);
    flows.add(from, body, hasher);
  }
  return flows?.claims() ?? none;
}

/**
 * What is left, at this state, of everything that these final transactions took of. `isClaimed`: whether it matters to
 * anybody; of the rest nothing is read.
 */
export function* roomsAfter(
  transactions: Iterable<Transaction>,
  state: StateReader,
  hasher: Hasher,
  isClaimed: (key: ClaimKey) => boolean,
): Generator<Room, void, void> {
  for (const { sender, operations } of transactions) {
    for (const { from = sender, body } of operations) {
      if (!isClaiming(body)) continue;
      const taken = takenBy(from, body, hasher);
      if (!isClaimed(taken.key)) continue;
      // The version is written, the code taken: who waits for the same comes too late.
      const room = taken.kind === "once" ? 0n : (roomOf(taken, state) ?? 0n);
      yield { key: taken.key, room, code: taken.code };
    }
  }
}

type ClaimingBody = Extract<
  OperationBody,
  { readonly kind: "transfer" | "mint" | "burn" | "create-asset" | "record" }
>;

function isClaiming(body: OperationBody): body is ClaimingBody {
  switch (body.kind) {
    case "transfer":
      return body.asset !== nativeAsset;
    case "mint":
    case "burn":
    case "create-asset":
    case "record":
      return true;
    default:
      return false;
  }
}

type Taken = { readonly key: ClaimKey; readonly code: TransactionErrorCode } & (
  | { readonly kind: "holding"; readonly account: AccountId; readonly asset: AssetId }
  | { readonly kind: "supply"; readonly asset: AssetId }
  | { readonly kind: "once" }
);

/** What the operation takes of. */
function takenBy(from: AccountId, body: ClaimingBody, hasher: Hasher): Taken {
  switch (body.kind) {
    case "transfer":
    case "burn":
      return holding(from, body.asset);
    case "mint":
      return supply(body.asset);
    case "create-asset":
      return { kind: "once", key: `a${assetIdOf(hasher, from, body.code)}`, code: "asset_exists" };
    case "record":
      return { kind: "once", key: versionKey(from, body), code: "record_version_not_next" };
  }
}

const holding = (account: AccountId, asset: AssetId): Taken => {
  const key = `h${account}${asset}`;
  return { kind: "holding", key, code: "insufficient_balance", account, asset };
};

const supply = (asset: AssetId): Taken => {
  return { kind: "supply", key: `s${asset}`, code: "supply_exceeded", asset };
};

/** A topic holds no U+0000. */
const versionKey = (account: AccountId, { topic, key }: WriteRecord): ClaimKey =>
  `r${account}${topic}\u0000${key}`;

/** How much there is of it; undefined where the asset is not there yet. */
function roomOf(taken: Taken, state: StateReader): bigint | undefined {
  switch (taken.kind) {
    case "holding":
      return readBalance(state, taken.account, taken.asset);
    case "supply": {
      const entry = readAsset(state, taken.asset);
      return entry && supplyLimit(entry) - entry.supply;
    }
    case "once":
      return 1n;
  }
}

interface Flow {
  readonly taken: Taken;
  /** What must be there before the transaction, so that no step of it finds too little. */
  need: bigint;
  /** What is there more afterwards; less, if negative. */
  net: bigint;
}

/** What one transaction does to everything that it takes of or adds to. */
class Flows {
  readonly #state: StateReader;
  readonly #flows = new Map<ClaimKey, Flow>();

  constructor(state: StateReader) {
    this.#state = state;
  }

  add(from: AccountId, body: ClaimingBody, hasher: Hasher): void {
    const flow = this.#at(takenBy(from, body, hasher));
    if (body.kind === "create-asset" || body.kind === "record") {
      flow.need = 1n;
      return;
    }
    const { amount, asset } = body;
    flow.net -= amount;
    if (-flow.net > flow.need) flow.need = -flow.net;
    this.#at(body.kind === "burn" ? supply(asset) : holding(body.to, asset)).net += amount;
  }

  claims(): readonly Claim[] {
    const claims: Claim[] = [];
    for (const { taken, need } of this.#flows.values()) {
      if (need === 0n) continue;
      const room = roomOf(taken, this.#state);
      // An asset that the transaction itself creates, which it claims already, has no other claimants.
      if (room !== undefined) claims.push({ key: taken.key, need, room, code: taken.code });
    }
    return claims;
  }

  #at(taken: Taken): Flow {
    const known = this.#flows.get(taken.key);
    if (known !== undefined) return known;
    const flow = { taken, need: 0n, net: 0n };
    this.#flows.set(taken.key, flow);
    return flow;
  }
}

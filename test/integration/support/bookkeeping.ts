/**
 * All balances, supplies and records of a ledger, recomputed from the operations in its blocks, as a stranger would.
 * @module
 */
import type { FinalTransactionJson } from "../../../src/api/json.ts";
import type { OperationJson } from "../../../src/api/operation-json.ts";
import type { WholeLedger } from "./whole-ledger.ts";

const native = "0".repeat(64);

export interface WrittenVersion {
  readonly contentHash: string;
  readonly data: string;
  readonly transaction: string;
  readonly height: number;
}

export interface Bookkeeping {
  /** By address, then by asset; none is 0 but perhaps the native one. */
  readonly balances: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  readonly supplies: ReadonlyMap<string, bigint>;
  /** By address, topic and key in JSON: all versions, from 1 on. */
  readonly records: ReadonlyMap<string, readonly WrittenVersion[]>;
  /** By content: address, topic, key and version, in the order of the ledger. */
  readonly contents: ReadonlyMap<string, readonly string[]>;
  /** Operations of each kind. */
  readonly operations: ReadonlyMap<string, number>;
}

class Books implements Bookkeeping {
  readonly balances: Map<string, Map<string, bigint>> = new Map();
  readonly supplies: Map<string, bigint> = new Map();
  readonly records: Map<string, WrittenVersion[]> = new Map();
  readonly contents: Map<string, string[]> = new Map();
  readonly operations: Map<string, number> = new Map();

  add(address: string, asset: string, amount: bigint): void {
    const held = this.balances.get(address) ?? new Map<string, bigint>();
    this.balances.set(address, held);
    const sum = (held.get(asset) ?? 0n) + amount;
    if (sum < 0n) throw new Error(`${address} holds less than nothing of ${asset}`);
    if (sum === 0n && asset !== native) held.delete(asset);
    else held.set(asset, sum);
  }

  take(operation: OperationJson, transaction: FinalTransactionJson): void {
    const { kind, from } = operation;
    this.operations.set(kind, (this.operations.get(kind) ?? 0) + 1);
    if (kind === "transfer") {
      this.add(from, operation.asset, -BigInt(operation.amount));
      this.add(operation.to, operation.asset, BigInt(operation.amount));
    } else if (kind === "create-asset") {
      this.supplies.set(operation.asset, 0n);
    } else if (kind === "mint") {
      this.#supply(operation.asset, BigInt(operation.amount));
      this.add(operation.to, operation.asset, BigInt(operation.amount));
    } else if (kind === "burn") {
      this.#supply(operation.asset, -BigInt(operation.amount));
      this.add(from, operation.asset, -BigInt(operation.amount));
    } else if (kind === "record") {
      const { topic, key, version, contentHash } = operation;
      const versions = this.records.get(JSON.stringify([from, topic, key])) ?? [];
      if (version !== versions.length + 1) throw new Error(`version ${version} is not the next`);
      const data = operation.data.hex;
      const { id, height } = transaction;
      versions.push({ contentHash, data, transaction: id, height });
      this.records.set(JSON.stringify([from, topic, key]), versions);
      const name = JSON.stringify([from, topic, key, version]);
      this.contents.set(contentHash, [...(this.contents.get(contentHash) ?? []), name]);
    }
  }

  #supply(asset: string, amount: bigint): void {
    const supply = this.supplies.get(asset);
    if (supply === undefined) throw new Error(`${asset} does not exist`);
    this.supplies.set(asset, supply + amount);
  }
}

/** @param granted what the genesis gives, by address. */
export function keepBooks(
  { blocks, transactions }: WholeLedger,
  granted: ReadonlyMap<string, bigint>,
): Bookkeeping {
  const books = new Books();
  for (const [address, amount] of granted) books.add(address, native, amount);
  const leaderOf = new Map(blocks.map(({ height, leader }) => [height, leader]));
  let fees: { height: number; sum: bigint } = { height: 0, sum: 0n };
  const credit = (): void => {
    const leader = leaderOf.get(fees.height) ?? null;
    if (leader !== null && fees.sum > 0n) books.add(leader, native, fees.sum);
  };
  for (const transaction of transactions) {
    if (!("sender" in transaction)) continue;
    // A block's fees are its leader's when all of it is done.
    if (transaction.height !== fees.height) {
      credit();
      fees = { height: transaction.height, sum: 0n };
    }
    books.add(transaction.sender, native, -BigInt(transaction.fee));
    fees.sum += BigInt(transaction.fee);
    for (const operation of transaction.operations) books.take(operation, transaction);
  }
  credit();
  return books;
}

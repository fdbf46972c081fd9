/**
 * One entry of the outbox: a signed payment that has no reported answer yet, and the rules over several of them.
 *
 * As a file: JSON of `chainId, id, bytes` (hex), `from, to, asset, amount, memo, fee, nonce, expiryMs, createdMs`,
 * and `unsent: true` while it is certain that no byte of it has left this machine.
 * @module
 */
import { parseHex, toHex } from "../src/base/bytes.ts";
import { fail, ok, type Result } from "../src/base/result.ts";
import { nobleHasher } from "../src/crypto/hash.ts";
import type { ChainId, TransactionId } from "../src/protocol/ids.ts";
import { openTransaction } from "../src/protocol/transaction.ts";
import { indexIn, type JsonObject, parseJsonObject, stringIn } from "./json-fields.ts";

/** What makes two payments the same one. */
export interface Payment {
  /** Address. */
  readonly from: string;
  /** Address. */
  readonly to: string;
  /** Asset id. */
  readonly asset: string;
  /** Base units. */
  readonly amount: bigint;
  readonly memo: string;
}

export interface OutboxEntry extends Payment {
  readonly chainId: ChainId;
  readonly id: TransactionId;
  /** BCS of the signed transaction. */
  readonly bytes: Uint8Array;
  readonly fee: bigint;
  readonly nonce: number;
  readonly expiryMs: number;
  readonly createdMs: number;
  readonly isUnsent: boolean;
}

export function isSamePayment(a: Payment, b: Payment): boolean {
  return (
    a.from === b.from &&
    a.to === b.to &&
    a.asset === b.asset &&
    a.amount === b.amount &&
    a.memo === b.memo
  );
}

/** The entry that a send of this payment resumes: the oldest of the same payment. */
export function entryToResume<Entry extends Payment & { readonly createdMs: number }>(
  entries: readonly Entry[],
  payment: Payment,
): Entry | undefined {
  return entries
    .filter((entry) => isSamePayment(entry, payment))
    .toSorted((a, b) => a.createdMs - b.createdMs)[0];
}

/**
 * The smallest nonce from `pendingNonce` on that no live entry holds: without gaps, one more than the highest.
 * An entry that has expired holds none, and a refused one has gone, so a gap that they leave is filled again.
 */
export function nextNonce(
  entries: readonly { readonly nonce: number; readonly expiryMs: number }[],
  now: { readonly pendingNonce: number; readonly wallMs: number },
): number {
  const held = new Set(
    entries.filter(({ expiryMs }) => expiryMs >= now.wallMs).map(({ nonce }) => nonce),
  );
  let nonce = now.pendingNonce;
  while (held.has(nonce)) nonce += 1;
  return nonce;
}

export function formatEntry(entry: OutboxEntry): string {
  const { isUnsent, ...fields } = entry;
  const json = {
    ...fields,
    bytes: toHex(entry.bytes),
    amount: entry.amount.toString(),
    fee: entry.fee.toString(),
    ...(isUnsent ? { unsent: true } : {}),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** `another_network`: an entry, but not one of this chain. Id, nonce and expiry are read from the bytes themselves. */
export function parseEntry(
  text: string,
  chainId: ChainId,
): Result<OutboxEntry, "malformed" | "another_network"> {
  const object = parseJsonObject(text);
  const chain = object === undefined ? undefined : stringIn(object, "chainId");
  if (object === undefined || chain === undefined) return fail("malformed");
  if (chain !== chainId) return fail("another_network");
  const payment = paymentIn(object);
  const fee = amountIn(object, "fee");
  const createdMs = indexIn(object, "createdMs");
  const bytes = parseHex(stringIn(object, "bytes") ?? "");
  if (payment === undefined || fee === undefined) return fail("malformed");
  if (createdMs === undefined || bytes === undefined) return fail("malformed");
  const named = openTransaction(nobleHasher, chainId, bytes);
  if (!named.ok || named.value.signed.kind !== "signed") return fail("malformed");
  const { nonce, expiryMs } = named.value.signed.transaction;
  const isUnsent = object["unsent"] === true;
  const { id } = named.value;
  return ok({ ...payment, chainId, id, bytes, fee, nonce, expiryMs, createdMs, isUnsent });
}

function paymentIn(object: JsonObject): Payment | undefined {
  const from = stringIn(object, "from");
  const to = stringIn(object, "to");
  const asset = stringIn(object, "asset");
  const memo = stringIn(object, "memo");
  const amount = amountIn(object, "amount");
  if (from === undefined || to === undefined || asset === undefined) return undefined;
  if (memo === undefined || amount === undefined) return undefined;
  return { from, to, asset, amount, memo };
}

function amountIn(object: JsonObject, name: string): bigint | undefined {
  const text = stringIn(object, name) ?? "";
  return /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}

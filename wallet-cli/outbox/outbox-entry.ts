/**
 * One entry of the outbox: a signed transaction that has no reported answer yet, and the rules over several of them.
 *
 * As a file: JSON of `chainId, id, bytes` (hex), `from, memo, fee, nonce, expiryMs, createdMs`, what it does in words
 * and in fields (`summary`, `facts`), `batch` for a row of one, `unsent: true` while it is certain that no byte of it has
 * left this machine, and `refused: true` after every node refused it. An older file has `to, asset, amount` instead of the words.
 * @module
 */
import { parseHex, toHex, utf8 } from "../../src/base/bytes.ts";
import { fail, ok, type Result } from "../../src/base/result.ts";
import { encode } from "../../src/codec/codec.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { AccountId, ChainId, TransactionId } from "../../src/protocol/ids.ts";
import type { Operation } from "../../src/protocol/operations.ts";
import { openTransaction, transactionCodec } from "../../src/protocol/transaction.ts";
import { asObject, indexIn, type JsonObject, parseJsonObject, stringIn } from "../json-fields.ts";
import type { Json } from "../terminal/terminal.ts";

/** What makes two transactions the same wish: equal in BCS, whatever their nonce, fee and expiry. */
export interface Wish {
  readonly sender: AccountId;
  readonly memo: string;
  readonly operations: readonly Operation[];
}

/** Fields of a report that say what a transaction does. */
export type Facts = Readonly<Record<string, Json>>;

export interface OutboxEntry {
  readonly chainId: ChainId;
  readonly id: TransactionId;
  /** BCS of the signed transaction. */
  readonly bytes: Uint8Array;
  /** Address of the sender. */
  readonly from: string;
  readonly memo: string;
  readonly fee: bigint;
  readonly nonce: number;
  readonly expiryMs: number;
  readonly createdMs: number;
  readonly isUnsent: boolean;
  /** Every node refused it before one had taken it. It holds no nonce, but stays until its end is proven. */
  readonly isRefused?: boolean | undefined;
  /** What it does, for people: `25 QRT to quo1…`. */
  readonly summary: string;
  /** The same for scripts. */
  readonly facts: Facts;
  readonly wishKey: string;
  /** The batch that it is a row of; no other command resumes it. */
  readonly batch: string | undefined;
}

/** Equal for equal wishes only: hex of the SHA-256 of their BCS. */
export function wishKeyOf({ sender, memo, operations }: Wish): string {
  return keyOf({ sender, memo: utf8(memo), operations });
}

function keyOf(wish: {
  readonly sender: AccountId;
  readonly memo: Uint8Array;
  readonly operations: readonly Operation[];
}): string {
  const timeless = { ...wish, chain: "00000000", nonce: 0, expiryMs: 0, fee: 0n };
  return toHex(nobleHasher.sha256(encode(transactionCodec, timeless)));
}

/** The entry that the same wish resumes: the oldest of them. */
export function entryToResume<
  Entry extends Pick<OutboxEntry, "wishKey" | "createdMs"> & {
    readonly batch?: string | undefined;
  },
>(entries: readonly Entry[], wishKey: string): Entry | undefined {
  return entries
    .filter((entry) => entry.wishKey === wishKey && entry.batch === undefined)
    .toSorted((a, b) => a.createdMs - b.createdMs)[0];
}

/**
 * Which nonce a wish takes that is made anew though nodes have refused it before. One that refused it may have passed it
 * on, so the new one takes the same nonce, and only one of the two can be applied. `uncertain`: the refused one may have
 * been applied already, or another payment has its nonce now, so nothing tells whether the new one would be a second
 * payment. Undefined: it was not refused before.
 */
export function nonceInPlace(
  entries: readonly Pick<
    OutboxEntry,
    "id" | "wishKey" | "nonce" | "expiryMs" | "isRefused" | "batch"
  >[],
  wishKey: string,
  now: { readonly provenNonce: number; readonly wallMs: number },
):
  | { readonly kind: "same"; readonly nonce: number }
  | { readonly kind: "uncertain"; readonly id: TransactionId }
  | undefined {
  const refused = entries.filter(
    (entry) => entry.wishKey === wishKey && entry.batch === undefined && entry.isRefused === true,
  );
  const [first] = refused;
  if (first === undefined) return undefined;
  const { nonce } = first;
  const isHeld = entries.some(
    (entry) => entry.nonce === nonce && entry.isRefused !== true && entry.expiryMs >= now.wallMs,
  );
  const uncertain = refused.find((entry) => entry.nonce < now.provenNonce || entry.nonce !== nonce);
  if (uncertain !== undefined) return { kind: "uncertain", id: uncertain.id };
  return isHeld ? { kind: "uncertain", id: first.id } : { kind: "same", nonce };
}

/**
 * The smallest nonces from `pendingNonce` on that no live entry holds: without gaps, those after the highest.
 * An entry that has expired or was refused holds none, so a gap that they leave is filled again.
 */
export function nextNonces(
  entries: readonly Pick<OutboxEntry, "nonce" | "expiryMs" | "isRefused">[],
  now: { readonly pendingNonce: number; readonly wallMs: number },
  count: number,
): readonly number[] {
  const held = new Set(
    entries
      .filter(({ expiryMs, isRefused }) => expiryMs >= now.wallMs && isRefused !== true)
      .map(({ nonce }) => nonce),
  );
  const nonces: number[] = [];
  for (let nonce = now.pendingNonce; nonces.length < count; nonce += 1) {
    if (!held.has(nonce)) nonces.push(nonce);
  }
  return nonces;
}

export function formatEntry(entry: OutboxEntry): string {
  const { isUnsent, isRefused, wishKey: _, batch, ...fields } = entry;
  const json = {
    ...fields,
    bytes: toHex(entry.bytes),
    fee: entry.fee.toString(),
    ...(batch === undefined ? {} : { batch }),
    ...(isUnsent ? { unsent: true } : {}),
    ...(isRefused === true ? { refused: true } : {}),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** `another_network`: an entry, but not one of this chain. What the bytes say is read from the bytes themselves. */
export function parseEntry(
  text: string,
  chainId: ChainId,
): Result<OutboxEntry, "malformed" | "another_network"> {
  const object = parseJsonObject(text);
  const chain = object === undefined ? undefined : stringIn(object, "chainId");
  if (object === undefined || chain === undefined) return fail("malformed");
  if (chain !== chainId) return fail("another_network");
  const from = stringIn(object, "from");
  const createdMs = indexIn(object, "createdMs");
  const bytes = parseHex(stringIn(object, "bytes") ?? "");
  const words = wordsIn(object);
  if (from === undefined || words === undefined) return fail("malformed");
  if (createdMs === undefined || bytes === undefined) return fail("malformed");
  const said = { from, createdMs, ...words, batch: stringIn(object, "batch") };
  const refused = object["refused"] === true ? { isRefused: true } : {};
  return entryOf(chainId, bytes, { ...said, ...refused, isUnsent: object["unsent"] === true });
}

/** What is not in the bytes of a transaction. */
export type EntryNotes = Pick<
  OutboxEntry,
  "from" | "createdMs" | "summary" | "facts" | "batch" | "isUnsent" | "isRefused"
>;

/** The entry of a signed transaction's bytes. */
export function entryOf(
  chainId: ChainId,
  bytes: Uint8Array,
  notes: EntryNotes,
): Result<OutboxEntry, "malformed"> {
  const named = openTransaction(nobleHasher, chainId, bytes);
  if (!named.ok || named.value.signed.kind !== "signed") return fail("malformed");
  const { id, signed } = named.value;
  const { nonce, expiryMs, fee, memo } = signed.transaction;
  const said = { memo: new TextDecoder().decode(memo), fee, nonce, expiryMs };
  return ok({ ...notes, ...said, chainId, id, bytes, wishKey: keyOf(signed.transaction) });
}

function wordsIn(object: JsonObject): Pick<OutboxEntry, "summary" | "facts"> | undefined {
  const summary = stringIn(object, "summary");
  const facts = asObject(object["facts"]);
  if (summary !== undefined && facts !== undefined) return { summary, facts: facts as Facts };
  const to = stringIn(object, "to");
  const asset = stringIn(object, "asset");
  const amount = stringIn(object, "amount");
  if (to === undefined || asset === undefined || amount === undefined) return undefined;
  return { summary: `${amount} base units to ${to}`, facts: { to, asset, amount } };
}

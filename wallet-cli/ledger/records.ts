/**
 * Records as the wallet meets them: their names, whose they are, and what a proven transaction wrote.
 * @module
 */
import { utf8 } from "../../src/base/bytes.ts";
import { decode } from "../../src/codec/codec.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { recordKeyBytesMax, recordTopicBytesMax } from "../../src/protocol/limits.ts";
import type { WriteRecord } from "../../src/protocol/operations.ts";
import type { RecordEntry } from "../../src/protocol/records.ts";
import { readRecord, recordKey } from "../../src/protocol/state.ts";
import { signedTransactionCodec } from "../../src/protocol/transaction.ts";
import type { NamedAccount } from "../accounts/accounts.ts";
import { usageFailure } from "../failure.ts";
import type { Network } from "../network/network.ts";
import { type OutboxEntry, wishKeyOf } from "../outbox/outbox-entry.ts";
import type { Wallet } from "../wallet.ts";
import { type ProvenTransaction, provenEntries } from "./ledger-entries.ts";

export interface RecordName {
  readonly topic: string;
  readonly key: string;
}

export function requireRecordName({ topic, key }: RecordName): RecordName {
  requireName("topic", topic, recordTopicBytesMax);
  requireName("key", key, recordKeyBytesMax);
  return { topic, key };
}

function requireName(what: "topic" | "key", text: string, bytesMax: number): void {
  const bytes = utf8(text);
  const isWhole = new TextDecoder().decode(bytes) === text;
  const hasControls = [...text].some((letter) => letter < " ");
  if (bytes.length >= 1 && bytes.length <= bytesMax && isWhole && !hasControls) return;
  throw usageFailure(
    `bad_${what}`,
    `the ${what} of a record cannot be "${text}"`,
    `Use 1 to ${bytesMax} bytes of text without control characters.`,
  );
}

/** The named account, or the only own one. */
export async function accountNamed(
  { accounts }: Network,
  who: string | undefined,
): Promise<NamedAccount> {
  if (who !== undefined) return await accounts.resolve(who);
  const { name, account } = await accounts.payer(undefined);
  return { name, account, address: accounts.addressOf(account) };
}

/** The current version, or undefined when it is proven that there is none. */
export async function currentRecord(
  wallet: Wallet,
  network: Network,
  account: AccountId,
  { topic, key }: RecordName,
): Promise<RecordEntry | undefined> {
  const state = await provenEntries(wallet, network, [recordKey(account, topic, key)]);
  return readRecord(state, account, topic, key);
}

/** What the transaction wrote into records of the account. */
export function recordsWritten(
  { named }: ProvenTransaction,
  account: AccountId,
): readonly WriteRecord[] {
  const { sender, operations } = named.signed.transaction;
  return operations.flatMap(({ from, body }) =>
    body.kind === "record" && (from ?? sender) === account ? [body] : [],
  );
}

/** A record operation that is wanted, but for its version. */
export interface RecordWish extends Omit<WriteRecord, "kind" | "version"> {
  readonly sender: AccountId;
  readonly memo: string;
}

/**
 * The version under which the same was signed before and has no reported answer yet, by the oldest of these entries:
 * the ledger may have it already, and so does not say it. `version`: only this one counts.
 */
export function versionSigned(
  entries: readonly OutboxEntry[],
  { sender, memo, ...written }: RecordWish,
  version: number | undefined,
): number | undefined {
  const same = entries.flatMap((entry) => {
    if (entry.batch !== undefined) return [];
    const signed = versionIn(entry);
    if (signed === undefined || (version ?? signed) !== signed) return [];
    const body = { kind: "record", ...written, version: signed } as const;
    const wish = { sender, memo, operations: [{ from: undefined, body }] };
    return entry.wishKey === wishKeyOf(wish) ? [{ signed, createdMs: entry.createdMs }] : [];
  });
  return same.toSorted((a, b) => a.createdMs - b.createdMs)[0]?.signed;
}

function versionIn({ bytes }: OutboxEntry): number | undefined {
  const decoded = decode(signedTransactionCodec, bytes);
  if (!decoded.ok || decoded.value.kind !== "signed") return undefined;
  const body = decoded.value.transaction.operations[0]?.body;
  return body?.kind === "record" ? body.version : undefined;
}

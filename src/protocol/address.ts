/**
 * Addresses: bech32m (BIP-350) of an account id, with the network's prefix.
 *
 * The only door of `@scure/base`. All upper case is accepted, as the standard has it for QR codes.
 * @module
 */
import { bech32m } from "@scure/base";
import { assert } from "../base/assert.ts";
import { fromHex, toHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { type AccountId, idBytes } from "./ids.ts";
import { addressPrefixLengthMax } from "./limits.ts";

export const addressPrefixStandard = "quo";

const prefixText = new RegExp(`^[a-z]{1,${addressPrefixLengthMax}}$`);
export const isAddressPrefix = (text: string): boolean => prefixText.test(text);

export function formatAddress(prefix: string, account: AccountId): string {
  assert(isAddressPrefix(prefix), "an address prefix is 1 to 10 of a to z");
  return bech32m.encode(prefix, bech32m.toWords(fromHex(account)));
}

export type AddressFlaw = "address_malformed" | "address_wrong_network";

/** The account of an address of the network with this prefix. Nothing else is an address of it. */
export function parseAddress(prefix: string, text: string): Result<AccountId, AddressFlaw> {
  const opened = openAddress(text);
  if (opened === undefined) return fail("address_malformed");
  return opened.prefix === prefix ? ok(opened.account) : fail("address_wrong_network");
}

export interface OpenedAddress {
  readonly prefix: string;
  readonly account: AccountId;
}

/** What an address of any network says; undefined: it is none. */
export function openAddress(text: string): OpenedAddress | undefined {
  const decoded = bech32m.decodeUnsafe(text);
  const bytes = decoded && bech32m.fromWordsUnsafe(decoded.words);
  if (!decoded || !(bytes instanceof Uint8Array) || bytes.length !== idBytes) return undefined;
  return { prefix: decoded.prefix, account: toHex(bytes) as AccountId };
}

/**
 * The names of records in URLs, and the cursors of their lists.
 *
 * A path is decoded strictly here: what is no UTF-8 is refused, where the framework would take it letter by letter.
 * @module
 */
import { z } from "zod";
import { fromHex, utf8 } from "../../src/base/bytes.ts";
import { decode } from "../../src/codec/codec.ts";
import { type AccountId, height } from "../../src/protocol/ids.ts";
import { recordKeyBytesMax, recordTopicBytesMax } from "../../src/protocol/limits.ts";
import { type RecordPlace, recordPlaceCodec } from "../../src/protocol/records.ts";
import { recordKey } from "../../src/protocol/state.ts";
import type { OperationPosition } from "../../src/storage/keys.ts";
import { parseNumber } from "./cursor.ts";
import { written } from "./parameters.ts";

export type NameKind = "topic" | "key";

const bytesMax: Readonly<Record<NameKind, number>> = {
  topic: recordTopicBytesMax,
  key: recordKeyBytesMax,
};

const nameLengthMax = 256;

/** A topic or a key as it is given in a query or a path; what is wrong with it, `nameFlaw` says. */
export const nameText = (kind: NameKind): z.ZodType<string, string> =>
  written(z.string().max(nameLengthMax), {
    type: "string",
    minLength: 1,
    maxLength: bytesMax[kind],
    pattern: "^[^\\u0000-\\u001f]*$",
  });

/** Why a text cannot be a record's topic or key, or undefined when it can. */
export function nameFlaw(kind: NameKind, name: string): string | undefined {
  if (name.length === 0) return "empty";
  if (utf8(name).length > bytesMax[kind]) return `longer than ${bytesMax[kind]} bytes of UTF-8`;
  for (const letter of name) if (letter < " ") return "not free of control characters";
  return undefined;
}

/** A segment of the path, decoded; undefined when it is not percent-encoded UTF-8. */
export function pathSegment(url: string, position: number): string | undefined {
  try {
    return decodeURIComponent(new URL(url).pathname.split("/")[position] ?? "");
  } catch {
    return undefined;
  }
}

const accountDigits = 2 + 64;

/** Topic and key as they stand in the state's key, behind the account. */
export const formatPlace = ({ account, topic, key }: RecordPlace): string =>
  recordKey(account, topic, key).slice(accountDigits);

export function parsePlace(account: AccountId, cursor: string): RecordPlace | undefined {
  if (!/^(?:[0-9a-f]{2})+$/.test(cursor)) return undefined;
  const place = decode(recordPlaceCodec, fromHex(account + cursor));
  return place.ok ? place.value : undefined;
}

export const formatOperation = ({ height: at, index, operation }: OperationPosition): string =>
  `${at}.${index}.${operation}`;

export function parseOperation(cursor: string): OperationPosition | undefined {
  const [at, index, operation, ...rest] = cursor.split(".").map(parseNumber);
  if (at === undefined || index === undefined || operation === undefined) return undefined;
  if (rest.length > 0 || index > 0xffff_ffff || operation > 0xff) return undefined;
  return { height: height(at), index, operation };
}

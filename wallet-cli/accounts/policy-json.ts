/**
 * Policies as JSON, in the files of policies and of transactions: `{ threshold, keys: [{publicKey, weight}] }`.
 * @module
 */
import { isIdText, type PublicKey } from "../../src/protocol/ids.ts";
import {
  type JsonReader,
  readInteger,
  readList,
  readObject,
  readText,
  refuse,
} from "../../src/protocol/json-shape.ts";
import { policyKeysMax } from "../../src/protocol/limits.ts";
import { type Policy, policyFlaw, type WeightedKey } from "../../src/protocol/policy.ts";

const weightMax = 255;
const thresholdMax = 65_535;

/** 64 lowercase hex digits: an id, a digest, a public key. The brand is the caller's. */
export function readId<Id extends string>(): JsonReader<Id> {
  return (json, place) => {
    const text = readText(json, place);
    return isIdText(text) ? (text as Id) : refuse(place, "must be 64 lowercase hex digits");
  };
}

/** A whole number from 0 to `max`. */
export function readIntegerTo(max: number): JsonReader<number> {
  return (json, place) => {
    const value = readInteger(json, place);
    return value <= max ? value : refuse(place, `must be at most ${max}`);
  };
}

/** A list of at most so many; a longer one is refused before any of it is read. */
export function readListTo<Item>(max: number, read: JsonReader<Item>): JsonReader<readonly Item[]> {
  return (json, place) => {
    if (Array.isArray(json) && json.length > max) refuse(place, `has more than ${max} items`);
    return readList(read)(json, place);
  };
}

const readFields: JsonReader<Policy> = readObject<Policy>({
  threshold: readIntegerTo(thresholdMax),
  keys: readListTo(
    policyKeysMax,
    readObject<WeightedKey>({
      publicKey: readId<PublicKey>(),
      weight: readIntegerTo(weightMax),
    }),
  ),
});

/** A sound policy; keys may only stand in their one order. */
export const readPolicy: JsonReader<Policy> = (json, place) => {
  const policy = readFields(json, place);
  if (policy.keys.length === 0) refuse(place, "has no key");
  const flaw = policyFlaw(policy);
  return flaw === undefined ? policy : refuse(place, flaw);
};

export interface PolicyJson {
  readonly threshold: number;
  readonly keys: readonly { readonly publicKey: string; readonly weight: number }[];
}

/** Only the known fields, so that what is written is what is read. */
export const policyJson = ({ threshold, keys }: Policy): PolicyJson => ({
  threshold,
  keys: keys.map(({ publicKey, weight }) => ({ publicKey, weight })),
});

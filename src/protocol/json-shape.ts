/**
 * Reads JSON of an exact shape: every stated key, no other, and errors that name the place.
 * @module
 */
import { fail, ok, type Result } from "../base/result.ts";

/** The text is not of the shape. Raised by the readers below, caught once, in parseJson. */
class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** Turns a parsed JSON value at a place, such as `accounts[2].balance`, into what it means. */
export type JsonReader<Value> = (json: unknown, place: string) => Value;

/** Raises the error that parseJson returns. */
export function refuse(place: string, problem: string): never {
  throw new ShapeError(place === "" ? problem : `${place}: ${problem}`);
}

/** Parses text and reads it; the reason of a failure starts with the name of the field. */
export function parseJson<Value>(text: string, read: JsonReader<Value>): Result<Value, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail("the text is not JSON");
  }
  try {
    return ok(read(json, ""));
  } catch (error) {
    if (error instanceof ShapeError) return fail(error.message);
    throw error;
  }
}

export const readText: JsonReader<string> = (json, place) =>
  typeof json === "string" ? json : refuse(place, "must be a text");

/** A whole number from 0 that a JSON number holds exactly. */
export const readInteger: JsonReader<number> = (json, place) =>
  typeof json === "number" && Number.isSafeInteger(json) && json >= 0
    ? json
    : refuse(place, "must be a whole number from 0");

/** Base units, written as a text so that no reader rounds them. */
export const readAmount: JsonReader<bigint> = (json, place) =>
  typeof json === "string" && /^(0|[1-9][0-9]{0,19})$/.test(json)
    ? BigInt(json)
    : refuse(place, "must be decimal digits in a text");

/** Null, or what the reader reads. */
export function readOptional<Value>(read: JsonReader<Value>): JsonReader<Value | undefined> {
  return (json, place) => (json === null ? undefined : read(json, place));
}

export function readList<Item>(read: JsonReader<Item>): JsonReader<readonly Item[]> {
  return (json, place) => {
    if (!Array.isArray(json)) return refuse(place, "must be a list");
    return json.map((item: unknown, position) => read(item, `${place}[${position}]`));
  };
}

export function readObject<Fields extends object>(
  fields: {
    readonly [Name in keyof Fields]-?: JsonReader<Fields[Name]>;
  },
): JsonReader<Fields> {
  const readers = Object.entries(fields) as [string, JsonReader<unknown>][];
  return (json, place) => {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      return refuse(place, "must be an object");
    }
    const at = (name: string) => (place === "" ? name : `${place}.${name}`);
    for (const name of Object.keys(json)) {
      if (!Object.hasOwn(fields, name)) refuse(at(name), "is not a known key");
    }
    const given = new Map<string, unknown>(Object.entries(json));
    const value: Record<string, unknown> = {};
    for (const [name, read] of readers) {
      if (!given.has(name)) refuse(at(name), "is missing");
      value[name] = read(given.get(name), at(name));
    }
    return value as Fields;
  };
}

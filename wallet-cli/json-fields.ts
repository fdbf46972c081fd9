/**
 * Reading JSON that somebody else may have written: a field has its type, or it is undefined.
 * @module
 */

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object in a text, or undefined when it is not JSON or not an object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export function stringIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" ? value : undefined;
}

/** A safe integer of at least 0. */
export function indexIn(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The objects of an array; undefined when it is no array or holds anything else. */
export function objectsIn(object: JsonObject, name: string): readonly JsonObject[] | undefined {
  const value = object[name];
  if (!Array.isArray(value)) return undefined;
  const objects = value.map(asObject).filter((item) => item !== undefined);
  return objects.length === value.length ? objects : undefined;
}

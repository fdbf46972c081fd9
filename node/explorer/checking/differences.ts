/**
 * In which fields what is shown is not what is proven.
 * @module
 */
import { visible } from "../../../src/api/visible.ts";

export interface Difference {
  /** `operations.0.amount` */
  readonly field: string;
  readonly shown: string;
  readonly proven: string;
}

/** More are not told. */
const toldMax = 5;
const textMax = 80;

/** Compares two JSON values, field by field. What is missing in one of them differs. */
export function differences(shown: unknown, proven: unknown, field = ""): readonly Difference[] {
  if (!isHolder(shown) || !isHolder(proven) || Array.isArray(shown) !== Array.isArray(proven)) {
    return shown === proven
      ? []
      : [{ field: brief(visible(field)), shown: textOf(shown), proven: textOf(proven) }];
  }
  const names = new Set([...Object.keys(shown), ...Object.keys(proven)]);
  return [...names].flatMap((name) =>
    differences(
      valueAt(shown, name),
      valueAt(proven, name),
      field === "" ? name : `${field}.${name}`,
    ),
  );
}

/** How many values there are to compare. */
export function valueCount(json: unknown): number {
  if (!isHolder(json)) return json === undefined ? 0 : 1;
  return Object.values(json).reduce<number>((count, value) => count + valueCount(value), 0);
}

/** `amount: shown 5, proven 50; …` */
export function differenceWords(list: readonly Difference[]): string {
  const told = list
    .slice(0, toldMax)
    .map(({ field, shown, proven }) => `${field}: shown ${shown}, proven ${proven}`);
  const more = list.length > toldMax ? [`and ${list.length - toldMax} more`] : [];
  return [...told, ...more].join("; ");
}

const isHolder = (json: unknown): json is object => typeof json === "object" && json !== null;

/** Own fields only: JSON may have one of any name. */
const valueAt = (holder: object, name: string): unknown =>
  Object.hasOwn(holder, name) ? (holder as Readonly<Record<string, unknown>>)[name] : undefined;

function textOf(value: unknown): string {
  return visible(brief(jsonOf(value)));
}

function jsonOf(value: unknown): string {
  if (value === undefined) return "nothing";
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "something too deep to be shown"; // A node may nest as it likes.
  }
}

const brief = (text: string): string =>
  text.length > textMax ? `${text.slice(0, textMax)} …` : text;

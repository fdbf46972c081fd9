/**
 * Parameters: what callers write in paths, queries and bodies, read and bounded in one place.
 *
 * A schema that reads text and ends with something else says nothing of the text. So each one here carries the form
 * that a caller writes, for the description of the interface, made of the same bounds that it is checked with.
 * @module
 */
import { z } from "zod";
import { addressPrefixLengthMax } from "../../src/protocol/limits.ts";
import { parseNumber } from "./cursor.ts";

/** A JSON Schema. */
export type WrittenForm = Readonly<Record<string, unknown>>;

/** By schema, what a caller writes. */
export const writtenForms: z.core.$ZodRegistry<{ readonly form: WrittenForm }> = z.registry<{
  readonly form: WrittenForm;
}>();

export function written<Schema extends z.ZodType>(schema: Schema, form: WrittenForm): Schema {
  writtenForms.add(schema, { form });
  return schema;
}

/** The largest number that any text is read as: 15 digits are always a safe integer. */
export const numberMax = 999_999_999_999_999;
/** A page holds at most this many items. */
export const pageItemsMax = 100;
const pageItemsStandard = 25;
const cursorLengthMax = 512;
const addressLengthMax = 128;

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

const integerForm = ({ min = 0, max = numberMax }: Bounds): WrittenForm => ({
  type: "integer",
  minimum: min,
  maximum: max,
});

function readInteger({ min = 0, max = numberMax }: Bounds): z.ZodType<number, string> {
  return z
    .string()
    .max(15)
    .transform((text, issues) => {
      const value = parseNumber(text);
      if (value !== undefined && value >= min && value <= max) return value;
      const message =
        value === undefined ? "not a number in decimal digits" : `not from ${min} to ${max}`;
      issues.addIssue({ code: "custom", message });
      return z.NEVER;
    });
}

/** Decimal digits in a path or query, as the number they say. */
export const integerText = (bounds: Bounds = {}): z.ZodType<number, string> =>
  written(readInteger(bounds), integerForm(bounds));

/** The same, with the number that stands for its absence. */
export const integerOr = (
  standard: number,
  bounds: Bounds = {},
): z.ZodType<number, string | undefined> =>
  written(readInteger(bounds).default(standard), { ...integerForm(bounds), default: standard });

export const numberText: z.ZodType<number, string> = integerText();

export const limitText: z.ZodType<number, string | undefined> = integerOr(pageItemsStandard, {
  min: 1,
  max: pageItemsMax,
});

const notACursor = "not a cursor of this list";

/**
 * Where a page starts, as `parse` reads it. What it does not read is answered `bad_cursor`, by the field's name.
 * @param pattern what the cursors of this list look like.
 */
export const cursorOf = <Value>(
  parse: (text: string) => Value | undefined,
  pattern: string,
): z.ZodType<Value | undefined, string | undefined> =>
  written(
    z
      .string()
      .max(cursorLengthMax, notACursor)
      .transform((text, issues) => {
        const value = parse(text);
        if (value !== undefined) return value;
        issues.addIssue({ code: "custom", message: notACursor });
        return z.NEVER;
      })
      .optional(),
    { type: "string", maxLength: cursorLengthMax, pattern },
  );

const digits = "(?:0|[1-9][0-9]{0,14})";
/** Cursors of the lists: a number; `height.index`; `height.index.operation`; an id; hex. */
export const cursorForms: Readonly<
  Record<"number" | "position" | "streamPosition" | "operation" | "version" | "id" | "hex", string>
> = {
  number: `^${digits}$`,
  position: `^${digits}\\.${digits}$`,
  streamPosition: `^${digits}(?:\\.${digits})?$`,
  operation: `^${digits}\\.${digits}\\.${digits}$`,
  version: "^[1-9][0-9]{0,14}$",
  id: "^[0-9a-f]{64}$",
  hex: "^(?:[0-9a-f]{2})+$",
};

export const numberCursor: z.ZodType<number | undefined, string | undefined> = cursorOf(
  parseNumber,
  cursorForms.number,
);

/** 32 bytes in lowercase hex. */
export const idText: z.ZodType<string, string> = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "not 64 lowercase hex digits");

/** The height of a block, or its id. */
export const blockReference: z.ZodType<string, string> = z
  .string()
  .regex(/^(?:[0-9a-f]{64}|0|[1-9][0-9]{0,14})$/, "not a height, not an id");

/** The route reads it and says what is wrong with it, as `bad_address`. */
export const addressText: z.ZodType<string, string> = written(z.string().max(addressLengthMax), {
  type: "string",
  maxLength: addressPrefixLengthMax + 59,
  pattern: "^(?:[a-z]{1,10}1[02-9ac-hj-np-z]{58}|[A-Z]{1,10}1[02-9AC-HJ-NP-Z]{58})$",
});

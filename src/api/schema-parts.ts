/**
 * The parts that the schemas of answers are made of: ids, bytes, amounts, addresses, cursors.
 *
 * One of each, so that the description of the interface names them instead of repeating them.
 * @module
 */
import { z } from "zod";

/** 32 bytes. */
export const id: z.ZodType<string> = z.string().regex(/^[0-9a-f]{64}$/);
export const hex: z.ZodType<string> = z.string().regex(/^(?:[0-9a-f]{2})*$/);
export const signature: z.ZodType<string> = z.string().regex(/^[0-9a-f]{128}$/);
export const count: z.ZodType<number> = z.int().min(0);
/** Base units. Up to 20 digits: 2^64 − 1. */
export const amount: z.ZodType<string> = z.string().regex(/^(?:0|[1-9][0-9]{0,19})$/);
export const address: z.ZodType<string> = z.string().regex(/^[a-z]{1,10}1[02-9ac-hj-np-z]{58}$/);
/** It ends up in commands and links that people paste: nothing that a shell could read as anything but itself. */
export const cursor: z.ZodType<string> = z.string().regex(/^[\w.~:-]{1,512}$/);
/** Of problems and of verdicts on transactions. A newer node may know more of them than its client does. */
export const code: z.ZodType<string> = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/);
/** From 0 to 1. */
export const share: z.ZodType<number> = z.number().min(0).max(1);
/** Bytes, and their text where they are printable UTF-8. */
export const bytesAndText: z.ZodType<{ readonly hex: string; readonly text: string | null }> =
  z.object({ hex, text: z.string().nullable() });

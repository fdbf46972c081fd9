/**
 * The flags that every command which sends a transaction has, and what they mean.
 * @module
 */
import { utf8 } from "../../src/base/bytes.ts";
import { expiryAheadMsMax, memoBytesMax } from "../../src/protocol/limits.ts";
import { amountOf, type Unit } from "../amounts.ts";
import { flag } from "../command-line.ts";
import { parseDuration } from "../durations.ts";
import { usageFailure } from "../failure.ts";

/** As commander collects them. */
export interface ActFlags {
  readonly expiresIn?: string;
  /** Commander's form of --no-wait. */
  readonly wait: boolean;
  readonly new?: boolean;
  readonly fee?: string;
  readonly maxFee?: string;
  readonly nonce?: string;
  readonly dryRun?: boolean;
}

/** The same, read. */
export interface ActChoices {
  readonly expiresInMs: number;
  /** Base units; undefined: the network's minimum. */
  readonly fee: bigint | undefined;
  readonly maxFee: bigint | undefined;
  readonly nonce: number | undefined;
  readonly isNew: boolean;
  readonly isDryRun: boolean;
  readonly until: "settled" | "accepted";
}

export const expiresInStandard = "15m";

export function choicesOf(flags: ActFlags, unit: Unit): ActChoices {
  const amount = (text: string | undefined): bigint | undefined =>
    text === undefined ? undefined : amountOf(text, unit, { zero: true });
  return {
    expiresInMs: expiresInOf(flags.expiresIn ?? expiresInStandard),
    fee: amount(flags.fee),
    maxFee: amount(flags.maxFee),
    nonce: nonceOf(flags.nonce),
    isNew: flags.new === true,
    isDryRun: flags.dryRun === true,
    until: flags.wait ? "settled" : "accepted",
  };
}

/** The flags again, for the command line that does the same; what is as usual is left out. */
export function actWords(flags: ActFlags): readonly string[] {
  const { expiresIn, fee, maxFee, nonce } = flags;
  return [
    ...flag("expires-in", expiresIn === expiresInStandard ? undefined : expiresIn),
    ...flag("fee", fee),
    ...flag("max-fee", maxFee),
    ...flag("nonce", nonce),
    ...(flags.new === true ? ["--new"] : []),
    ...(flags.wait ? [] : ["--no-wait"]),
  ];
}

function expiresInOf(text: string): number {
  const parsed = parseDuration(text);
  const reason = !parsed.ok
    ? parsed.reason
    : parsed.value > expiryAheadMsMax
      ? `"${text}" is longer than 30 days`
      : undefined;
  if (parsed.ok && reason === undefined) return parsed.value;
  throw usageFailure("bad_duration", `--expires-in: ${reason}`, "Give 15m.");
}

export function nonceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const nonce = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(nonce)) return nonce;
  throw usageFailure("bad_nonce", `"${text}" is not a nonce`, "Give a whole number from 0.");
}

/** No control characters: a memo is shown to people. */
export function memoOf(text: string | undefined): string {
  const memo = text ?? "";
  const fix = `Use at most ${memoBytesMax} bytes of printable text.`;
  if (utf8(memo).length > memoBytesMax)
    throw usageFailure("memo_too_long", "the memo is too long", fix);
  const isWhole = new TextDecoder().decode(utf8(memo)) === memo;
  if (/\p{Cc}/u.test(memo) || !isWhole) {
    throw usageFailure("bad_memo", "the memo has control characters", fix);
  }
  return memo;
}

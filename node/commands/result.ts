/**
 * How a command of `quorate` ends: its result on stdout, or what went wrong on stderr, or with `--json` either as one
 * object on stdout.
 * @module
 */
import { CommanderError } from "commander";
import { exitCodes, Refusal } from "../refusal.ts";

/** Writes the result; `text` makes the form for people. */
export function printResult(json: boolean | undefined, data: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify({ ok: true, data }) : text()}\n`);
}

/** Says what was thrown and returns the exit code for it. */
export function reportFailure(error: unknown, json: boolean): number {
  const failure = describe(error);
  if (failure === undefined) return exitCodes.done;
  const { code, message, fix, exitCode } = failure;
  if (json) {
    process.stdout.write(`${JSON.stringify({ ok: false, error: { code, message, fix } })}\n`);
  } else if (!(error instanceof CommanderError)) {
    process.stderr.write(`error ${code}: ${message}\n${fix === "" ? "" : `  ${fix}\n`}`);
  } // commander has printed its own.
  return exitCode;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly exitCode: number;
}

/** Undefined for what commander throws after showing help or the version. */
function describe(error: unknown): Failure | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    const message = error.message.replace(/^error: /, "");
    return { code: "usage", message, fix: "See --help.", exitCode: exitCodes.usage };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: "internal_error", message: stack, fix: "", exitCode: exitCodes.internal };
}

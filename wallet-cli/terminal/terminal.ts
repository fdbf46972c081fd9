/**
 * What a person or a script sees: results on stdout, everything else on stderr.
 *
 * With --json, stdout gets exactly one object, also when the command fails; with --quiet, stderr gets errors only.
 * @module
 */
import { styleText } from "node:util";
import { visible } from "../../src/api/visible.ts";
import { CommandFailure, exitCodes } from "../failure.ts";

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/** What a command has to say when it went well. */
export interface Report {
  readonly data: Json;
  /** The same for people; may have several lines. */
  readonly text: string;
  /** Runs after the report was printed. */
  readonly settle?: (() => Promise<void>) | undefined;
}

export interface TerminalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type Style = "bold" | "dim" | "green" | "red" | "yellow";

export class Terminal {
  readonly #options: TerminalOptions;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** Whether a person can be asked: both what is asked and what is typed pass through a terminal. */
  get canAsk(): boolean {
    return process.stdin.isTTY === true && process.stderr.isTTY === true;
  }

  /** Progress and explanation. */
  note(text: string): void {
    if (!this.#options.quiet) process.stderr.write(`${shownText(text)}\n`);
  }

  /** What a person must see once, also with --quiet. Never a secret unless stderr is a terminal or they asked for it. */
  insist(text: string): void {
    process.stderr.write(`${shownText(text)}\n`);
  }

  /** Colours only on a terminal and without NO_COLOR. For what goes to stderr. */
  styled(style: Style, text: string): string {
    const isPlain = (this.#options.environment["NO_COLOR"] ?? "") !== "";
    return isPlain || process.stderr.isTTY !== true ? text : styleText(style, text);
  }

  async report(report: Report): Promise<void> {
    const { data, text } = report;
    const shown = process.stdout.isTTY === true ? shownText(text) : text;
    await print(this.#options.json ? jsonLine({ ok: true, data }) : shown);
  }

  async fail(failure: CommandFailure): Promise<void> {
    const { code, message, fix, id } = failure.facts;
    if (this.#options.json) {
      const error = { code, message, fix, ...(id === undefined ? {} : { id }) };
      await print(jsonLine({ ok: false, error }));
      return;
    }
    const about = id === undefined ? "" : `\n  transaction ${id}`;
    process.stderr.write(
      `${this.styled("red", "error:")} ${plainText(message)} (${code})${about}\n  ${plainText(fix)}\n`,
    );
  }

  /** True only for a clear yes. Ask only where `canAsk`. Ctrl-C and Ctrl-D fail with `cancelled`. */
  async confirm(question: string): Promise<boolean> {
    return await (await import("./plain-prompts.ts")).plainYes(question);
  }
}

/** Lines as they are, and everything else that cannot be seen as its code point. */
const plainText = (text: string): string => text.split("\n").map(visible).join("\n");

/** Colours and weights: `ESC [ … m`. Nothing else that moves, clears or hides comes from this program. */
const escapeCode = String.fromCharCode(0x1b);
const styles = new RegExp(`(${escapeCode}\\[[0-9;]*m)`);

/** The same, with its colours. What may hold words of nodes has been made visible before, so none of them are theirs. */
const shownText = (text: string): string =>
  text
    .split(styles)
    .map((part) => (styles.test(part) ? part : plainText(part)))
    .join("");

const jsonLine = (value: Json): string => JSON.stringify(value);

/** Resolves when the text has left the process: only then may what it reports be forgotten. */
async function print(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error ? reject(unwritten(error)) : resolve()));
  });
}

/** Whoever read stdout has gone, or the disk behind it is full. */
const unwritten = ({ message }: Error): CommandFailure =>
  new CommandFailure(exitCodes.internal, {
    code: "output_lost",
    message: `the result could not be written to stdout: ${message}`,
    fix: "A payment stays saved until its outcome was reported: the same again says what became of it.",
  });

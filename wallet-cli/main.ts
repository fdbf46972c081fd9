/**
 * The `quorate-wallet` command: reads the command line, runs one command, ends with its exit code.
 *
 * The only place where failures are caught, where a report is printed, and where what was reported is forgotten.
 * @module
 */
import { type Command, CommanderError } from "commander";
import { CommandFailure, type ExitCode, exitCodes, usageFailure } from "./failure.ts";
import { buildProgram } from "./program/program.ts";
import type { Run } from "./run.ts";
import { settingsOf } from "./settings.ts";
import { Terminal } from "./terminal/terminal.ts";

/** Never rejects. */
async function main(args: readonly string[]): Promise<ExitCode> {
  const terminal = new Terminal({
    json: args.includes("--json"),
    quiet: args.includes("--quiet"),
    environment: process.env,
  });
  const run: Run = async (flags, act) => {
    const settings = settingsOf(flags, process.env);
    const report = await act({ settings, terminal });
    await terminal.report(report);
    await settle(terminal, report.settle);
  };
  try {
    const program = buildProgram(run);
    for (const command of everyCommand(program)) {
      command.exitOverride().configureOutput({ outputError: () => {} }); // We print them ourselves.
    }
    await program.parseAsync([...args], { from: "user" });
    return exitCodes.done;
  } catch (error) {
    return await failed(terminal, error);
  }
}

const everyCommand = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(everyCommand),
];

async function failed(terminal: Terminal, error: unknown): Promise<ExitCode> {
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done; // Help was shown.
  const failure = failureOf(error);
  try {
    await terminal.fail(failure);
  } catch {
    return failure.exit; // Nobody has read it, so nothing is forgotten.
  }
  await settle(terminal, failure.facts.settle);
  return failure.exit;
}

/** What was reported stays true if this fails: the next command finds the saved payment and reports it again. */
async function settle(terminal: Terminal, act: (() => Promise<void>) | undefined): Promise<void> {
  try {
    await act?.();
  } catch (error) {
    terminal.note(`the saved payment could not be removed: ${String(error)}`);
  }
}

function failureOf(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, "");
    const isBare = error.code === "commander.help";
    return usageFailure(
      "usage",
      isBare ? "a command is missing" : message,
      "See quorate-wallet --help.",
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CommandFailure(exitCodes.internal, {
    code: "internal_error",
    message,
    fix: "This is a defect, or the wallet's folder cannot be written. Nothing more is known.",
  });
}

// A pipe whose reader has gone is an event of its own; whoever writes is told by the callback.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
// Ends now: requests to nodes that are still open no longer matter.
process.exit(await main(process.argv.slice(2)));

/**
 * What a command says beside its result, and the question before it changes something.
 * @module
 */
import { createInterface } from "node:readline/promises";
import { Refusal } from "../refusal.ts";

/** Progress and explanation: to stderr, so that stdout is the result alone. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Asks on a terminal; elsewhere wants --yes. Throws a Refusal unless the answer is yes. */
export async function requireConsent(question: string, yes: boolean | undefined): Promise<void> {
  if (yes === true) return;
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new Refusal({
      code: "confirmation_needed",
      message: "there is no terminal to ask for a confirmation",
      fix: "Add --yes.",
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    if (/^(y|yes)$/i.test(answer.trim())) return;
  } finally {
    lines.close();
  }
  throw new Refusal({
    code: "not_confirmed",
    message: "not confirmed: nothing was done",
    fix: "Give the command again.",
  });
}

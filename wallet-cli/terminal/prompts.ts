/**
 * Questions to a person at a terminal. Everything goes through stdin and stderr: stdout is for results.
 *
 * The only door of `@clack/prompts`, which is loaded when the first question is asked. A terminal that cannot move
 * its cursor (TERM=dumb) gets plain lines. Call only where `canAsk()`; Ctrl-C fails with `cancelled`.
 * @module
 */
import { type Choice, cancelled, type TextOptions } from "./questions.ts";

/** Whether a person can be asked: what is asked and what is typed both pass through a terminal. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** A secret: nothing of what is typed appears, not even its length. */
export async function askSecret(message: string): Promise<string> {
  if (isDumb()) return await (await import("./plain-prompts.ts")).plainSecret(message);
  const clack = await import("@clack/prompts");
  const answer = await clack.password({ message, mask: "", ...streams });
  return clack.isCancel(answer) ? cancelled() : (answer ?? "");
}

export async function askText(message: string, options: TextOptions = {}): Promise<string> {
  const { standard, flaw } = options;
  if (isDumb()) return await (await import("./plain-prompts.ts")).plainText(message, options);
  const clack = await import("@clack/prompts");
  const answer = await clack.text({
    message,
    ...(standard === undefined ? {} : { placeholder: standard, defaultValue: standard }),
    validate: (text) => flaw?.(text === undefined || text === "" ? (standard ?? "") : text),
    ...streams,
  });
  return clack.isCancel(answer) ? cancelled() : (answer ?? "");
}

/** The value of one of the choices, of which there is at least one. */
export async function askChoice(message: string, choices: readonly Choice[]): Promise<string> {
  if (isDumb()) return await (await import("./plain-prompts.ts")).plainChoice(message, choices);
  const clack = await import("@clack/prompts");
  const answer = await clack.select({ message, options: [...choices], ...streams });
  return clack.isCancel(answer) ? cancelled() : answer;
}

/** True only for a clear yes. */
export async function askYes(message: string): Promise<boolean> {
  if (isDumb()) return await (await import("./plain-prompts.ts")).plainYes(message);
  const clack = await import("@clack/prompts");
  const answer = await clack.confirm({ message, initialValue: false, ...streams });
  return clack.isCancel(answer) ? cancelled() : answer;
}

const columnsMin = 20;

const streams = { input: process.stdin, output: process.stderr };

/** Also one that does not say how wide it is, or is too narrow to draw in. */
const isDumb = (): boolean =>
  ["", "dumb"].includes(process.env["TERM"] ?? "") || (process.stderr.columns ?? 0) < columnsMin;

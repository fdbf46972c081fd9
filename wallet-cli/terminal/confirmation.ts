/**
 * Confirmation by typing a name: for what cannot be taken back.
 * @module
 */
import { usageFailure } from "../failure.ts";
import { askText, canAsk } from "./prompts.ts";

/** Exit 2 unless a person types the name now, or has given it with --confirm. */
export async function requireTyped(
  name: string,
  { given, question }: { readonly given: string | undefined; readonly question: string },
): Promise<void> {
  if (given === undefined && !canAsk()) {
    throw usageFailure(
      "confirmation_needed",
      "there is no terminal to confirm this",
      `Add --confirm ${name}.`,
    );
  }
  const typed = given ?? (await askText(`${question} Type its name to confirm`));
  if (typed.trim() === name) return;
  throw usageFailure("not_confirmed", "that is not its name: nothing was done", "Run it again.");
}

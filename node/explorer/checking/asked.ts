/**
 * Whether an answer is about what the reader asked for: a true answer to another question is a lie, too.
 * @module
 */
import type { ProvableClaim } from "./claims.ts";

/** What is wrong with the subject, in a sentence; undefined: nothing, or nothing was asked for by name. */
export function strayWords(claim: ProvableClaim): string | undefined {
  if (!("asked" in claim) || claim.asked === undefined) return undefined;
  const asked = claim.asked.join(" / ");
  const names = namesOf(claim);
  return names.includes(asked)
    ? undefined
    : `It was asked for ${asked}, and shows ${names.at(-1) ?? "something else"}.`;
}

/** All names of the subject. */
function namesOf(claim: ProvableClaim): readonly string[] {
  switch (claim.kind) {
    case "block":
      return [String(claim.block.height), claim.block.id];
    case "transaction":
      return [claim.transaction.id];
    case "account":
      return [claim.account.address];
    case "asset":
      return [claim.asset.id];
    case "record": {
      const { address, topic, key } = claim.record;
      return [[address, topic, key].join(" / ")];
    }
    default:
      return [];
  }
}

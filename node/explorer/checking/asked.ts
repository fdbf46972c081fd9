/**
 * Whether an answer is about what the reader asked for: a true answer to another question is a lie, too.
 * @module
 */

import type { GenesisJson } from "../../../src/api/json.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import type { ProvableClaim } from "./claims.ts";
import { differences, differenceWords } from "./differences.ts";
import { strayOf } from "./stray-words.ts";

/** What is wrong with the subject, in a sentence; undefined: nothing, or nothing was asked for by name. */
export function strayWords(claim: ProvableClaim): string | undefined {
  if (!("asked" in claim) || claim.asked === undefined) return undefined;
  const { asked } = claim;
  const names = namesOf(claim);
  if (names.some((name) => isSame(name, asked))) return staleWords(claim);
  return strayOf(asked, names.at(-1) ?? ["something else"]);
}

/** Part by part: joined, two names of several parts can look alike. */
const isSame = (name: readonly string[], asked: readonly string[]): boolean =>
  name.length === asked.length && name.every((part, i) => part === asked[i]);

/** A page of a record asks for no version: it means the newest. */
function staleWords(claim: ProvableClaim): string | undefined {
  if (claim.kind !== "record" || claim.record.version === claim.record.newest) return undefined;
  const { version, newest } = claim.record;
  return `It was asked for the newest version, ${newest}, and shows version ${version}.`;
}

/** All names of the subject. */
function namesOf(claim: ProvableClaim): readonly (readonly string[])[] {
  switch (claim.kind) {
    case "block":
      return [[String(claim.block.height)], [claim.block.id]];
    case "transaction":
      return [[claim.transaction.id]];
    case "account":
      return [[claim.account.address]];
    case "asset":
      return [[claim.asset.id]];
    case "record": {
      const { address, topic, key } = claim.record;
      return [[address, topic, key]];
    }
    default:
      return [];
  }
}

/** The chain id and the name that a node shows of its network, at the foot of every page, against its genesis. */
export function misnamedWords(
  { chainId, networkName }: Pick<GenesisJson, "chainId" | "networkName">,
  genesis: Pick<Genesis, "networkName">,
  proven: string,
): string | undefined {
  const found = differences(
    { chainId, networkName },
    { chainId: proven, networkName: genesis.networkName },
  );
  if (found.length === 0) return undefined;
  return `This node calls its network otherwise than its genesis does. ${differenceWords(found)}.`;
}

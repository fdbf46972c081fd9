/**
 * The trust statement: what a verified proof rests on, in words. Made of nothing but what was verified.
 * @module
 */
import { faultyMax } from "../protocol/validator-set.ts";
import type { Trust } from "./trust.ts";
import type { Proven, Vouching } from "./verify.ts";

/** Sentences, in order: what signed, where the trust begins, and what would have to be false. */
export function trustStatement(proven: Proven, trust: Trust): readonly string[] {
  const { header, certified, vouching } = proven;
  const last = vouching.at(-1);
  const changes = vouching.slice(0, -1);
  const sentences = [finalSentence(proven, last), originSentence(trust)];
  if (header.height !== certified.header.height) {
    sentences.splice(1, 0, `Block ${header.height} is in the history of that block.`);
  }
  if (changes.length > 0) {
    const times = changes.length === 1 ? "once" : `${changes.length} times`;
    const sets = changes.slice(0, listedMax).map(setOf).join("; ");
    const rest = changes.length > listedMax ? `; and ${changes.length - listedMax} more` : "";
    sentences.push(
      `The validators changed ${times} since; each change was signed by those before it: ${sets}${rest}.`,
    );
  }
  return [...sentences, conditionOf(vouching)];
}

const listedMax = 8;

const setOf = ({ epoch, validators, signers }: Vouching): string =>
  `epoch ${epoch}, ${signers} of ${validators}`;

function finalSentence({ certified }: Proven, last: Vouching | undefined): string {
  const { height, epoch } = certified.header;
  const by = last === undefined ? "" : ` by ${last.signers} of the ${last.validators} validators`;
  return `Block ${height} was finalized${by} of epoch ${epoch}.`;
}

function originSentence({ chainId, since, epoch, checkpoint }: Trust): string {
  const origin =
    since === "genesis"
      ? `The validators are those of the genesis of network ${chainId}`
      : `The validators are those of epoch ${epoch} of network ${chainId}, as they were proven before`;
  if (checkpoint === undefined) return `${origin}.`;
  return `${origin}; the history has the block ${checkpoint.height}:${checkpoint.blockId}.`;
}

/** A set of n vouches wrongly only if more than f of it signed falsely. */
function conditionOf(vouching: readonly Vouching[]): string {
  const counts = [...new Set(vouching.map(({ validators }) => validators))].toSorted(
    (a, b) => a - b,
  );
  const parts = counts.map((count) => `more than ${faultyMax(count)} of ${count}`);
  const sets = vouching.length === 1 ? "this set" : "one of these sets";
  return `It is false only if ${parts.join(", or ")} validators of ${sets} signed falsely, then or later.`;
}

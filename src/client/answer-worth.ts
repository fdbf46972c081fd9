/**
 * What one answer is good for before it is compared with others.
 * @module
 */
import type { Proven } from "../proof/verify.ts";
import { judge } from "./agreement.ts";
import type { Footing } from "./footing.ts";
import type { Reply } from "./one-node.ts";

/** What is wrong with the facts of a proof, as an answer to the question: undefined if nothing is. */
export type SubjectCheck = (proven: Proven) => string | undefined;

/** Whether it shows what was asked, of a state that is not older than what is known. */
export function isCurrent(reply: Reply, check: SubjectCheck, footing: Footing): boolean {
  if (reply.kind !== "proven" || check(reply.proven) !== undefined) return false;
  const judgement = judge(reply.proven, footing);
  return judgement.kind === "stands" && judgement.old === undefined;
}

/** Whether an old block is worth comparing: former validators sign anything, and a checkpoint decides. */
export const isVouched = (
  { certified: { header } }: Proven,
  { remembered, checkpoint }: Footing,
): boolean =>
  header.epoch >= (remembered?.epoch ?? 0) && header.height >= (checkpoint?.height ?? 0);

/**
 * Proof that the block at a height is final: of the history that is known, however old the block is.
 * @module
 */
import type { AskOptions } from "../api/asking.ts";
import { fail, ok } from "../base/result.ts";
import type { Proven } from "../proof/verify.ts";
import type { Header } from "../protocol/block.ts";
import { type LastingProof, proveLasting, type Unproven } from "./lasting-proof.ts";
import { blockQuestion, type LightClient } from "./light-client.ts";

export type BlockReply = LastingProof<Header> | Unproven;

/** Asks one node. One that is a few blocks behind, or cannot prove its newest block yet, has a moment to catch up. */
export function proveBlock(
  client: LightClient,
  node: string,
  height: number,
  options: AskOptions,
): Promise<BlockReply> {
  const question = {
    ask: blockQuestion(height),
    subjectOf: ({ header }: Proven) =>
      header.height === height ? ok(header) : fail("Its proof is of a block at another height."),
    waitsForUnready: true,
  };
  return proveLasting(client, node, question, options);
}

/**
 * Proof that a transaction is final: its bytes, and the way from them to a finalized block.
 *
 * The block may be older than the remembered tip: then a later certificate covers both, and shows that they are of one
 * history. Where it shows that they are not, the receipt proves nothing but a fork.
 * @module
 */
import { parseHex } from "../base/bytes.ts";
import type { Proven } from "../proof/verify.ts";
import type { ContentHash } from "../protocol/ids.ts";
import { type NamedTransaction, openTransaction } from "../protocol/transaction.ts";
import { relationTo } from "./agreement.ts";
import type { RawAnswer } from "./evidence.ts";
import type { LieCode } from "./finding.ts";
import type { LightClient } from "./light-client.ts";
import type { Reply } from "./one-node.ts";

export interface Included {
  readonly kind: "included";
  readonly named: NamedTransaction;
  readonly proven: Proven;
  /** Position in the block. */
  readonly index: number;
}

export type InclusionReply =
  | Included
  | Exclude<Reply, { kind: "proven" }>
  /** It is final in a history that contradicts what was proven before. */
  | { readonly kind: "forked"; readonly message: string; readonly raw: readonly RawAnswer[] };

/** Asks one node to prove that a transaction is final. */
export async function proveInclusion(
  client: LightClient,
  node: string,
  id: string,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<InclusionReply> {
  const footing = await client.footing();
  const { remembered, starts, known } = footing;
  let bytes: Uint8Array | undefined;
  const reply = await client.one.prove(
    node,
    (asked) => async (at) => {
      const answer = await at.receipt(id, asked);
      if (answer.ok) bytes = parseHex(answer.value.transaction);
      return answer;
    },
    { starts, known, ask: options },
  );
  if (reply.kind !== "proven") return reply;
  const { proven, raw } = reply;
  const lie = (code: LieCode, message: string): InclusionReply => ({
    kind: "lying",
    code,
    message,
    raw,
  });
  const named = openNamed(client, bytes);
  if (named === undefined || named.id !== id) {
    return lie("wrong_subject", "Its receipt is of another transaction.");
  }
  const index = indexOf(proven, named.contentHash);
  if (index === undefined) return lie("wrong_subject", "Its proof is of another transaction.");

  const { checkpoint } = client.options;
  if (checkpoint !== undefined && relationTo(proven, checkpoint) === "contradicts") {
    const message = "Its history has another block at the checkpoint's height.";
    return lie("checkpoint_contradicted", message);
  }
  if (remembered !== undefined) {
    const relation = relationTo(proven, remembered);
    if (relation === "silent") {
      return lie("history_withheld", "It does not say which block it has at a known height.");
    }
    if (relation === "contradicts") {
      const message = `${node} proves another block at #${remembered.height} than was proven before`;
      return { kind: "forked", message, raw };
    }
  }
  await client.remember(proven, footing);
  return { kind: "included", named, proven, index };
}

function openNamed(
  { options }: LightClient,
  bytes: Uint8Array | undefined,
): NamedTransaction | undefined {
  if (bytes === undefined) return undefined;
  const opened = openTransaction(options.hasher, options.chainId, bytes);
  return opened.ok ? opened.value : undefined;
}

function indexOf({ facts }: Proven, contentHash: ContentHash): number | undefined {
  for (const fact of facts) {
    if (fact.kind === "transaction" && fact.contentHash === contentHash) return fact.index;
  }
  return undefined;
}

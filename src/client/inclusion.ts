/**
 * Proof that a transaction is final: its bytes, and the way from them to a finalized block.
 *
 * The block may be older than the remembered tip and the checkpoint: then a later certificate covers them all, and
 * shows that they are of one history. Where it shows that they are not, the receipt proves nothing but a fork; where it
 * does not reach them, nothing at all.
 * @module
 */
import type { AskOptions } from "../api/asking.ts";
import { parseHex } from "../base/bytes.ts";
import type { Proven } from "../proof/verify.ts";
import type { ContentHash } from "../protocol/ids.ts";
import { type NamedTransaction, openTransaction } from "../protocol/transaction.ts";
import { judge, type Lag } from "./agreement.ts";
import type { RawAnswer } from "./evidence.ts";
import { type LieCode, laggingBlocksMin } from "./finding.ts";
import { catchUpMs, type LightClient, roundPauseMs } from "./light-client.ts";
import type { Reply } from "./one-node.ts";

export interface Included {
  readonly kind: "included";
  readonly named: NamedTransaction;
  readonly proven: Proven;
  /** Position in the block. */
  readonly index: number;
  readonly raw: readonly RawAnswer[];
}

export type InclusionReply =
  | Included
  | Exclude<Reply, { kind: "proven" }>
  /** The node is behind what is known, and proves nothing until it has caught up. */
  | { readonly kind: "lagging"; readonly lag: Lag }
  /** It is final in a history that contradicts what was proven before. */
  | { readonly kind: "forked"; readonly message: string; readonly raw: readonly RawAnswer[] };

/** Asks one node to prove that a transaction is final. One that is a few blocks behind has a moment to catch up. */
export async function proveInclusion(
  client: LightClient,
  node: string,
  id: string,
  options: AskOptions,
): Promise<InclusionReply> {
  const { clock } = client.options;
  const endMs = clock.monotonicMs() + Math.min(catchUpMs, options.timeoutMs);
  for (;;) {
    const reply = await proveOnce(client, node, id, options);
    if (reply.kind !== "lagging" || !isCatchingUp(reply.lag)) return reply;
    if (options.signal?.aborted === true || clock.monotonicMs() >= endMs) return reply;
    await new Promise<void>((resolve) => clock.after(roundPauseMs, resolve));
  }
}

const isCatchingUp = ({ than, behind }: Lag): boolean =>
  than === "remembered" && behind < laggingBlocksMin;

async function proveOnce(
  client: LightClient,
  node: string,
  id: string,
  options: AskOptions,
): Promise<InclusionReply> {
  const anchored = await client.anchored();
  if (!anchored.ok) {
    const { message, raw } = anchored.reason;
    return { kind: "forked", message, raw };
  }
  const footing = anchored.value;
  const { starts, known } = footing;
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

  const judgement = judge(proven, footing);
  switch (judgement.kind) {
    case "lying":
      return lie(judgement.code, judgement.message);
    case "forked":
      return { kind: "forked", message: `${node} ${judgement.message}`, raw };
    case "lagging":
      return judgement;
    case "unsure":
      return { kind: "unready", message: judgement.message };
    case "stands":
      break;
  }
  await client.remember(proven, footing);
  return { kind: "included", named, proven, index, raw };
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

/**
 * Proof that the block at a height is final, by one node: of the history that is known, however old the block is.
 *
 * `LightClient.gather` is for the newest state, where an old answer shows nothing. A block never changes, so here an
 * old one is as good as a new one, as long as a later certificate ties it to what was proven before.
 * @module
 */
import type { AskOptions } from "../api/asking.ts";
import type { Proven } from "../proof/verify.ts";
import { judge, type Lag } from "./agreement.ts";
import type { RawAnswer } from "./evidence.ts";
import { laggingBlocksMin } from "./finding.ts";
import { blockQuestion, catchUpMs, type LightClient, roundPauseMs } from "./light-client.ts";
import type { Reply } from "./one-node.ts";

export interface BlockProven {
  readonly kind: "proven";
  /** Its header is that of the block; it may have been certified by a later one. */
  readonly proven: Proven;
  readonly raw: readonly RawAnswer[];
}

export type BlockReply =
  | BlockProven
  | Exclude<Reply, { kind: "proven" }>
  /** The node is behind what is known, and proves nothing until it has caught up. */
  | { readonly kind: "lagging"; readonly lag: Lag }
  | { readonly kind: "forked"; readonly message: string; readonly raw: readonly RawAnswer[] };

/** Asks one node. One that is a few blocks behind, or cannot prove its newest block yet, has a moment to catch up. */
export async function proveBlock(
  client: LightClient,
  node: string,
  height: number,
  options: AskOptions,
): Promise<BlockReply> {
  const { clock } = client.options;
  const endMs = clock.monotonicMs() + Math.min(catchUpMs, options.timeoutMs);
  for (;;) {
    const reply = await proveOnce(client, node, height, options);
    if (!mayPass(reply) || options.signal?.aborted === true) return reply;
    if (clock.monotonicMs() >= endMs) return reply;
    await new Promise<void>((resolve) => clock.after(roundPauseMs, resolve));
  }
}

function mayPass(reply: BlockReply): boolean {
  if (reply.kind === "unready") return true;
  return (
    reply.kind === "lagging" &&
    reply.lag.than === "remembered" &&
    reply.lag.behind < laggingBlocksMin
  );
}

async function proveOnce(
  client: LightClient,
  node: string,
  height: number,
  ask: AskOptions,
): Promise<BlockReply> {
  const anchored = await client.anchored();
  if (!anchored.ok) {
    const { message, raw } = anchored.reason;
    return { kind: "forked", message, raw };
  }
  const footing = anchored.value;
  const { starts, known } = footing;
  const reply = await client.one.prove(node, blockQuestion(height), { starts, known, ask });
  if (reply.kind !== "proven") return reply;
  const { proven, raw } = reply;
  if (proven.header.height !== height) {
    const message = "Its proof is of a block at another height.";
    return { kind: "lying", code: "wrong_subject", message, raw };
  }
  const judgement = judge(proven, footing);
  switch (judgement.kind) {
    case "lying":
      return { ...judgement, raw };
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
  return reply;
}

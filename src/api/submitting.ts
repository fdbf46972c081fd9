/**
 * Handing a signed transaction to one node, as `pursue` asks it: the node holds the request until it is final, or as
 * long as nodes do; then it is asked again.
 * @module
 */
import { type AskOptions, answerOf, askNode, type Web } from "./asking.ts";
import type { AskNode } from "./pursuit.ts";

/** For a question that a node answers from memory; what it holds a request for comes on top. */
const quickMs = 3_000;
/** Within what every node accepts. */
const heldMsMax = 30_000;

/** How long to wait for the rest of an answer, within what is left. */
export const quickly = (waitMs: number, signal?: AbortSignal): AskOptions => ({
  timeoutMs: Math.min(waitMs, quickMs),
  signal,
});

/** @param options isHeld: the node is to answer when it is final; else as soon as it has taken it in. */
export function submitting(
  web: Web,
  { id, bytes }: { readonly id: string; readonly bytes: Uint8Array },
  { isHeld }: { readonly isHeld: boolean },
): AskNode {
  return async (node, waitMs, signal) => {
    const timeoutMs = Math.floor(Math.min(waitMs, heldMsMax));
    const wait = isHeld ? ({ wait: "final", timeoutMs } as const) : {};
    const heard = await askNode(
      web,
      node,
      (client) => client.submit(bytes, wait),
      quickly(waitMs, signal),
    );
    return answerOf(heard, id);
  };
}

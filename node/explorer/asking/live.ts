/**
 * The stream of new blocks, shared by all that shows it, and whether the node answers at all.
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { BlockEventJson } from "../../../src/api/json.ts";

type BlockListener = (block: BlockEventJson) => void;

const state = signal<"connecting" | "open" | "lost">("connecting");
const newest = signal<BlockEventJson | undefined>(undefined);
const listeners = new Set<BlockListener>();
/** A browser gives up for good on some answers; then we begin again. */
const reopenMs = 2_000;

export const connection: ReadonlySignal<"connecting" | "open" | "lost"> = state;
/** The newest block that the stream has told of. */
export const newestBlock: ReadonlySignal<BlockEventJson | undefined> = newest;

/** @param after the position that was reached: the stream goes on behind it. */
export function startLive(after?: string): void {
  const cursor = after === undefined ? "" : `&cursor=${encodeURIComponent(after)}`;
  const source = new EventSource(`/v1/stream?topics=blocks${cursor}`);
  let isOpened = false;
  let reached = after;
  source.addEventListener("open", () => {
    isOpened = true;
    state.value = "open";
  });
  source.addEventListener("block", ({ data, lastEventId }: MessageEvent<string>) => {
    const block = JSON.parse(data) as BlockEventJson;
    reached = lastEventId;
    newest.value = block;
    for (const listener of listeners) listener(block);
  });
  source.addEventListener("error", () => {
    state.value = "lost";
    if (source.readyState !== EventSource.CLOSED) return; // It tries again by itself, from where it was.
    // A position that is refused is of another ledger: then it begins anew, at the tip.
    setTimeout(() => startLive(isOpened ? reached : undefined), reopenMs);
  });
}

/** Calls back for every new final block while the component is there. */
export function useBlocks(listener: BlockListener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const call: BlockListener = (block) => latest.current(block);
    listeners.add(call);
    return () => {
      listeners.delete(call);
    };
  }, []);
}

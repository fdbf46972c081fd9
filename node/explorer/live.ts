/**
 * The stream of new blocks, shared by all that shows it, and whether the node answers at all.
 * @module
 */
import type { BlockEventJson } from "../../src/api/json.ts";

type BlockListener = (block: BlockEventJson) => void;

const listeners = new Set<BlockListener>();
const connectionListeners = new Set<(connected: boolean) => void>();
/** A browser gives up for good on some answers; then we begin again. */
const reopenMs = 3_000;

function open(): void {
  const source = new EventSource("/v1/stream?topics=blocks");
  source.addEventListener("open", () => tell(true));
  source.addEventListener("block", ({ data }: MessageEvent<string>) => {
    const block = JSON.parse(data) as BlockEventJson;
    for (const listener of listeners) listener(block);
  });
  source.addEventListener("error", () => {
    tell(false);
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(open, reopenMs);
  });
}

function tell(connected: boolean): void {
  for (const listener of connectionListeners) listener(connected);
}

export function startLive(): void {
  open();
}

/** Calls back for every new final block until `left` is aborted. */
export function onBlock(listener: BlockListener, left: AbortSignal): void {
  listeners.add(listener);
  left.addEventListener("abort", () => listeners.delete(listener));
}

/** Calls back when the node is reached, and when it is lost. */
export function onConnection(listener: (connected: boolean) => void, left?: AbortSignal): void {
  connectionListeners.add(listener);
  left?.addEventListener("abort", () => connectionListeners.delete(listener));
}

/** Calls back again and again while the page is looked at, until `left` is aborted. */
export function every(ms: number, work: () => Promise<void>, left: AbortSignal): void {
  const timer = setInterval(() => {
    if (document.visibilityState === "visible") void work();
  }, ms);
  left.addEventListener("abort", () => clearInterval(timer));
}

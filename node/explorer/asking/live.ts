/**
 * The stream of new blocks, shared by all that shows it, and whether the node answers at all.
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { BlockEventJson } from "../../../src/api/json.ts";
import type { TransactionEventJson } from "../../../src/api/stream-json.ts";

type BlockListener = (block: BlockEventJson) => void;

const state = signal<"connecting" | "open" | "lost">("connecting");
const newest = signal<BlockEventJson | undefined>(undefined);
const listeners = new Set<BlockListener>();
/** By address. One stream tells of all that a page wants: a browser opens few connections to one place. */
const watched = new Map<string, Set<() => void>>();
/** A browser gives up for good on some answers; then we begin again. */
const reopenMs = 2_000;

export const connection: ReadonlySignal<"connecting" | "open" | "lost"> = state;
/** The newest block that the stream has told of. */
export const newestBlock: ReadonlySignal<BlockEventJson | undefined> = newest;

let current: EventSource | undefined;
/** The stream goes on behind this position. */
let reached: string | undefined;

export function startLive(): void {
  current?.close();
  const cursor = reached === undefined ? "" : `&cursor=${encodeURIComponent(reached)}`;
  const topics = ["blocks", ...[...watched.keys()].map((address) => `account:${address}`)];
  const source = new EventSource(`/v1/stream?topics=${encodeURIComponent(topics.join())}${cursor}`);
  current = source;
  let isOpened = false;
  const hear = <Event>(name: string, told: (event: Event) => void): void =>
    source.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
      if (source !== current) return;
      reached = lastEventId;
      const event = read<Event>(data);
      if (event !== undefined) told(event);
    });
  source.addEventListener("open", () => {
    isOpened = true;
    state.value = "open";
  });
  hear("position", () => {});
  hear<BlockEventJson>("block", (block) => {
    newest.value = block;
    for (const listener of listeners) listener(block);
  });
  hear<Pick<TransactionEventJson, "topics">>("transaction", (transaction) => {
    for (const topic of transaction.topics) {
      for (const listener of watched.get(topic.replace(/^account:/, "")) ?? []) listener();
    }
  });
  source.addEventListener("error", () => {
    if (source !== current) return;
    state.value = "lost";
    if (source.readyState !== EventSource.CLOSED) return; // It tries again by itself, from where it was.
    // A position that is refused is of another ledger: then it begins anew, at the tip.
    if (!isOpened) reached = undefined;
    setTimeout(() => {
      if (source === current) startLive();
    }, reopenMs);
  });
}

/** Undefined: it is no event that this page knows. */
function read<Event>(data: string): Event | undefined {
  try {
    return JSON.parse(data) as Event;
  } catch {
    return undefined;
  }
}

/**
 * Calls back for every transaction that touches the account, by its address, while the component is there. `since`: the
 * height of what is known of it.
 */
export function useAccountNews(
  address: string | undefined,
  since: number,
  listener: () => void,
): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    if (address === undefined) return;
    const named = address.toLowerCase();
    const call = (): void => latest.current();
    const calls = watched.get(named) ?? new Set();
    calls.add(call);
    watched.set(named, calls);
    startLive();
    // What came between the answer and now.
    if ((newest.value?.height ?? 0) > since) call();
    return () => {
      calls.delete(call);
      if (calls.size === 0) watched.delete(named); // The stream that is open tells of it a while longer.
    };
  }, [address]);
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

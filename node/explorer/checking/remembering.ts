/**
 * What this browser remembers of the network behind an address: its genesis from the first visit on, and a checkpoint.
 *
 * A browser keeps these apart for each origin. Whatever is kept may be rubbish: then it is as if there were nothing.
 * @module
 */
import type { Shelf } from "./shelf.ts";

const pinKey = "quorate-network";
const checkpointKey = "quorate-checkpoint";
const tipKeyOf = (chainId: string): string => `quorate-tip-${chainId}`;

const idText = /^[0-9a-f]{64}$/;
const checkpointText = /^(0|[1-9][0-9]{0,14}):[0-9a-f]{64}$/;

/** The network that was seen here first. */
export interface Pin {
  readonly chainId: string;
  /** When, Unix milliseconds. */
  readonly sinceMs: number;
}

/** How a network stands to the one that was seen here first. */
export type Acquaintance =
  | { readonly kind: "new" }
  | { readonly kind: "known"; readonly sinceMs: number }
  | { readonly kind: "other"; readonly known: Pin };

export function readPin(shelf: Shelf): Pin | undefined {
  const kept = parsed(shelf.read(pinKey));
  const { chainId, sinceMs } = kept ?? {};
  if (typeof chainId !== "string" || !idText.test(chainId)) return undefined;
  return typeof sinceMs === "number" && Number.isSafeInteger(sinceMs)
    ? { chainId, sinceMs }
    : undefined;
}

/** Pins the network if none is pinned. */
export function meet(shelf: Shelf, chainId: string, nowMs: number): Acquaintance {
  const known = readPin(shelf);
  if (known === undefined) {
    shelf.write(pinKey, JSON.stringify({ chainId, sinceMs: nowMs }));
    return { kind: "new" };
  }
  return known.chainId === chainId
    ? { kind: "known", sinceMs: known.sinceMs }
    : { kind: "other", known };
}

/** All of it. Whatever network answers next is taken for the right one. */
export function forget(shelf: Shelf): void {
  const pin = readPin(shelf);
  if (pin !== undefined) shelf.remove(tipKeyOf(pin.chainId));
  shelf.remove(pinKey);
  shelf.remove(checkpointKey);
}

/** The newest proven block as text, of remembered-tip.ts. */
export const readTipText = (shelf: Shelf, chainId: string): string | undefined =>
  shelf.read(tipKeyOf(chainId));

export const writeTipText = (shelf: Shelf, chainId: string, text: string): void =>
  shelf.write(tipKeyOf(chainId), text);

export interface RememberedPlace {
  readonly height: number;
  readonly blockId: string;
}

/** To be shown: the newest proven block. */
export function readTipPlace(shelf: Shelf, chainId: string): RememberedPlace | undefined {
  const { height, blockId } = parsed(readTipText(shelf, chainId)) ?? {};
  if (typeof height !== "number" || !Number.isSafeInteger(height)) return undefined;
  return typeof blockId === "string" && idText.test(blockId) ? { height, blockId } : undefined;
}

/** `HEIGHT:ID`, as somebody typed it. */
export function readCheckpointText(shelf: Shelf): string | undefined {
  const text = shelf.read(checkpointKey);
  return text !== undefined && isCheckpointText(text) ? text : undefined;
}

/** Undefined: none from now on. */
export function writeCheckpointText(shelf: Shelf, text: string | undefined): void {
  if (text === undefined) shelf.remove(checkpointKey);
  else shelf.write(checkpointKey, text);
}

export const isCheckpointText = (text: string): boolean => checkpointText.test(text);

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = text === undefined ? undefined : JSON.parse(text);
    return typeof json === "object" && json !== null ? { ...json } : undefined;
  } catch {
    return undefined;
  }
}

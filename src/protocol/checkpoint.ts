/**
 * A checkpoint: a final block that somebody trusted has named, so that no other history is taken for the network's.
 *
 * As text: `HEIGHT:ID`, decimal and 64 hex digits.
 * @module
 */
import { type BlockId, type Height, height, isIdText } from "./ids.ts";

export interface Checkpoint {
  readonly height: Height;
  readonly blockId: BlockId;
}

const checkpointText = /^(0|[1-9][0-9]{0,15}):([0-9a-f]{64})$/;

/** Undefined when the text is no checkpoint. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [, digits = "", id = ""] = checkpointText.exec(text) ?? [];
  const at = Number(digits);
  if (!isIdText(id) || !Number.isSafeInteger(at)) return undefined;
  return { height: height(at), blockId: id as BlockId };
}

export const formatCheckpoint = ({ height: at, blockId }: Checkpoint): string => `${at}:${blockId}`;

/**
 * The header of a checkpoint: it names the validators of its epoch, and so whom the history above it can be of.
 *
 * A history that has the checkpoint's block is not enough. Whoever has the keys of former validators can sign a block
 * whose history is the true one so far. But they are not the validators that the checkpoint's block names.
 * @module
 */
import { askNode } from "../api/asking.ts";
import { parseHex } from "../base/bytes.ts";
import { decode } from "../codec/codec.ts";
import { blockIdOf, type Header, headerCodec } from "../protocol/block.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import type { LightClientOptions } from "./ports.ts";

/** From the first node that has it; undefined: none shows it. Its id is its hash, so nobody has to be believed. */
export async function checkpointHeader(
  { web, nodes, hasher, timeoutMs }: LightClientOptions,
  { height, blockId }: Checkpoint,
): Promise<Header | undefined> {
  const found = new AbortController();
  let header: Header | undefined;
  await Promise.all(
    nodes.map(async (node) => {
      const ask = { timeoutMs, signal: found.signal };
      const { result } = await askNode(web, node, (at) => at.headers(height, height), ask);
      const bytes = result.ok ? parseHex(result.value.items[0]?.header ?? "") : undefined;
      const read = bytes && decode(headerCodec, bytes);
      if (read?.ok !== true || blockIdOf(hasher, read.value) !== blockId) return;
      header ??= read.value;
      found.abort();
    }),
  );
  return header;
}

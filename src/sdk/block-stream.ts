/**
 * New final blocks, one after the other, from whichever node answers: none is skipped, none comes twice.
 *
 * What an event says of its block is one node's word; what must be sure is proven by asking for it (`account`,
 * `receipt`).
 * @module
 */
import type { BlockEventJson } from "../api/json.ts";
import { blockEventSchema } from "../api/schemas.ts";
import { type FollowOptions, follow, type Reading } from "./following.ts";

export interface StreamOptions extends Omit<FollowOptions, "start"> {
  /** Begin after this height; left out: after the newest proven block. */
  readonly after?: number | undefined;
}

const blocks: Reading<BlockEventJson> = {
  topics: "blocks",
  read: ({ name, data }) => {
    if (name !== "block") return undefined;
    const block = blockEventSchema.parse(JSON.parse(data));
    return { at: { height: block.height, index: undefined }, value: block };
  },
  follows: ({ at }, last) => at.height === last.height + 1,
};

/** Never ends by itself: goes on with the next node when one fails. */
export function streamBlocks({
  after,
  ...options
}: StreamOptions): AsyncGenerator<BlockEventJson, void> {
  const start = after === undefined ? undefined : { height: after, index: undefined };
  return follow({ ...options, start }, blocks);
}

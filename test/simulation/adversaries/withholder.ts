/**
 * The withholder: proposes to all, but gives the bytes of its blocks, and of anyone's, to some only.
 * @module
 */
import type { BlockId } from "../../../src/protocol/ids.ts";
import { numberOfNode } from "../world/network-of-nodes.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { Voice } from "./voice.ts";

export const withholder: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  /** For each block of its own, the nodes that get it: from one to all but two. */
  const favoured = new Map<BlockId, ReadonlySet<number>>();
  const isFavoured = (blockId: BlockId, node: number): boolean => {
    let nodes = favoured.get(blockId);
    if (nodes === undefined) {
      const share = voice.random.between(0.2, 0.8);
      nodes = new Set(world.nodes.flatMap((one) => (voice.random.chance(share) ? one.number : [])));
      favoured.set(blockId, nodes);
    }
    return nodes.has(node);
  };
  return tapMessages(transport, {
    outgoing: (message, link) => {
      const node = numberOfNode(link.nodeId);
      switch (message.kind) {
        case "proposal": {
          const { body } = message.vote;
          if (body.kind !== "notarize" || isFavoured(body.blockId, node)) return [message];
          return [{ kind: "votes", votes: [message.vote] }];
        }
        case "block":
        case "block-transactions":
          return isFavoured(message.blockId, node) ? [message] : [];
        default:
          return [message];
      }
    },
  });
};

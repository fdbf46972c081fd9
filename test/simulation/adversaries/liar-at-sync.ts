/**
 * The liar at sync: whoever asks it for blocks gets other ones, out of order, cut short, without what makes them final,
 * or with a finalization that nobody signed.
 * @module
 */
import type { Blocks, Message } from "../../../src/protocol/message.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { Voice } from "./voice.ts";

export const liarAtSync: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  /** Ranges that it has served before. */
  const served: Blocks[] = [];
  const lie = (range: Blocks): readonly Message[] => {
    const { random } = voice;
    served.push(range);
    const { finalization, blocks } = range;
    switch (random.below(9)) {
      case 0:
        return [];
      case 1:
        return [{ ...range, blocks: [], covering: [], finalization: undefined }];
      case 2:
        return [{ ...range, finalization: undefined }];
      case 3:
        return [{ ...range, blocks: blocks.slice(1) }];
      case 4:
        return [{ ...range, blocks: blocks.toReversed() }];
      case 5: // Other heights, well proven.
        return [{ ...random.pick(served), from: range.from }];
      case 6: // The right ones, with what makes other heights final.
        return [{ ...range, finalization: random.pick(served).finalization }];
      case 7: {
        if (finalization === undefined) return [range];
        const signatures = finalization.signatures.map((one) => ({
          ...one,
          signature: voice.bytes(64),
        }));
        return [{ ...range, finalization: { ...finalization, signatures } }];
      }
      default:
        return [{ ...range, blocks: blocks.map((block) => spoil(block, voice)) }];
    }
  };
  return tapMessages(transport, {
    outgoing: (message) => {
      if (message.kind === "blocks") return lie(message);
      if (message.kind !== "block" || message.block === undefined) return [message];
      return [{ ...message, block: spoil(message.block, voice) }];
    },
  });
};

function spoil(block: Uint8Array, voice: Voice): Uint8Array {
  const spoiled = block.slice();
  const at = voice.random.below(spoiled.length);
  spoiled[at] = (spoiled[at] ?? 0) ^ 1;
  return spoiled;
}

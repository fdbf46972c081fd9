/**
 * The conflicter: beside every vote for a proposal it signs one for another; some hear the one, some the other, some both.
 * @module
 */
import type { Vote } from "../../../src/protocol/vote.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { unsuspecting } from "./unsuspecting.ts";
import { changeOwnVotes, Voice } from "./voice.ts";

export const conflicter: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  const twoVotes = (vote: Vote): readonly Vote[] => {
    const { body } = vote;
    if (body.kind === "nullify") return [vote];
    const other = voice.sign({ ...body, blockId: voice.nowhere() });
    const which = voice.random.below(4);
    if (which === 0) return [vote];
    if (which === 1) return [other];
    return which === 2 ? [vote, other] : [other, vote];
  };
  const lying = tapMessages(transport, {
    outgoing: (message) => {
      if (message.kind !== "proposal") return changeOwnVotes(message, voice, twoVotes);
      // Its own block stays announced by its own vote: another one beside a header is the sender's plain lie.
      const { body } = message.vote;
      if (body.kind !== "notarize" || voice.random.chance(0.5)) return [message];
      const other = voice.sign({ ...body, blockId: voice.nowhere() });
      return [message, { kind: "votes", votes: [other] }];
    },
  });
  return unsuspecting(lying, voice);
};

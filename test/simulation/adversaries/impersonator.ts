/**
 * The impersonator: says that its votes are another validator's.
 * @module
 */
import { validatorIndex } from "../../../src/protocol/ids.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { changeOwnVotes, Voice } from "./voice.ts";

export const impersonator: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  const count = world.validators.count;
  return tapMessages(transport, {
    outgoing: (message) =>
      changeOwnVotes(message, voice, (vote) => [
        {
          ...vote,
          signer: validatorIndex((vote.signer + 1 + voice.random.below(count - 1)) % count),
        },
      ]),
  });
};

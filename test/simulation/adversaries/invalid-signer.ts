/**
 * The invalid signer: its votes are right in all but the signature.
 * @module
 */
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { changeOwnVotes, Voice } from "./voice.ts";

export const invalidSigner: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  return tapMessages(transport, {
    outgoing: (message) =>
      changeOwnVotes(message, voice, (vote) => [{ ...vote, signature: voice.bytes(64) }]),
  });
};

/**
 * The reconfigurer: votes, proposes and asks in the next epoch, which nobody else has entered.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { blockIdOf } from "../../../src/protocol/block.ts";
import { type Epoch, epoch } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import type { Vote } from "../../../src/protocol/vote.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { Voice } from "./voice.ts";

const next = (of: Epoch): Epoch => epoch(of + 1);

export const reconfigurer: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  const later = (vote: Vote): Vote => {
    if (!voice.isOwn(vote)) return vote;
    // The place of its key in a set that does not exist is anybody's guess.
    return { ...voice.sign({ ...vote.body, epoch: next(vote.body.epoch) }), signer: vote.signer };
  };
  const change = (message: Message): Message => {
    switch (message.kind) {
      case "votes":
        return { ...message, votes: message.votes.map(later) };
      case "proposal": {
        const header = { ...message.header, epoch: next(message.header.epoch) };
        const { body } = message.vote;
        if (body.kind !== "notarize") return message;
        const blockId = blockIdOf(nativeHasher, header);
        return { ...message, header, vote: later({ ...message.vote, body: { ...body, blockId } }) };
      }
      case "ping":
      case "pong":
      case "certificate-request":
        return { ...message, epoch: next(message.epoch) };
      default:
        return message;
    }
  };
  return tapMessages(transport, { outgoing: (message) => [change(message)] });
};

/**
 * The nuller: in every view that it votes in it both nullifies and finalizes.
 * @module
 */
import type { View } from "../../../src/protocol/ids.ts";
import {
  type Finalize,
  type Proposal,
  type Vote,
  voteSubject,
} from "../../../src/protocol/vote.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { unsuspecting } from "./unsuspecting.ts";
import { changeOwnVotes, Voice } from "./voice.ts";

export const nuller: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  const proposals = new Map<View, Proposal>();
  const finalize = (proposal: Proposal): Vote => {
    const { epoch, view, parentView, blockId } = proposal;
    const body: Finalize = { kind: "finalize", epoch, view, parentView, blockId };
    return voice.sign(body);
  };
  const both = (vote: Vote): readonly Vote[] => {
    const { body } = vote;
    if (body.kind !== "nullify") proposals.set(body.view, body);
    const proposal = proposals.get(body.view);
    const { epoch, view } = body;
    const nullify = voice.sign({ kind: "nullify", epoch, view });
    const votes = [vote, ...(proposal === undefined ? [] : [finalize(proposal)]), nullify];
    return unlike(voice.random.chance(0.5) ? votes : votes.toReversed());
  };
  const lying = tapMessages(transport, {
    outgoing: (message) => changeOwnVotes(message, voice, message.kind === "votes" ? both : alone),
  });
  return unsuspecting(lying, voice);
};

const alone = (vote: Vote): readonly Vote[] => [vote];

function unlike(votes: readonly Vote[]): readonly Vote[] {
  return [...new Map(votes.map((vote) => [voteSubject(vote.body), vote])).values()];
}

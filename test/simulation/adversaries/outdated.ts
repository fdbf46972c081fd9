/**
 * The outdated: votes on proposals of some views ago, instead of on the one that it is asked about. Nothing of it is a
 * fault: it never signs two votes that contradict each other.
 * @module
 */
import type { View } from "../../../src/protocol/ids.ts";
import { view } from "../../../src/protocol/ids.ts";
import type { Proposal, Vote } from "../../../src/protocol/vote.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { unsuspecting } from "./unsuspecting.ts";
import { changeOwnVotes, Voice } from "./voice.ts";

const viewsLate = 4;

export const outdated: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  const proposals = new Map<View, Proposal>();
  const nullified = new Set<View>();
  const late = (vote: Vote): readonly Vote[] => {
    const { body } = vote;
    if (body.kind === "nullify") {
      nullified.add(body.view);
      return [vote];
    }
    proposals.set(body.view, body);
    const old = proposals.get(view(body.view - 1 - voice.random.below(viewsLate)));
    if (old === undefined || old.epoch !== body.epoch) return [];
    if (body.kind === "finalize" && nullified.has(old.view)) return [];
    const { epoch, view: of, parentView, blockId } = old;
    return [voice.sign({ kind: body.kind, epoch, view: of, parentView, blockId })];
  };
  const lying = tapMessages(transport, {
    outgoing: (message) => {
      if (message.kind !== "proposal") return changeOwnVotes(message, voice, late);
      late(message.vote); // Its own proposals are as good as any.
      return [message];
    },
  });
  return unsuspecting(lying, voice);
};

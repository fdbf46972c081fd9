/**
 * The splitter: helps some to certify a view and others to nullify it, and tells each only of their own certificate. No
 * vote of it is a fault: to notarize and to nullify a view is legal; it never finalizes one that it has nullified.
 * @module
 */
import type { View } from "../../../src/protocol/ids.ts";
import type { Vote } from "../../../src/protocol/vote.ts";
import { numberOfNode } from "../world/network-of-nodes.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { unsuspecting } from "./unsuspecting.ts";
import { changeOwnVotes, Voice } from "./voice.ts";

/** Views of which one is split. */
const splitOneIn = 2;

export const splitter: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  /** For each view, the nodes that are to nullify it; empty: it is not split. */
  const nullifiers = new Map<View, ReadonlySet<number>>();
  const groupOf = (view: View): ReadonlySet<number> => {
    let group = nullifiers.get(view);
    if (group === undefined) {
      const split = voice.random.below(splitOneIn) === 0;
      const chosen = world.nodes.filter(() => split && voice.random.chance(0.5));
      group = new Set(chosen.map((node) => node.number));
      nullifiers.set(view, group);
    }
    return group;
  };
  const lying = tapMessages(transport, {
    outgoing: (message, link) => {
      const node = numberOfNode(link.nodeId);
      const divide = (vote: Vote): readonly Vote[] => {
        const { body } = vote;
        const group = groupOf(body.view);
        if (group.size === 0 || body.kind === "nullify") return [vote];
        if (body.kind === "finalize") return [];
        const { epoch, view } = body;
        return group.has(node) ? [voice.sign({ kind: "nullify", epoch, view })] : [vote];
      };
      if (message.kind === "votes") return changeOwnVotes(message, voice, divide);
      if (message.kind !== "certificate") return [message];
      const { subject, signatures } = message.certificate;
      const group = groupOf(subject.view);
      if (group.size === 0) return [message];
      if (subject.kind !== "finalize") {
        return group.has(node) === (subject.kind === "nullify") ? [message] : [];
      }
      // One that the code behind has put together from its own vote, too.
      const own = voice.positionIn(subject.epoch);
      return signatures.some(({ signer }) => signer === own) ? [] : [message];
    },
  });
  return unsuspecting(lying, voice);
};

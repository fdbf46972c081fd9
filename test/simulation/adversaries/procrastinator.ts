/**
 * The procrastinator: says everything that it should, each thing so late that some have just given up waiting.
 * @module
 */
import type { Link } from "../../../src/network/transport.ts";
import type { Wrap } from "../world/node.ts";
import { tapFrames } from "./outgoing.ts";
import { Voice } from "./voice.ts";

/** Around the leader time-out of 1 s and the certification time-out of 2 s. */
const latestMs = 2_200;

export const procrastinator: Wrap = (transport, world, number) => {
  const { random } = new Voice(world, number);
  const open = new Set<Link>();
  const greeted = new WeakSet<Link>();
  return tapFrames(transport, {
    opened: (link) => open.add(link),
    closed: (link) => open.delete(link),
    outgoing: (frame, link) => {
      // A hello that is not the first word, or a goodbye that is not the last, would be a fault.
      if (!greeted.has(link) || random.chance(0.4)) {
        greeted.add(link);
        return [frame];
      }
      const whenever = random.chance(0.5)
        ? random.between(900, 1_200)
        : random.between(0, latestMs);
      world.timeline.after(whenever, () => {
        if (open.has(link)) link.send(frame);
      });
      return [];
    },
  });
};

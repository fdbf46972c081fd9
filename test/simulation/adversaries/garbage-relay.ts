/**
 * The relay of garbage: passes on everybody's votes, at once and to all, with signatures of its own invention, so that
 * they would be there before the real ones.
 * @module
 */
import type { Link } from "../../../src/network/transport.ts";
import { voteBatchMax } from "../../../src/protocol/message.ts";
import type { Vote } from "../../../src/protocol/vote.ts";
import type { Wrap } from "../world/node.ts";
import { say, tapMessages } from "./outgoing.ts";
import { Voice } from "./voice.ts";

export const garbageRelay: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  const ready = new Set<Link>();
  return tapMessages(transport, {
    incoming: (message, from) => {
      if (message.kind !== "votes" && message.kind !== "proposal") return [message];
      const votes = message.kind === "votes" ? message.votes : [message.vote];
      const garbage = votes.flatMap((vote) => garbageOf(vote, voice));
      for (const link of ready) {
        if (link !== from) say(link, { kind: "votes", votes: garbage.slice(0, voteBatchMax) });
      }
      return [message];
    },
    outgoing: (message, link) => {
      if (message.kind !== "hello") ready.add(link);
      return [message];
    },
    closed: (link) => ready.delete(link),
  });
};

/** The vote, and the nullify vote that its signer has not signed, each with a signature that nobody made. */
function garbageOf({ body, signer }: Vote, voice: Voice): readonly Vote[] {
  const { epoch, view } = body;
  const nullify: Vote["body"] = { kind: "nullify", epoch, view };
  return [body, nullify].map((said) => ({ body: said, signer, signature: voice.bytes(64) }));
}

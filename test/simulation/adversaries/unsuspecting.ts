/**
 * Keeps the honest code behind an adversary unsuspecting: it never hears of what was signed with its key behind its back.
 * If it did, it would think that its key is used elsewhere, and fall silent; and the adversary with it.
 * @module
 */
import type { Transport } from "../../../src/network/transport.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { type Certificate, type Vote, voteSubject } from "../../../src/protocol/vote.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";
import { Voice } from "./voice.ts";

/** @param lying the transport of which everything that is sent is changed, and what comes is not. */
export function unsuspecting(lying: Transport, voice: Voice): Transport {
  /** Subjects that the code behind has voted for itself, in this life. */
  const own = new Set<string>();
  const remember = (vote: Vote): void => {
    if (voice.isOwn(vote)) own.add(voteSubject(vote.body));
  };
  const isKnown = (vote: Vote): boolean => !voice.isOwn(vote) || own.has(voteSubject(vote.body));
  return tapMessages(lying, {
    outgoing: (message) => {
      if (message.kind === "proposal") remember(message.vote);
      if (message.kind === "votes") for (const vote of message.votes) remember(vote);
      return [message];
    },
    incoming: (message) => {
      if (message.kind === "votes") return votesOnly(message.votes.filter(isKnown));
      if (message.kind !== "certificate") return [message];
      const { certificate } = message;
      const votes = votesOf(certificate).filter(isKnown);
      if (votes.length === certificate.signatures.length) return [message];
      if (votes.length < voice.quorumIn(certificate.subject.epoch)) return votesOnly(votes);
      const signatures = votes.map(({ signer, signature }) => ({ signer, signature }));
      return [{ kind: "certificate", certificate: { ...certificate, signatures } }];
    },
  });
}

/** A twin: the honest code with a validator's key, on whatever machine, that never learns of the other one. */
export const unaware =
  (validator: number): Wrap =>
  (transport, world) =>
    unsuspecting(transport, new Voice(world, validator));

const votesOnly = (votes: readonly Vote[]): readonly Message[] =>
  votes.length === 0 ? [] : [{ kind: "votes", votes }];

const votesOf = ({ subject, signatures }: Certificate): readonly Vote[] =>
  signatures.map(({ signer, signature }) => ({ body: subject, signer, signature }));

/**
 * How a certificate arrives makes no difference: whole, from any quorum of signers, or vote by vote in any order.
 *
 * Checked on every local state of a small world, with the real reducer: the state afterwards is the one that the world
 * (world.ts) goes on from. Likewise "later" to a verify or certify, asked again, is the same as no answer yet. This is
 * what allows the world to deliver certificates instead of votes, and to keep fewer states than there are tallies.
 * @module
 */
import type { VoteBody } from "../../src/protocol/vote.ts";
import { HonestNode, inputs } from "./honest-node.ts";
import type { LocalMachine, LocalState } from "./local-machine.ts";
import type { World } from "./world.ts";

export interface ArrivalResult {
  readonly arrivals: number;
  readonly differs: readonly string[];
}

export function checkArrivals(world: World): ArrivalResult {
  const differs: string[] = [];
  let arrivals = 0;
  for (const machine of new Set(world.seats.map((seat) => seat.machine))) {
    // Only states that were met: asking for new ones would not end.
    for (const state of machine.states.slice()) {
      for (const arrival of [...certificatesAt(machine, state), ...latersAt(machine, state)]) {
        arrivals += 1;
        if (!arrival.isSame()) differs.push(`${machine.path(state)}: ${arrival.words}`);
      }
    }
  }
  return { arrivals, differs };
}

interface Arrival {
  readonly words: string;
  readonly isSame: () => boolean;
}

function nodeAt(machine: LocalMachine, state: LocalState): HonestNode {
  const node = new HonestNode(machine.options);
  for (const code of machine.path(state)) node.take(code);
  return node;
}

function certificatesAt(machine: LocalMachine, state: LocalState): Arrival[] {
  const { universe, self } = machine.options;
  const arrivals: Arrival[] = [];
  for (const { bit, body, line } of universe.bodies) {
    // Only what the world has delivered to this state: what a pool has ever held.
    if ((state.wantedCertificates & (1 << bit)) === 0) continue;
    if ((state.next[inputs.certificate + bit] ?? -1) < 0) continue;
    const hasCast = (state.votes & (1 << bit)) !== 0;
    const all = [0, 1, 2, 3].filter((signer) => signer !== self || hasCast);
    for (const without of all.length === 4 ? all : [-1]) {
      const signers = all.filter((signer) => signer !== without);
      arrivals.push({
        words: `${line} of ${signers}`,
        isSame: () => {
          const plain = nodeAt(machine, state);
          plain.take(inputs.certificate + bit);
          const other = nodeAt(machine, state);
          other.takeCertificateOf(body, signers);
          return (
            plain.fingerprint(machine.options.withCrashes) ===
            other.fingerprint(machine.options.withCrashes)
          );
        },
      });
      for (const order of rotations(signers)) {
        arrivals.push({
          words: `${line} vote by vote of ${order}`,
          isSame: () => isSameVoteByVote(machine, state, { bit, body, order }),
        });
      }
    }
  }
  return arrivals;
}

function isSameVoteByVote(
  machine: LocalMachine,
  state: LocalState,
  {
    bit,
    body,
    order,
  }: { readonly bit: number; readonly body: VoteBody; readonly order: readonly number[] },
): boolean {
  const { self, withCrashes } = machine.options;
  const voted = nodeAt(machine, state);
  if (body.view > voted.consensus.view + 1) return true; // Votes that far ahead are not kept.
  const plain = nodeAt(machine, state);
  const leader = plain.consensus.leader(body.view);
  for (const [at, signer] of order.entries()) {
    voted.takeVoteOf(body, signer);
    // The leader's vote tells something by itself, unless the quorum comes with it.
    const isTelling = signer === leader && signer !== self && body.kind !== "finalize";
    if (isTelling && at < order.length - 1) plain.take(inputs.leaderVote + bit);
  }
  // A vote that conflicts with an earlier one of its signer is never counted: no quorum this way.
  if (voted.consensus.wantsCertificate(body)) return true;
  plain.take(inputs.certificate + bit);
  return voted.fingerprint(withCrashes) === plain.fingerprint(withCrashes);
}

function latersAt(machine: LocalMachine, state: LocalState): Arrival[] {
  return state.answers
    .filter((code) => code >= inputs.verified && code < inputs.crash)
    .map((code) => ({
      words: `later to ${code}`,
      isSame: () => {
        const { withCrashes } = machine.options;
        const plain = nodeAt(machine, state);
        const before = plain.fingerprint(withCrashes);
        // In an older view, or with a notarization, nothing is verified again: "later" is then no answer for ever.
        if (!plain.takeLater(code)) return true;
        return plain.fingerprint(withCrashes) === before;
      },
    }));
}

function rotations(signers: readonly number[]): number[][] {
  return signers.map((_, at) => [...signers.slice(at), ...signers.slice(0, at)]);
}

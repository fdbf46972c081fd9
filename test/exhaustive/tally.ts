/**
 * Every order in which the votes of one view can come to the real tally, compared with what counting them says.
 *
 * The world (world.ts) delivers quorums as certificates; that is right only if the tally says "quorum" exactly when a
 * third validator signs one subject, never counts a second vote of a signer, and blames nobody who kept to the rules.
 * @module
 */
import { VoteTally } from "../../src/consensus/vote-tally.ts";
import type { Verified } from "../../src/protocol/verified.ts";
import { type Vote, type VoteBody, voteSubject } from "../../src/protocol/vote.ts";
import { vote } from "../unit/consensus/scene.ts";

const quorum = 3;

interface Cast {
  readonly signer: number;
  readonly body: VoteBody;
  readonly vote: Verified<Vote>;
}

/** What a signer's votes come to: the first of each kind counts, a different second one is proof against it. */
interface Counted {
  readonly first: ReadonlyMap<string, VoteBody>;
  readonly blamed: ReadonlySet<string>;
}

export interface TallyResult {
  readonly states: number;
  readonly votes: number;
  readonly flaw: string | undefined;
}

/** Explores all orders of all these bodies from four signers, repetitions included. */
export function exploreTally(bodies: readonly VoteBody[]): TallyResult {
  const casts = [0, 1, 2, 3].flatMap((signer) =>
    bodies.map((body) => ({ signer, body, vote: vote(signer, body) })),
  );
  const start: Counted = { first: new Map(), blamed: new Set() };
  const queue: { readonly counted: Counted; readonly path: readonly Cast[] }[] = [
    { counted: start, path: [] },
  ];
  const seen = new Set([name(start)]);
  let votes = 0;
  for (let at = 0; at < queue.length; at += 1) {
    const state = queue[at];
    if (state === undefined) break;
    for (const cast of casts) {
      const tally = new VoteTally({ quorum });
      for (const before of state.path) tally.add(before.vote);
      votes += state.path.length + 1;
      const flaw = judge(tally, state.counted, cast);
      const path = [...state.path, cast];
      if (flaw !== undefined) return { states: seen.size, votes, flaw: `${flaw}: ${words(path)}` };
      const counted = count(state.counted, cast);
      if (seen.has(name(counted))) continue;
      seen.add(name(counted));
      queue.push({ counted, path });
    }
  }
  return { states: seen.size, votes, flaw: undefined };
}

const slot = ({ signer, body }: Cast): string => `${signer}/${body.kind}`;

function sameSubject({ first }: Counted, body: VoteBody): number {
  return [...first.values()].filter((held) => voteSubject(held) === voteSubject(body)).length;
}

/** The sort of evidence that this vote completes, told once. */
function evidence({ first, blamed }: Counted, cast: Cast): string | undefined {
  const { signer, body } = cast;
  const held = first.get(slot(cast));
  let sort: string | undefined;
  if (held !== undefined && voteSubject(held) !== voteSubject(body)) sort = slot(cast);
  const isTwoSided =
    (body.kind === "nullify" && first.has(`${signer}/finalize`)) ||
    (body.kind === "finalize" && first.has(`${signer}/nullify`));
  if (held === undefined && isTwoSided) sort = `${signer}/both sides`;
  return sort === undefined || blamed.has(sort) ? undefined : sort;
}

function count(before: Counted, cast: Cast): Counted {
  const first = new Map(before.first);
  const blamed = new Set(before.blamed);
  const sort = evidence(before, cast);
  if (sort !== undefined) blamed.add(sort);
  if (!first.has(slot(cast))) first.set(slot(cast), cast.body);
  return { first, blamed };
}

function judge(tally: VoteTally, before: Counted, cast: Cast): string | undefined {
  const held = before.first.get(slot(cast));
  const isRepeated = held !== undefined && voteSubject(held) === voteSubject(cast.body);
  const others = sameSubject(before, cast.body);
  const counts = held === undefined;
  const expected = isRepeated
    ? "duplicate"
    : !counts
      ? "conflict"
      : others + 1 === quorum
        ? "quorum"
        : "added";
  const { standing, votes, fault } = tally.add(cast.vote);
  if (standing !== expected) return `${standing} instead of ${expected}`;
  const signers = new Set(votes.map(({ signer }) => signer));
  if (signers.size !== votes.length || votes.length !== others + (counts ? 1 : 0)) {
    return "a signer counted twice, or not at all";
  }
  const sort = evidence(before, cast);
  if ((fault === undefined) !== (sort === undefined)) return "blame without reason, or none";
  if (fault !== undefined && fault.first.signer !== cast.signer) return "the wrong one blamed";
  return undefined;
}

function name({ first, blamed }: Counted): string {
  const held = [...first].map(([at, body]) => `${at}=${voteSubject(body)}`);
  return [...held, ...blamed].toSorted().join(" ");
}

const words = (path: readonly Cast[]): string =>
  path.map(({ signer, body }) => `${signer}: ${voteSubject(body)}`).join(", ");

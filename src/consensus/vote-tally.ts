/**
 * Counts the votes of one view, says when they form a quorum, and notices what no honest validator signs.
 *
 * One slot for each (signer, kind): the first vote takes it. A second, different one is never counted (counting it
 * could let f + 1 liars certify two blocks in a view) but is evidence. Notarize and nullify of one signer is legal;
 * nullify and finalize is not. Evidence is found after a certificate exists, too.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { ValidatorIndex } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import { type Vote, type VoteKind, voteSubject } from "../protocol/vote.ts";

export interface Conflict {
  readonly first: Vote;
  readonly second: Vote;
}

export interface Counted {
  /** "quorum": this vote completed one; said once for each subject. "conflict": not counted. */
  readonly standing: "added" | "quorum" | "duplicate" | "conflict";
  /** The votes of the same subject, this one included. */
  readonly votes: readonly Verified<Vote>[];
  /** Evidence that this vote completes; each signer and each sort of fault once. */
  readonly fault: Conflict | undefined;
}

type Slots = Map<ValidatorIndex, Verified<Vote>>;

export class VoteTally {
  readonly #quorum: number;
  readonly #slots: Readonly<Record<VoteKind, Slots>> = {
    notarize: new Map(),
    nullify: new Map(),
    finalize: new Map(),
  };
  readonly #bySubject = new Map<string, Verified<Vote>[]>();
  readonly #blamed = new Set<string>();

  constructor(options: { readonly quorum: number }) {
    assert(options.quorum > 0, "a quorum has at least one vote");
    this.#quorum = options.quorum;
  }

  add(vote: Verified<Vote>): Counted {
    const slots = this.#slots[vote.body.kind];
    const subject = voteSubject(vote.body);
    const taken = slots.get(vote.signer);
    if (taken !== undefined) {
      const votes = this.#bySubject.get(subject) ?? [];
      if (voteSubject(taken.body) === subject) {
        return { standing: "duplicate", votes, fault: undefined };
      }
      const fault = this.#blame(vote.body.kind, taken, vote);
      return { standing: "conflict", votes, fault };
    }
    slots.set(vote.signer, vote);
    const votes = this.#bySubject.get(subject) ?? [];
    votes.push(vote);
    this.#bySubject.set(subject, votes);
    const standing = votes.length === this.#quorum ? "quorum" : "added";
    return { standing, votes, fault: this.#nullifyFinalize(vote) };
  }

  /** Whether another vote could say anything new: its slot is free, or it would be the first evidence. */
  wants(vote: Vote): boolean {
    const { kind } = vote.body;
    const taken = this.#slots[kind].get(vote.signer);
    if (taken === undefined) return true;
    if (voteSubject(taken.body) === voteSubject(vote.body)) return false;
    return !this.#blamed.has(`${kind}/${vote.signer}`);
  }

  /** Whether somebody's vote of this kind is for another subject than this one. */
  disagrees({ body }: Vote): boolean {
    const subject = voteSubject(body);
    for (const other of this.#slots[body.kind].values()) {
      if (voteSubject(other.body) !== subject) return true;
    }
    return false;
  }

  vote(signer: ValidatorIndex, kind: VoteKind): Verified<Vote> | undefined {
    return this.#slots[kind].get(signer);
  }

  votesOf(signer: ValidatorIndex): readonly Verified<Vote>[] {
    return Object.values(this.#slots).flatMap((slots) => slots.get(signer) ?? []);
  }

  #nullifyFinalize(vote: Verified<Vote>): Conflict | undefined {
    const other = otherSide[vote.body.kind];
    const first = other === undefined ? undefined : this.#slots[other].get(vote.signer);
    return first === undefined ? undefined : this.#blame("nullify-finalize", first, vote);
  }

  #blame(sort: string, first: Vote, second: Vote): Conflict | undefined {
    const name = `${sort}/${second.signer}`;
    if (this.#blamed.has(name)) return undefined;
    this.#blamed.add(name);
    return { first, second };
  }
}

const otherSide: Readonly<Record<VoteKind, VoteKind | undefined>> = {
  notarize: undefined,
  nullify: "finalize",
  finalize: "nullify",
};

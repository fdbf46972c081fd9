/**
 * Everything that anybody could sign in the first views of four validators: a finite list, one bit each.
 *
 * An honest leader builds one block on each parent it may choose; a Byzantine one builds two, `A` and `B`, on each.
 * A block is named after its view, its letter and its parents: `3a.1B` stands in view 3 on block `1B`. Its parent view
 * is the view of its parent block, except for the ill-formed ones (`2!.0`), which claim another parent than they have.
 * @module
 */
import type { BlockId, ValidatorIndex } from "../../src/protocol/ids.ts";
import { view } from "../../src/protocol/ids.ts";
import type { ValidatorSet } from "../../src/protocol/validator-set.ts";
import type { Proposal, VoteBody } from "../../src/protocol/vote.ts";
import {
  block,
  boundary,
  finalize,
  notarize,
  nullify,
  testEpoch,
  validatorSet,
} from "../unit/consensus/scene.ts";

/** A proposal with what the explorer must know of its block. */
export interface KnownProposal {
  readonly index: number;
  readonly name: string;
  readonly proposal: Proposal;
  /** Index of the proposal whose block it really stands on; -1 = the boundary. */
  readonly parent: number;
  /** The same proposal with the letters A and B exchanged in all blocks. */
  mirror: number;
}

/** One thing that can be signed. Its position in the list is its bit in a mask. */
export interface KnownBody {
  readonly bit: number;
  readonly body: VoteBody;
  readonly line: string;
  /** Index of its proposal; -1 for a nullify. */
  readonly proposal: number;
}

export interface UniverseOptions {
  /** Views 1 to this one are played. */
  readonly views: number;
  /** The view that the Byzantine validator leads; 0 = none of those that are played. */
  readonly liarLeads: number;
  /** Whether the Byzantine leader also proposes blocks that do not stand where they claim. */
  readonly illFormed?: boolean;
}

const bitsMax = 30;

export class Universe {
  readonly validators: ValidatorSet = validatorSet(4);
  readonly views: number;
  readonly liar: ValidatorIndex;
  readonly proposals: KnownProposal[] = [];
  readonly bodies: KnownBody[] = [];
  /** Notarize bits of the proposals that the Byzantine leader can make, with its nullify. */
  readonly liarLeaderBits: number;
  readonly #indexOf = new Map<BlockId, number>();
  readonly #bitOf = new Map<string, number>();
  readonly #leaderBits: number[] = [];
  readonly #mirrorBit: number[] = [];

  constructor(options: UniverseOptions) {
    const { views, liarLeads } = options;
    this.views = views;
    this.liar = this.validators.leader(view(liarLeads));
    for (let of = 1; of <= views; of += 1) this.#addView(of, options);
    this.#mirror();
    for (let signer = 0; signer < 4; signer += 1) {
      let bits = 0;
      for (const { bit, body } of this.bodies) {
        const leads = this.validators.leader(body.view) === signer;
        if (leads && body.kind !== "finalize") bits |= 1 << bit;
      }
      this.#leaderBits[signer] = bits;
    }
    this.liarLeaderBits = this.leaderBits(this.liar);
  }

  /** The notarize and nullify bits of the views that a validator leads: the votes that matter one by one. */
  leaderBits(signer: number): number {
    return this.#leaderBits[signer] ?? 0;
  }

  indexOf(proposal: Proposal | undefined): number {
    if (proposal === undefined || proposal.blockId === boundary) return -1;
    const index = this.#indexOf.get(proposal.blockId);
    if (index === undefined) throw new Error(`no such proposal in view ${proposal.view}`);
    return index;
  }

  at(index: number): KnownProposal {
    const known = this.proposals[index];
    if (known === undefined) throw new Error(`no proposal ${index}`);
    return known;
  }

  body(bit: number): KnownBody {
    const known = this.bodies[bit];
    if (known === undefined) throw new Error(`no body ${bit}`);
    return known;
  }

  bitOf(body: VoteBody): number {
    const name = body.kind === "nullify" ? `nullify ${body.view}` : `${body.kind} ${body.blockId}`;
    const bit = this.#bitOf.get(name);
    if (bit === undefined) throw new Error(`outside of the universe: ${name}`);
    return bit;
  }

  mirrorBit(bit: number): number {
    return this.#mirrorBit[bit] ?? bit;
  }

  /** The block that a leader builds; undefined if the universe has none there. */
  built(of: number, parent: Proposal): KnownProposal | undefined {
    const on = this.indexOf(parent);
    return this.proposals.find((known) => known.proposal.view === of && known.parent === on);
  }

  /** Whether a proposal stands on the block that it claims to stand on. */
  isWellFormed(proposal: Proposal, parent: Proposal): boolean {
    return this.at(this.indexOf(proposal)).parent === this.indexOf(parent);
  }

  descends(index: number, from: number): boolean {
    for (let at = index; at >= 0; at = this.at(at).parent) if (at === from) return true;
    return false;
  }

  #addView(of: number, { liarLeads, illFormed = false }: UniverseOptions): void {
    const parents = [-1, ...this.proposals.filter(isHonest).map(({ index }) => index)];
    for (const parent of parents) {
      for (const letter of of === liarLeads ? ["A", "B"] : ["a"])
        this.#addProposal(of, letter, parent);
    }
    if (of === liarLeads && illFormed && of > 1) {
      const first = this.proposals.findIndex(({ proposal }) => proposal.view === 1);
      this.#addProposal(of, "!", first, 0);
    }
    this.#addBody(nullify(of), -1, `nullify ${of}`);
  }

  #addProposal(of: number, letter: string, parent: number, claimed?: number): void {
    const on = parent < 0 ? undefined : this.at(parent);
    const name = on === undefined ? `${of}${letter}` : `${of}${letter}.${on.name}`;
    const parentView = view(claimed ?? on?.proposal.view ?? 0);
    const blockId = block(name);
    const index = this.proposals.length;
    const proposal: Proposal = { epoch: testEpoch, view: view(of), parentView, blockId };
    this.proposals.push({ index, name, proposal, parent, mirror: index });
    this.#indexOf.set(blockId, index);
    this.#addBody(notarize(proposal), index, `notarize ${name}`);
    this.#addBody(finalize(proposal), index, `finalize ${name}`);
  }

  #addBody(body: VoteBody, proposal: number, line: string): void {
    const bit = this.bodies.length;
    if (bit >= bitsMax) throw new Error("too many bodies for one mask");
    this.bodies.push({ bit, body, line, proposal });
    const name = body.kind === "nullify" ? `nullify ${body.view}` : `${body.kind} ${body.blockId}`;
    this.#bitOf.set(name, bit);
  }

  #mirror(): void {
    for (const known of this.proposals) {
      const name = known.name.replaceAll(/[AB]/g, (letter) => (letter === "A" ? "B" : "A"));
      known.mirror = this.proposals.find((other) => other.name === name)?.index ?? known.index;
    }
    for (const { bit, body, proposal } of this.bodies) {
      const mirror = proposal < 0 ? -1 : this.at(proposal).mirror;
      if (body.kind === "nullify" || mirror < 0) this.#mirrorBit[bit] = bit;
      else this.#mirrorBit[bit] = this.bitOf({ ...this.at(mirror).proposal, kind: body.kind });
    }
  }
}

const isHonest = ({ name }: KnownProposal): boolean => !name.includes("!");

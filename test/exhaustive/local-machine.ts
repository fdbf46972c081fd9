/**
 * All states that one honest validator can be in, as numbers, made as they are asked for.
 *
 * A reducer cannot be copied, so a state is kept as the inputs that first led to it and is made again by replaying
 * them; each transition (state, input) is computed once. Two runs that lead to equal fingerprints lead to one number.
 * Nothing here knows of other validators: what can be delivered is asked with a mask of the pool.
 * @module
 */
import { HonestNode, inputs, type NodeOptions } from "./honest-node.ts";
import { broken } from "./safety.ts";

/** What a validator could be handed: certificates that can be formed, and votes that leaders have signed. */
export interface Available {
  readonly certificates: number;
  readonly leaderVotes: number;
}

export interface LocalState {
  readonly id: number;
  readonly parent: LocalState | undefined;
  readonly code: number;
  /** Own votes of all lives, as a mask of bodies. */
  readonly votes: number;
  readonly wantedCertificates: number;
  readonly wantedVotes: number;
  readonly answers: readonly number[];
  /** A promise that this validator has broken. */
  readonly flaw: string | undefined;
  readonly next: Int32Array;
}

export interface LocalOptions extends NodeOptions {
  readonly withCrashes: boolean;
}

const codesMax = 96;
/** Nodes kept for the first transition out of their state, which then needs no replay. */
const sparesMax = 2_000;

export class LocalMachine {
  readonly states: LocalState[] = [];
  readonly options: LocalOptions;
  /** Inputs that the reducers took, replays included. */
  steps = 0;
  readonly #ids = new Map<string, number>();
  readonly #spares = new Map<number, HonestNode>();
  readonly #mirrored = new Map<number, number>();

  constructor(options: LocalOptions) {
    this.options = options;
    this.#intern(new HonestNode(options), undefined, 0);
  }

  state(id: number): LocalState {
    const state = this.states[id];
    if (state === undefined) throw new Error(`no local state ${id}`);
    return state;
  }

  /** The state after one input. */
  step(from: LocalState, code: number): LocalState {
    const known = from.next[code] ?? -1;
    if (known >= 0) return this.state(known);
    const node = this.#spares.get(from.id) ?? this.#replayed(from);
    this.#spares.delete(from.id);
    node.take(code);
    this.steps += 1;
    const next = this.#intern(node, from, code);
    from.next[code] = next.id;
    return next;
  }

  /** The codes of all inputs that can come now and would change anything. */
  enabled(from: LocalState, { certificates, leaderVotes }: Available): number[] {
    const codes = [...from.answers];
    pushBits(codes, inputs.certificate, from.wantedCertificates & certificates);
    pushBits(codes, inputs.leaderVote, from.wantedVotes & leaderVotes);
    return codes;
  }

  /** The codes that led here, from the start. */
  path(to: LocalState): readonly number[] {
    const codes: number[] = [];
    for (let at = to; at.parent !== undefined; at = at.parent) codes.push(at.code);
    return codes.reverse();
  }

  /** The same state with the two blocks of the Byzantine leader exchanged. */
  mirror(id: number): number {
    const known = this.#mirrored.get(id);
    if (known !== undefined) return known;
    const { universe } = this.options;
    let at = this.state(0);
    for (const code of this.path(this.state(id))) {
      const isBit = code < inputs.timeOut;
      const base = code < inputs.leaderVote ? inputs.certificate : inputs.leaderVote;
      at = this.step(at, isBit ? base + universe.mirrorBit(code - base) : code);
    }
    this.#mirrored.set(id, at.id);
    this.#mirrored.set(at.id, id);
    return at.id;
  }

  #replayed(state: LocalState): HonestNode {
    const node = new HonestNode(this.options);
    for (const code of this.path(state)) {
      node.take(code);
      this.steps += 1;
    }
    return node;
  }

  #intern(node: HonestNode, parent: LocalState | undefined, code: number): LocalState {
    const { withCrashes, universe } = this.options;
    const fingerprint = node.fingerprint(withCrashes);
    const known = this.#ids.get(fingerprint);
    if (known !== undefined) return this.state(known);
    const id = this.states.length;
    const state: LocalState = {
      id,
      parent,
      code,
      votes: node.votes,
      wantedCertificates: node.wantedCertificates,
      wantedVotes: node.wantedVotes,
      answers: node.answers(withCrashes),
      flaw: broken(universe, node.votes),
      next: new Int32Array(codesMax).fill(-1),
    };
    this.states.push(state);
    this.#ids.set(fingerprint, id);
    if (this.#spares.size < sparesMax) this.#spares.set(id, node);
    return state;
  }
}

function pushBits(codes: number[], base: number, mask: number): void {
  for (let rest = mask; rest !== 0; rest &= rest - 1)
    codes.push(base + 31 - Math.clz32(rest & -rest));
}

/**
 * All interleavings of the honest validators of a small universe, with everything that a Byzantine one can do.
 *
 * What is explored. The pool of messages only grows: a signed vote can be delivered to anybody at any later time, or
 * never, once or often. So what a validator can be handed depends on the votes cast so far and on nothing else, and a
 * state of the world is one local state for each honest validator. The Byzantine validator has signed everything.
 *
 * What is left out, and why no violation is lost:
 * - *Steps that cast no vote* (deliveries, answers, time-outs that come to nothing) change only their own validator.
 *   They are put off until just before that validator's next vote: what could be delivered earlier still can be later.
 *   So a step here is "some silent steps of one validator, then one that casts a vote".
 * - *Of two states after a vote* with the same own votes, one of which leads to the other by silent steps, only the
 *   first is kept: it can do whatever the other can.
 * - *Symmetry.* The two blocks of the Byzantine leader can be exchanged, and so can honest validators that lead none of
 *   the views.
 * - *Votes one by one.* A vote matters alone only when it comes from the leader of its view (its proposal, its
 *   nullify); all others matter when there is a quorum, which is delivered as a certificate. That the tally finds a
 *   quorum exactly when there is one is explored apart (tally.ts), and that it makes no difference how a certificate
 *   arrives is checked on every local state of a smaller world (arrival.ts).
 * - *What is idle.* Of a local state is left out what can never decide anything again (state-text.ts). The searches with
 *   a rule taken away keep all of it, and come to the same result where the rule has a second lock.
 * - *The application.* A block is valid exactly if it stands where its proposal says. What a quorum notarized is found
 *   good when certified, at any time or never; that it is found bad is not explored. An honest leader may decline.
 * - *Time.* A deadline may come at any moment while it is armed, however short or long it is.
 * @module
 */
import type { VotingRules } from "../../src/consensus/voting-rules.ts";
import { view } from "../../src/protocol/ids.ts";
import { KeyTable } from "./key-table.ts";
import { type Available, LocalMachine, type LocalState } from "./local-machine.ts";
import { violation } from "./safety.ts";
import { type Seat, StateNames } from "./state-names.ts";
import { Universe, type UniverseOptions } from "./universe.ts";

export interface WorldOptions extends UniverseOptions {
  /** Whether honest validators may crash at any moment, and come back with what their disks surely hold. */
  readonly withCrashes?: boolean;
  readonly rules?: VotingRules;
  readonly forgetful?: boolean;
  readonly forgets?: boolean;
  /** One more than the quorum is made for: the world must then break. */
  readonly secondLiar?: boolean;
  readonly statesMax?: number;
}

export interface Found {
  readonly sentence: string;
  /** One for each vote cast: place in the table of states, from the first. */
  readonly places: readonly number[];
}

const classMax = 1 << 22;

export class World {
  readonly universe: Universe;
  readonly seats: readonly Seat[];
  readonly table: KeyTable = new KeyTable();
  /** Votes cast from a state, in all states. */
  transitions = 0;
  /** Bodies of which a certificate could be formed in some state. */
  formed = 0;
  isComplete = false;
  readonly #options: WorldOptions;
  readonly #names: StateNames;
  readonly #honestNeeded: number;
  readonly #liarVotes: number;
  readonly #judged = new Map<number, string | undefined>();
  readonly #classes = new Map<string, number>();
  readonly #moves = new Map<LocalMachine, Map<number, readonly number[]>>();
  #parents = new Int32Array(1 << 12);
  #stamps = new Int32Array(1 << 12);
  #stamp = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    const universe = new Universe(options);
    this.universe = universe;
    const liars = [universe.liar as number];
    if (options.secondLiar === true) liars.push((universe.liar + 1) % 4);
    this.#honestNeeded = universe.validators.quorum - liars.length;
    this.#liarVotes = liars.reduce((bits, liar) => bits | universe.leaderBits(liar), 0);
    this.seats = this.#seated([0, 1, 2, 3].filter((position) => !liars.includes(position)));
    this.#names = new StateNames(this.seats, { hasMirror: options.liarLeads > 0 });
    for (const { machine } of this.seats) this.#moves.set(machine, new Map());
  }

  /** Visits every state, or stops at the first violation, which is one with the fewest votes. */
  explore(): Found | undefined {
    this.table.add(this.nameOf(this.seats.map(() => 0)));
    const { statesMax = Number.POSITIVE_INFINITY } = this.#options;
    for (let place = 0; place < this.table.size; place += 1) {
      if (this.table.size > statesMax) return undefined;
      const found = this.#expand(place);
      if (found !== undefined) return found;
    }
    this.isComplete = true;
    return undefined;
  }

  /** Ids of the local states, seat by seat. */
  idsAt(place: number): number[] {
    return this.#names.ids(this.table.at(place));
  }

  parentOf(place: number): number {
    return this.#parents[place] ?? 0;
  }

  /** What the validator of a seat can be handed when all are in the given states. */
  available(ids: readonly number[], seat: number): Available {
    let leaderVotes = this.#liarVotes;
    this.seats.forEach(({ position }, other) => {
      if (other !== seat)
        leaderVotes |= this.#votes(ids, other) & this.universe.leaderBits(position);
    });
    return { certificates: this.#certificates(ids), leaderVotes };
  }

  /** The same for states that are the same but for names. */
  nameOf(ids: readonly number[]): number {
    return this.#names.name(ids);
  }

  /** States after the next vote of one validator. */
  moves(seat: number, id: number, available: Available): readonly number[] {
    const { machine } = this.#seat(seat);
    const key = id * classMax + this.#classOf(available);
    const memo = this.#moves.get(machine);
    const known = memo?.get(key);
    if (known !== undefined) return known;
    const after: number[] = [];
    this.silently(machine, machine.state(id), available, (next) => after.push(next.id));
    const found = this.#withoutLater(machine, [...new Set(after)], available);
    if (memo !== undefined && memo.size > 8_000_000) memo.clear();
    memo?.set(key, found);
    return found;
  }

  /** Visits every state that silent steps lead to; tells of each state after a vote. */
  silently(
    machine: LocalMachine,
    from: LocalState,
    available: Available,
    voted: (next: LocalState, before: LocalState, code: number) => void,
    silent: (next: LocalState, before: LocalState, code: number) => void = () => {},
  ): void {
    this.#stamp += 1;
    const stamp = this.#stamp;
    const queue = [from];
    this.#mark(from.id, stamp);
    for (let at = 0; at < queue.length; at += 1) {
      const before = queue[at];
      if (before === undefined) break;
      for (const code of machine.enabled(before, available)) {
        const next = machine.step(before, code);
        if (next.votes !== from.votes) voted(next, before, code);
        else if (this.#stamps[next.id] !== stamp) {
          this.#mark(next.id, stamp);
          silent(next, before, code);
          queue.push(next);
        }
      }
    }
  }

  #expand(place: number): Found | undefined {
    const ids = this.idsAt(place);
    for (let seat = 0; seat < ids.length; seat += 1) {
      const from = ids[seat] ?? 0;
      const { machine } = this.#seat(seat);
      for (const next of this.moves(seat, from, this.available(ids, seat))) {
        this.transitions += 1;
        const after = ids.with(seat, next);
        const added = this.table.add(this.nameOf(after));
        if (added >= 0) continue;
        const where = -1 - added;
        this.#remember(where, place);
        const sentence = machine.state(next).flaw ?? this.#judge(this.#certificates(after));
        if (sentence !== undefined) return { sentence, places: this.#wayTo(where) };
      }
    }
    return undefined;
  }

  /** Of two states, one of which silently leads to the other, only the first. */
  #withoutLater(machine: LocalMachine, ids: readonly number[], available: Available): number[] {
    const later = new Set<number>();
    for (const id of ids) {
      if (later.has(id)) continue;
      const from = machine.state(id);
      const rivals = ids.filter((other) => other !== id && !later.has(other));
      if (!rivals.some((other) => machine.state(other).votes === from.votes)) continue;
      this.silently(
        machine,
        from,
        available,
        () => {},
        (next) => {
          if (next.id !== id) later.add(next.id);
        },
      );
    }
    return ids.filter((id) => !later.has(id));
  }

  #wayTo(place: number): readonly number[] {
    const places = [place];
    for (let at = place; at !== 0; at = this.parentOf(at)) places.push(this.parentOf(at));
    return places.reverse();
  }

  #remember(place: number, parent: number): void {
    if (place >= this.#parents.length) {
      const parents = new Int32Array(this.#parents.length * 2);
      parents.set(this.#parents);
      this.#parents = parents;
    }
    this.#parents[place] = parent;
  }

  #mark(id: number, stamp: number): void {
    if (id >= this.#stamps.length) {
      const stamps = new Int32Array(Math.max(id + 1, this.#stamps.length * 2));
      stamps.set(this.#stamps);
      this.#stamps = stamps;
    }
    this.#stamps[id] = stamp;
  }

  #judge(certificates: number): string | undefined {
    const known = this.#judged.get(certificates);
    if (known !== undefined || this.#judged.has(certificates)) return known;
    const sentence = violation(this.universe, certificates);
    this.#judged.set(certificates, sentence);
    this.formed |= certificates;
    return sentence;
  }

  /** Bodies that enough honest validators have signed. */
  #certificates(ids: readonly number[]): number {
    let one = 0;
    let two = 0;
    for (let seat = 0; seat < ids.length; seat += 1) {
      const votes = this.#votes(ids, seat);
      two |= one & votes;
      one |= votes;
    }
    return this.#honestNeeded === 1 ? one : two;
  }

  #votes(ids: readonly number[], seat: number): number {
    return this.#seat(seat).machine.state(ids[seat] ?? 0).votes;
  }

  #classOf({ certificates, leaderVotes }: Available): number {
    const name = `${certificates}/${leaderVotes}`;
    const known = this.#classes.get(name);
    if (known !== undefined) return known;
    const next = this.#classes.size;
    if (next >= classMax) throw new Error("too many pools");
    this.#classes.set(name, next);
    return next;
  }

  #seated(positions: readonly number[]): readonly Seat[] {
    const { universe } = this;
    const { rules, forgetful = false, forgets, withCrashes = false, views } = this.#options;
    let shared: LocalMachine | undefined;
    const seats = positions.map((position) => {
      const make = (): LocalMachine =>
        new LocalMachine({
          universe,
          self: position,
          withCrashes,
          forgetful,
          ...(rules === undefined ? {} : { rules }),
          ...(forgets === undefined ? {} : { forgets }),
        });
      const leads = Array.from({ length: views }, (_, at) => view(at + 1)).some(
        (of) => universe.validators.leader(of) === position,
      );
      if (leads) return { position, machine: make() };
      shared ??= make();
      return { position, machine: shared };
    });
    // Those who share a machine sit side by side.
    return seats.toSorted((a, b) => Number(a.machine === shared) - Number(b.machine === shared));
  }

  #seat(seat: number): Seat {
    const found = this.seats[seat];
    if (found === undefined) throw new Error(`no seat ${seat}`);
    return found;
  }
}

/**
 * One number for each state of the world, the same for states that are the same but for names.
 *
 * Validators that lead no view share a machine, and their local states are listed in ascending order. Only local
 * states in which a validator waits between two of its votes get a short number: three of them fit into 51 bits.
 * @module
 */
import type { LocalMachine } from "./local-machine.ts";

export interface Seat {
  readonly position: number;
  readonly machine: LocalMachine;
}

const localBits = 17;
const localMax = 2 ** localBits;

export class StateNames {
  readonly #seats: readonly Seat[];
  readonly #hasMirror: boolean;
  readonly #short = new Map<LocalMachine, Map<number, number>>();
  readonly #long = new Map<LocalMachine, number[]>();
  /** The first of those who share a machine; they sit side by side, at the end. */
  readonly #sharedFrom: number;

  constructor(seats: readonly Seat[], options: { readonly hasMirror: boolean }) {
    this.#seats = seats;
    this.#hasMirror = options.hasMirror;
    const shares = ({ machine }: Seat, at: number): boolean => machine === seats[at + 1]?.machine;
    const shared = seats.findIndex(shares);
    this.#sharedFrom = shared < 0 ? seats.length : shared;
    for (const { machine } of seats) {
      this.#short.set(machine, new Map());
      this.#long.set(machine, []);
    }
  }

  /** The name of a state and of all that are the same but for names. `ids` are local states, seat by seat. */
  name(ids: readonly number[]): number {
    const plain = this.#packed(ids);
    if (!this.#hasMirror) return plain;
    const mirrored = ids.map((id, seat) => this.#seats[seat]?.machine.mirror(id) ?? id);
    return Math.min(plain, this.#packed(mirrored));
  }

  /** Local states, seat by seat, of one of the states with this name. */
  ids(name: number): number[] {
    const ids: number[] = [];
    let rest = name;
    for (const { machine } of this.#seats.toReversed()) {
      ids.unshift(this.#long.get(machine)?.[rest % localMax] ?? 0);
      rest = Math.floor(rest / localMax);
    }
    return ids;
  }

  #packed(ids: readonly number[]): number {
    const short = ids.map((id, seat) => this.#shortened(seat, id));
    const from = this.#sharedFrom;
    const sorted =
      from === short.length
        ? short
        : [...short.slice(0, from), ...short.slice(from).toSorted((a, b) => a - b)];
    return sorted.reduce((name, id) => name * localMax + id, 0);
  }

  #shortened(seat: number, id: number): number {
    const machine = this.#seats[seat]?.machine;
    const short = machine && this.#short.get(machine);
    const long = machine && this.#long.get(machine);
    if (short === undefined || long === undefined) throw new Error(`no seat ${seat}`);
    const known = short.get(id);
    if (known !== undefined) return known;
    if (long.length >= localMax) throw new Error("too many local states");
    short.set(id, long.length);
    long.push(id);
    return long.length - 1;
  }
}

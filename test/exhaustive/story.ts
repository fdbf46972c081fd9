/**
 * The way to a violation, told: for each vote cast, who cast it and what it was handed before.
 *
 * States are kept under names that hide the symmetry, so the way is walked again from the start: at each step, the
 * validator and the move are sought that lead to the next name.
 * @module
 */
import { crashes, inputs } from "./honest-node.ts";
import type { LocalMachine, LocalState } from "./local-machine.ts";
import type { Universe } from "./universe.ts";
import type { Found, World } from "./world.ts";

/** One line for each vote cast, the violation last. */
export function story(world: World, found: Found): readonly string[] {
  const lines: string[] = [];
  let ids: readonly number[] = world.idsAt(found.places[0] ?? 0);
  for (const place of found.places.slice(1)) {
    const name = world.table.at(place);
    const step = stepTo(world, ids, name);
    if (step === undefined) throw new Error("the way to the violation cannot be walked again");
    lines.push(line(world, ids, step));
    ids = ids.with(step.seat, step.next);
  }
  return [...lines, found.sentence];
}

interface Step {
  readonly seat: number;
  readonly next: number;
}

function stepTo(world: World, ids: readonly number[], name: number): Step | undefined {
  for (let seat = 0; seat < ids.length; seat += 1) {
    for (const next of world.moves(seat, ids[seat] ?? 0, world.available(ids, seat))) {
      if (world.nameOf(ids.with(seat, next)) === name) return { seat, next };
    }
  }
  return undefined;
}

function line(world: World, ids: readonly number[], { seat, next }: Step): string {
  const found = world.seats[seat];
  if (found === undefined) throw new Error(`no seat ${seat}`);
  const { machine, position } = found;
  const from = machine.state(ids[seat] ?? 0);
  const codes = shortestWay(world, machine, from, next, world.available(ids, seat));
  const cast = machine.state(next).votes & ~from.votes;
  const bodies = world.universe.bodies.filter(({ bit }) => (cast & (1 << bit)) !== 0);
  const before = codes.map((code) => named(world.universe, code)).join(", ");
  return `validator ${position}: ${before} → ${bodies.map((body) => body.line).join(", ")}`;
}

function shortestWay(
  world: World,
  machine: LocalMachine,
  from: LocalState,
  to: number,
  available: Parameters<World["silently"]>[2],
): readonly number[] {
  const cameBy = new Map<number, { readonly before: LocalState; readonly code: number }>();
  const note = (next: LocalState, before: LocalState, code: number): void => {
    if (!cameBy.has(next.id)) cameBy.set(next.id, { before, code });
  };
  world.silently(machine, from, available, note, note);
  const codes: number[] = [];
  for (let at = to; at !== from.id; ) {
    const came = cameBy.get(at);
    if (came === undefined) throw new Error("a move that cannot be walked again");
    codes.unshift(came.code);
    at = came.before.id;
  }
  return codes;
}

/** An input, in words. */
export function named(universe: Universe, code: number): string {
  if (code < inputs.leaderVote) return `certificate "${universe.body(code).line}"`;
  if (code < inputs.timeOut) return `leader's "${universe.body(code - inputs.leaderVote).line}"`;
  if (code === inputs.timeOut) return "time-out";
  if (code === inputs.stir) return "has work";
  if (code === inputs.proposed) return "builds a block";
  if (code === inputs.declined) return "declines to build";
  if (code < inputs.certified) return `has verified view ${code - inputs.verified}`;
  if (code < inputs.crash) return `has certified view ${code - inputs.certified}`;
  return `crash (${crashes[code - inputs.crash]})`;
}

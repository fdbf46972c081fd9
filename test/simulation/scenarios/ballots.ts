/**
 * Membership in scenarios: operators vote, epochs pass, and somebody looks who is a member now.
 * @module
 */
import { createNativeSigner } from "../../../node/adapters/native-crypto.ts";
import { seedOf } from "../world/network-of-nodes.ts";
import { demand } from "../world/safety-violation.ts";
import type { World } from "../world/world.ts";

/** Heights in an epoch of these scenarios: the fewest that there may be. */
export const epochLength = 10;
const finalWithinMs = 30_000;

export const membersAtGenesis = (world: World): readonly number[] => [
  ...world.validators.validators.keys(),
];

/** Operators cast their votes; returns when all of them are final. */
export async function vote(
  world: World,
  cast: (operators: World["operators"]) => void,
): Promise<void> {
  cast(world.operators);
  await world.run(finalWithinMs, () => world.operators.isDone);
  demand(world.operators.isDone, "votes of operators are not final");
}

/** They vote for a new key for a member, put on its machine, which must be down: it holds the key from its next start on. */
export function rotate(world: World, voters: readonly number[], number: number): void {
  const signer = world.watch(createNativeSigner(seedOf(world.random)), number);
  world.nodes[number]?.addKey(signer);
  world.operators.voteIn(voters, number, signer);
}

/** Of the honest nodes that are up, the furthest. */
export const epochOf = (world: World): number =>
  Math.max(0, ...world.honest.map(({ queries }) => queries?.status().epoch ?? 0));

/** Until some honest node has come so far. */
export async function reachEpoch(world: World, epoch: number, withinMs = 60_000): Promise<void> {
  await world.run(withinMs, () => epochOf(world) >= epoch);
  demand(epochOf(world) >= epoch, `epoch ${epochOf(world)} of ${epoch}`);
}

export const epochsPass = (world: World, epochs: number): Promise<void> =>
  reachEpoch(world, epochOf(world) + epochs);

/** The nodes whose operators are members in the newest epoch that some honest node has reached. */
export function membersOf(world: World): readonly number[] {
  const furthest = world.honest
    .filter(({ queries }) => queries !== undefined)
    .toSorted((a, b) => (b.queries?.status().epoch ?? 0) - (a.queries?.status().epoch ?? 0))[0];
  const members = furthest?.queries?.validators() ?? [];
  return members
    .flatMap(({ validator }) => world.numberOfName(validator.name) ?? [])
    .toSorted((a, b) => a - b);
}

export function demandMembers(world: World, expected: readonly number[]): void {
  const members = membersOf(world).join();
  const wanted = expected.toSorted((a, b) => a - b).join();
  demand(members === wanted, `members are ${members} instead of ${wanted}`);
}

/** Runs until the members are these. */
export async function reachMembers(
  world: World,
  expected: readonly number[],
  withinMs = 60_000,
): Promise<void> {
  const wanted = expected.toSorted((a, b) => a - b).join();
  await world.run(withinMs, () => membersOf(world).join() === wanted);
  demandMembers(world, expected);
}

/** The height that ends the epoch after the last final block. */
export const epochEnd = (world: World): number =>
  (Math.floor(world.checkers.lastHeight / epochLength) + 1) * epochLength;

/** Everything that a validator has signed since some line of the trace: epoch and view of each vote. */
export function signedSince(
  world: World,
  validator: number,
  line: number,
): readonly { readonly epoch: number; readonly view: number }[] {
  const said = new RegExp(` validator ${validator} signs \\w+ (\\d+)/(\\d+)`);
  return world.trace.slice(line).flatMap((text) => {
    const found = said.exec(text);
    return found === null ? [] : [{ epoch: Number(found[1]), view: Number(found[2]) }];
  });
}

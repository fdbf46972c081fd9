/**
 * Membership in scenarios: operators vote, epochs pass, and somebody looks who is a member now.
 * @module
 */
import { createNativeSigner, nativeHasher } from "../../../node/adapters/native-crypto.ts";
import type { TransactionId } from "../../../src/protocol/ids.ts";
import { signPossession } from "../../../src/protocol/membership.ts";
import type { VoteBody } from "../../../src/protocol/operations.ts";
import {
  chainTag,
  nameTransaction,
  signWithSingleKey,
  type Transaction,
} from "../../../src/protocol/transaction.ts";
import type { NodeQueries } from "../../../src/replica/node-queries.ts";
import { candidateOf, seedOf, startWallMs } from "../world/network-of-nodes.ts";
import { demand } from "../world/safety-violation.ts";
import type { World } from "../world/world.ts";

const submitAgainMs = 1_000;
const finalWithinMs = 30_000;

/** The operators of these nodes vote; returns when all their votes are final. */
export async function vote(
  world: World,
  voters: readonly number[],
  body: VoteBody,
  withinMs: number = finalWithinMs,
): Promise<void> {
  const untilMs = world.timeline.nowMs + withinMs;
  const waiting = new Map<number, TransactionId | undefined>();
  for (const voter of voters) waiting.set(voter, undefined);
  const settle = (): boolean => {
    for (const [voter, id] of waiting) {
      if (id !== undefined && world.checkers.heightOf(id) !== undefined) waiting.delete(voter);
    }
    return waiting.size === 0;
  };
  while (!settle() && world.timeline.nowMs < untilMs) {
    const nodes = world.honest.flatMap(({ queries }) => queries ?? []);
    for (const voter of waiting.keys()) {
      if (nodes.length > 0)
        waiting.set(voter, submit(world, world.random.pick(nodes), voter, body));
    }
    await world.run(submitAgainMs, settle);
  }
  demand(settle(), `the votes of operators ${[...waiting.keys()].join()} are not final`);
}

function submit(world: World, node: NodeQueries, voter: number, body: VoteBody): TransactionId {
  const operator = world.network.operators[voter];
  if (operator === undefined) throw new RangeError("every node has an operator");
  const { chainId } = world.network;
  const transaction: Transaction = {
    chain: chainTag(chainId),
    sender: operator.account,
    nonce: node.account(operator.account).nonce,
    // Bytes are the same when they are sent again soon.
    expiryMs: startWallMs + 24 * 3_600_000,
    fee: 0n,
    memo: new Uint8Array(),
    operations: [{ from: undefined, body }],
  };
  const signed = signWithSingleKey(chainId, transaction, operator.policy, operator.signer);
  const { id, bytes } = nameTransaction(nativeHasher, chainId, signed);
  node.submit([bytes]).catch(() => {}); // The node may be gone by then.
  return id;
}

/** A node's own key and operator are to become a member. */
export function toAdd(world: World, number: number): VoteBody {
  const { candidates, signers, chainId } = world.network;
  const [validator, signer] = [candidates[number], signers[number]];
  if (validator === undefined || signer === undefined) throw new RangeError("no such node");
  const possession = signPossession(chainId, validator, signer);
  return { kind: "vote-membership", change: { kind: "put", validator, possession } };
}

export function toRemove(world: World, number: number): VoteBody {
  const operator = world.network.operators[number]?.account;
  if (operator === undefined) throw new RangeError("every node has an operator");
  return { kind: "vote-membership", change: { kind: "remove", operator } };
}

/** A new key for a member, put on its machine, which must be down: it holds the key from its next start on. */
export function toRotate(world: World, number: number): VoteBody {
  const signer = world.watch(createNativeSigner(seedOf(world.random)), number);
  const node = world.nodes[number];
  if (node === undefined) throw new RangeError("no such node");
  node.addKey(signer);
  const validator = candidateOf(signer, world.network.operators[number], number);
  const possession = signPossession(world.network.chainId, validator, signer);
  return { kind: "vote-membership", change: { kind: "put", validator, possession } };
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

/**
 * Members come, go and change their keys while others pay; every header commits to what a second count of the same
 * votes comes to.
 * @module
 */
import { describe, expect, test } from "vitest";
import { createNativeSigner, nativeHasher } from "../../node/adapters/native-crypto.ts";
import type { Block, Header } from "../../src/protocol/block.ts";
import { validatorsHash } from "../../src/protocol/validator-set.ts";
import { MembershipRecount } from "./world/membership-recount.ts";
import { seedOf } from "./world/network-of-nodes.ts";
import { World } from "./world/world.ts";

const epochLength = 10;

/** Until a block of this epoch is final on every node that is up. */
async function reach(world: World, epoch: number): Promise<void> {
  const goal = epoch * epochLength + 1;
  const isThere = (): boolean => world.nodes.every(({ isUp, height }) => !isUp || height >= goal);
  await world.run(120_000, isThere);
  expect(isThere(), world.nodes.map((node) => node.describe()).join("\n")).toBe(true);
}

async function newWorld(options: { readonly validators: number; readonly spare?: number }) {
  const world = new World({ seed: 3, epochLength, ...options });
  await world.startAll();
  await world.run(1_200);
  world.client.start(50);
  return world;
}

const namesIn = (world: World, epoch: number): readonly string[] =>
  (world.checkers.setOf(epoch)?.validators ?? []).map(({ name }) => name).toSorted();

describe("membership, in the simulator", () => {
  test("a spare node is voted in, votes, and a first member is voted out", async () => {
    const world = await newWorld({ validators: 4, spare: 1 });
    world.operators.voteIn([0, 1, 2], 4);
    await reach(world, 1);
    expect(namesIn(world, 1)).toEqual(["org-0", "org-1", "org-2", "org-3", "org-4"]);
    world.operators.voteOut([1, 2, 3, 4], 0);
    await reach(world, 2);
    expect(namesIn(world, 2)).toEqual(["org-1", "org-2", "org-3", "org-4"]);
    await reach(world, 3);
    const voters = new Set(
      world.chronicle.views.flatMap(({ epoch, votes }) =>
        epoch === 2 ? [...votes.values()].flatMap(({ by }) => [...by.keys()]) : [],
      ),
    );
    expect([...voters].toSorted()).toEqual([1, 2, 3, 4]);
    await world.healAndDemandProgress();
    await world.checkEnd();
  });

  test("a member's key is replaced by another one on the same machine", async () => {
    const world = await newWorld({ validators: 4 });
    const [node] = world.nodes;
    if (node === undefined) throw new RangeError("there is a node");
    const key = world.watch(createNativeSigner(seedOf(world.random.fork())), 0);
    node.kill();
    node.addKey(key);
    node.start();
    world.operators.voteIn([0, 1, 2], 0, key);
    await reach(world, 2);
    const set = world.checkers.setOf(1)?.validators.map(({ consensusKey }) => consensusKey) ?? [];
    expect(set.map((each) => world.checkers.ownerOf(each)).toSorted()).toEqual([0, 1, 2, 3]);
    expect(set).not.toContain(world.validators.validators[0]?.consensusKey);
    await world.healAndDemandProgress();
    await world.checkEnd();
  });
});

describe("the second count", () => {
  test("sees a header that commits to validators whom nobody voted in", async () => {
    const world = await newWorld({ validators: 4, spare: 1 });
    const { candidates } = world.network;
    const validators = world.validators.validators;
    const hashOf = (list: typeof validators): string => validatorsHash(nativeHasher, list);
    const recount = () => new MembershipRecount({ hasher: nativeHasher, epochLength, validators });
    const block = (header: Partial<Header>): Block =>
      ({
        header: {
          height: 1,
          timestampMs: 1,
          validatorsHash: hashOf(validators),
          nextValidatorsHash: hashOf(validators),
          ...header,
        },
        transactions: [],
      }) as unknown as Block;
    const forged = hashOf(
      candidates.toSorted((a, b) => (a.consensusKey < b.consensusKey ? -1 : 1)),
    );
    expect(() => recount().final(block({}))).not.toThrow();
    expect(() => recount().final(block({ validatorsHash: forged } as Partial<Header>))).toThrow(
      "of its epoch",
    );
    expect(() => recount().final(block({ nextValidatorsHash: forged } as Partial<Header>))).toThrow(
      "of the next",
    );
    for (const node of world.nodes) node.crash();
  });
});

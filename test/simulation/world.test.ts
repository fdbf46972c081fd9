/**
 * The demands on a whole network are seen to fail: no progress, a lost acknowledgement, money that came or went; and what
 * a scenario does to a node's disk excuses that node, and no other.
 * @module
 */
import { describe, expect, test } from "vitest";
import { withOutgoing } from "./adversaries/outgoing.ts";
import type { Wrap } from "./world/node.ts";
import { World, type WorldOptions } from "./world/world.ts";

const mute: Wrap = (transport) => withOutgoing(transport, () => undefined);

async function running(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = new World({ seed: 21, validators: 4, ...options });
  await world.startAll();
  world.client.start(100);
  await world.run(2_500);
  return world;
}

describe("a network that", () => {
  test("lost more than it can bear makes no progress, and that is said", async () => {
    const world = await running({ adversaries: new Map([0, 1].map((number) => [number, mute])) });
    const healing = world.healAndDemandProgress(5_000);
    await expect(healing).rejects.toThrow("no progress within 5000 ms");
  });

  test("forgot a transaction that was acknowledged is caught", async () => {
    const world = await running();
    await world.healAndDemandProgress();
    const [id] = world.client.acknowledged;
    if (id === undefined) throw new RangeError("something was paid");
    world.client.acknowledged.add(id.replace(/./g, "0") as typeof id);
    await expect(world.checkEnd()).rejects.toThrow("was acknowledged and is lost");
  });

  test("holds more money than it began with is caught", async () => {
    const world = await running();
    await world.healAndDemandProgress();
    const { supply } = world.network;
    const short = Object.assign(world, { network: { ...world.network, supply: supply - 1n } });
    await expect(short.checkEnd()).rejects.toThrow(`holds ${supply} of ${supply - 1n}`);
  });

  test("stands still at one moment for ever ends the run", async () => {
    const world = await running();
    const circle = (): void => {
      world.timeline.after(0, circle);
    };
    circle();
    await expect(world.run(1_000)).rejects.toThrow("time stands still");
  });
});

describe("a node whose disk", () => {
  test("is full ends, and goes on when there is room again", async () => {
    const world = await running();
    const [node] = world.nodes;
    if (node === undefined) throw new RangeError("there is a node");
    node.disk.isFull = true;
    await world.run(1_000);
    expect(node.isUp).toBe(false);
    expect(node.lastDeath?.reason).toContain("ENOSPC");
    await world.healAndDemandProgress();
    await world.checkEnd();
    expect(node.isUp).toBe(true);
  });

  test("has a flipped bit in its state does not vote on it, and has a new disk when all is healed", async () => {
    const world = await running();
    const [node] = world.nodes;
    if (node === undefined) throw new RangeError("there is a node");
    node.kill();
    await node.flipStoredBit("s");
    node.start();
    await world.run(3_000);
    await world.healAndDemandProgress();
    await world.checkEnd();
    expect(node.queries?.status().voting.kind).toBe("silent");
  });

  test.each(["b", "h", "i", "f", "t", "a", "s", "m"])(
    "has a flipped bit in a row of kind %s starts as if nothing was, or not at all, and misleads nobody",
    async (prefix) => {
      const world = await running({ spare: 1, asleep: [4] });
      const [node, , , , late] = world.nodes;
      if (node === undefined) throw new RangeError("there is a node");
      node.kill();
      await node.flipStoredBit(prefix);
      node.start();
      await world.run(500);
      expect(node.isUp || node.lastDeath?.reason.includes("refuses to start")).toBe(true);
      late?.start();
      await world.run(2_000);
      expect(world.trace.filter((line) => line.includes("peer banned"))).toEqual([]);
      await world.healAndDemandProgress();
      await world.checkEnd();
    },
  );

  test("fails without having been made to is a failure of the run", async () => {
    const world = await running();
    const [node] = world.nodes;
    node?.kill();
    node?.stored.restore({ store: new Map([["m", new Uint8Array(1)]]), journals: [] }, "kept");
    node?.start();
    await expect(world.run(1_000)).rejects.toThrow("refuses to start");
  });
});

describe("twins", () => {
  test("have one key and two disks, and each is heard by whom the mask says", async () => {
    const world = new World({ seed: 5, validators: 4, twins: [3] });
    world.maskTwins(3, { first: [0, 1], second: [2] });
    await world.startAll();
    world.client.start(100);
    await world.run(4_000);
    const twin = world.twinOf(3);
    expect(twin.number).toBe(4);
    const peersOf = (number: number): readonly string[] =>
      (world.nodes[number]?.queries?.peers() ?? [])
        .map(({ nodeId }) => nodeId.slice(-1))
        .toSorted();
    expect(peersOf(3)).toEqual(["0", "1"]);
    expect(peersOf(4)).toEqual(["2"]);
    await world.healAndDemandProgress();
    await world.checkEnd();
    expect(world.honest.map(({ number }) => number)).toEqual([0, 1, 2]);
  });
});

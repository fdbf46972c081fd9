/**
 * Faults that befall a network at random: processes, links, disks and clocks. None of them is anybody's fault.
 * @module
 */
import { slowDisk } from "../world/disk.ts";
import type { SimulatedNode } from "../world/node.ts";
import type { Random } from "../world/random.ts";
import { goodLinks } from "../world/wire.ts";
import type { World } from "../world/world.ts";

/** @param losses machines whose disks may be lost: with the liars no more than may be faulty. */
export type RandomFault = (world: World, losses: readonly SimulatedNode[]) => void | Promise<void>;

/** The honest validators that may lose what they have written, beside those that are faulty already. */
export function lossesOf(world: World): readonly SimulatedNode[] {
  const { count, quorum } = world.validators;
  const members = world.nodes.slice(0, count);
  const faulty = members.filter(({ isHonest }) => !isHonest).length;
  return members.filter(({ isHonest }) => isHonest).slice(0, count - quorum - faulty);
}

export function drawFault(random: Random): RandomFault {
  const drawn = random.below(totalWeight);
  let below = 0;
  for (const [weight, fault] of faults) {
    below += weight;
    if (drawn < below) return fault;
  }
  return calm;
}

function calm(): void {}

function crashOne({ random, nodes }: World): void {
  random.pick(nodes).crash(random.pick(["none", "some", "all"]));
}

/** The process alone: the machine lives on, and tells those it is linked to. */
function killOne({ random, nodes }: World): void {
  random.pick(nodes).kill();
}

function startOne({ random, nodes }: World): void {
  random.pick(nodes).start();
}

function startAll({ nodes }: World): void {
  for (const node of nodes) node.start();
}

function crashAll({ random, nodes }: World): void {
  const survivors = random.pick(["none", "some", "all"] as const);
  for (const node of nodes) node.crash(survivors);
}

async function restartAll(world: World): Promise<void> {
  crashAll(world);
  await world.run(world.random.between(0, 300));
  startAll(world);
}

/** Between two of its effects, some time from now. */
function crashAtSomeEffect({ random, nodes }: World): void {
  const node = random.pick(nodes);
  let left = random.below(60);
  node.onPoint = () => {
    left -= 1;
    if (left > 0) return;
    node.onPoint = undefined;
    node.crash();
  };
}

function partition({ random, nodes, wire }: World): void {
  const groups: number[][] = Array.from({ length: 2 + random.below(2) }, () => []);
  for (const { number } of nodes) random.pick(groups).push(number);
  wire.partition(groups);
}

function cutOneWay({ random, nodes, wire }: World): void {
  const count = 1 + random.below(nodes.length);
  for (let i = 0; i < count; i += 1) {
    const [from, to] = [random.pick(nodes), random.pick(nodes)];
    if (from !== to) wire.cut(from.number, to.number, random.between(100, 8_000));
  }
}

function healCuts({ wire }: World): void {
  wire.heal();
}

function poorLinks({ random, wire }: World): void {
  wire.quality = {
    latencyMs: random.between(5, 400),
    jitterMs: random.between(0, 200),
    loss: random.pick([0, 0.02, 0.1, 0.4]),
    duplicate: random.pick([0, 0, 0.05]),
    reorder: random.pick([0, 0, 0.05]),
  };
}

function slowLinksOfOne({ random, nodes, wire }: World): void {
  const slow = random.pick(nodes).number;
  const quality = { latencyMs: random.between(100, 1_500), jitterMs: 50, loss: 0.02 };
  for (const { number } of nodes) {
    if (random.chance(0.5)) wire.setLink(slow, number, quality);
    else wire.setLink(number, slow, quality);
  }
}

function narrowLinks({ random, wire }: World): void {
  wire.quality = { ...goodLinks, bytesPerS: random.between(20_000, 200_000) };
}

function goodLinksAgain({ wire }: World): void {
  wire.repair();
}

function resetLinks(world: World): void {
  const { random, nodes } = world;
  for (let i = 0; i < 4; i += 1) {
    world.resetLinks(random.pick(nodes).number, random.pick(nodes).number);
  }
}

function wrongClock({ random, nodes }: World): void {
  const { clock } = random.pick(nodes);
  if (random.chance(0.5)) clock.jump(random.between(-20_000, 20_000));
  else clock.driftPpm = random.between(-2_000, 2_000);
}

function slowOneDisk({ random, nodes }: World): void {
  random.pick(nodes).disk.speed = slowDisk;
}

/** Its process ends at the next write. */
function fillOneDisk({ random, nodes }: World): void {
  random.pick(nodes).disk.isFull = true;
}

function emptyDisks({ nodes }: World): void {
  for (const { disk } of nodes) disk.isFull = false;
}

function payMore({ client }: World): void {
  for (let i = 0; i < 5; i += 1) client.pay();
}

function loseDisk({ random }: World, losses: readonly SimulatedNode[]): void {
  if (losses.length === 0) return;
  const node = random.pick(losses);
  node.crash();
  const loss = random.below(4);
  if (loss === 0) node.stored.wipe();
  if (loss === 1) for (const key of node.stored.keys) key.journal = undefined;
  if (loss === 2) node.stored.flipJournalBit(random.pick(["journal", "mark"]), random);
  if (loss === 3) node.stored.tearJournal(random.below(300));
  node.start();
}

/** All honest operators vote for a node that is no validator yet. */
function voteOneIn(world: World): void {
  const { count } = world.validators;
  const spare = world.network.signers.length - count;
  if (spare === 0) return;
  const voters = world.honest.flatMap(({ number }) => (number < count ? number : []));
  world.operators.voteIn(voters, count + world.random.below(spare));
}

/** What is ordinary comes more often. */
const faults: readonly (readonly [weight: number, fault: RandomFault])[] = [
  [4, calm],
  [2, crashOne],
  [3, killOne],
  [5, startOne],
  [3, startAll],
  [1, crashAll],
  [2, restartAll],
  [2, crashAtSomeEffect],
  [2, partition],
  [2, cutOneWay],
  [4, healCuts],
  [2, poorLinks],
  [1, slowLinksOfOne],
  [1, narrowLinks],
  [2, goodLinksAgain],
  [1, resetLinks],
  [1, wrongClock],
  [1, slowOneDisk],
  [1, fillOneDisk],
  [2, emptyDisks],
  [2, payMore],
  [2, loseDisk],
  [2, voteOneIn],
];
const totalWeight = faults.reduce((sum, [weight]) => sum + weight, 0);

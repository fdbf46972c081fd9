/**
 * A network that cannot vote any more goes on as another one: a genesis over the state of its last block.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { carryState } from "../../../src/ledger/carried-state.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";
import type { Ancestor, SimulatedGenesis } from "../world/network-of-nodes.ts";
import type { SimulatedNode } from "../world/node.ts";
import { demand } from "../world/safety-violation.ts";
import { World } from "../world/world.ts";

/** Everybody stops; the same keys begin a new ledger, where every balance is what it was, and payments go on. */
export async function goesOnUnderNewGenesis(world: World): Promise<void> {
  const source = world.nodes.reduce((a, b) => (b.height > a.height ? b : a));
  const before = await balancesOf(source, world.network);
  const { seed } = world;
  const validators = world.network.genesis.validators.length;
  const heir = new World({ seed, validators, ancestor: ancestorOf(world, source) });
  demand(heir.network.chainId !== world.network.chainId, "the new ledger is another one");
  await heir.startAll();
  await heir.run(5_000, () => heir.nodes.every(({ queries }) => queries !== undefined));
  for (const node of heir.nodes) {
    const after = await balancesOf(node, heir.network);
    for (const [account, balance] of before) {
      demand(after.get(account) === balance, `node ${node.number} lost money of ${account}`);
    }
  }
  demand(before.size > 0, "somebody holds something");
  heir.client.start(100);
  await heir.healAndDemandProgress();
  await heir.checkEnd();
  for (const node of heir.nodes) node.crash();
  world.note(`heir ${heir.traceHash()}`);
  for (const node of world.nodes) node.start(); // The old ledger is still there, to be read.
  await world.run(1_000);
}

async function balancesOf(
  { queries }: SimulatedNode,
  { wallets, operators }: SimulatedGenesis,
): Promise<ReadonlyMap<AccountId, bigint>> {
  const balances = new Map<AccountId, bigint>();
  for (const { account } of [...wallets, ...operators]) {
    const [native] = (await queries?.account(account))?.balances ?? [];
    if (native !== undefined) balances.set(account, native.amount);
  }
  return balances;
}

/** What the node's disk holds when everybody has stopped. */
function ancestorOf(world: World, source: SimulatedNode): Ancestor {
  const tip = source.queries?.tip();
  if (tip === undefined) throw new RangeError("the source is up");
  for (const node of world.nodes) node.kill();
  const { stateRoot } = tip.header;
  const carried = carryState(nativeHasher, stateRoot, source.stored.stateRows());
  if (!carried.ok) throw new RangeError(`the stored state has the root ${carried.reason}`);
  const { chainId } = world.network;
  const { height, id: blockId } = tip;
  return { predecessor: { chainId, height, blockId, stateRoot }, carried: carried.value };
}

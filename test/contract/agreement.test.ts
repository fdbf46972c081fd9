/**
 * Whether nodes agree, asked of real HTTP servers over chains that agree, or part at a height.
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Agreement } from "../../node/localnet/agreement.ts";
import type { SeenNode } from "../../node/localnet/sight.ts";
import { type Serving, serve } from "./http/serving.ts";

let servers: Serving[];
let agreement: Agreement;

beforeEach(async () => {
  servers = [await serve({ blocks: 3 }), await serve({ blocks: 3 }), await serve({ blocks: 3 })];
  agreement = new Agreement();
});
afterEach(async () => {
  for (const server of servers) await server.close();
});

/** One more final block on node `index`, with a payment of that amount: another amount, another block. */
function grow(index: number, amount: bigint): void {
  const node = servers[index]?.node;
  node?.makeBlock([node.transfer({ nonce: node.tip().height, amount })]);
}

async function look(...indices: readonly number[]): Promise<readonly SeenNode[]> {
  return await Promise.all(
    indices.map(async (index) => {
      const status = await servers[index]?.client.status();
      return {
        index,
        name: `node-${index}`,
        http: servers[index]?.url ?? "",
        nodeId: undefined,
        state: "running" as const,
        reason: null,
        status: status?.ok ? status.value : undefined,
        peers: new Set<string>(),
      };
    }),
  );
}

/** What contradicts what, for a verdict. */
async function contradictions(...indices: readonly number[]): Promise<readonly string[]> {
  return (await agreement.judge(await look(...indices))).contradictions;
}

test("nodes on one chain agree, wherever each of them stands", async () => {
  for (const _ of [1, 2]) grow(2, 50n);
  grow(1, 50n);
  const found = { contradictions: [], missing: [], compared: 2 };
  expect(await agreement.judge(await look(0, 1, 2))).toMatchObject(found);
  // The highest tip of the first look is asked for as well.
  expect(await agreement.judge(await look(2, 0, 1))).toMatchObject({ ...found, compared: 3 });
  expect([...(await agreement.compare(await look(0, 1, 2))).agreeing]).toEqual(
    expect.arrayContaining([
      [0, true],
      [1, true],
      [2, true],
    ]),
  );
});

test("two blocks of one height contradict each other, and both nodes are named", async () => {
  grow(0, 50n);
  grow(1, 51n);
  expect(await contradictions(0, 1, 2)).toEqual([
    "the blocks of node-0 and node-1 at height 4 differ",
  ]);
});

test("a node that parted long ago and grew beyond the others is found by their tips", async () => {
  for (const amount of [50n, 51n, 52n]) grow(1, amount);
  for (const _ of [1, 2]) grow(2, 50n);
  expect(await contradictions(0, 1, 2)).toEqual([
    "the blocks of node-2 and node-1 at height 5 differ",
  ]);
});

test("what was final once must still be there when its witness is gone", async () => {
  grow(0, 50n);
  expect(await contradictions(0, 1)).toEqual([]);
  for (const _ of [1, 2]) grow(1, 99n);
  expect(await contradictions(1, 2)).toEqual([
    "the blocks of node-0 and node-1 at height 4 differ",
  ]);
});

test("each node is told apart: who agrees, who does not, and who was compared with nobody", async () => {
  grow(0, 50n);
  grow(1, 51n);
  const { agreeing } = await agreement.compare(await look(0, 1, 2));
  expect(new Map(agreeing)).toEqual(
    new Map([
      [0, false],
      [1, false],
      [2, true],
    ]),
  );
  expect((await agreement.compare(await look(2))).agreeing.size).toBe(0);
});

test("a contradiction that was seen stays one when the node that made it is gone", async () => {
  grow(0, 50n);
  grow(1, 51n);
  // Seen in passing only: no verdict was asked for.
  await agreement.compare(await look(0, 1, 2));
  expect(await contradictions(0, 2)).toEqual([
    "the blocks of node-0 and node-1 at height 4 differ, as was seen before",
  ]);
});

test("nodes that do not answer contradict nothing, and are not taken to agree either", async () => {
  grow(1, 50n);
  const seen = await look(0, 1);
  for (const server of servers.splice(0)) await server.close();
  expect(await agreement.judge(seen)).toMatchObject({
    contradictions: [],
    missing: ["node-1 did not tell its block at height 3, the tip of node-0"],
    compared: 0,
  });
  expect(await agreement.judge([])).toMatchObject({ contradictions: [], compared: 0 });
});

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
        state: "running" as const,
        reason: null,
        status: status?.ok ? status.value : undefined,
        peers: new Set<string>(),
      };
    }),
  );
}

test("nodes on one chain agree, wherever each of them stands", async () => {
  for (const _ of [1, 2]) grow(2, 50n);
  grow(1, 50n);
  expect(await agreement.contradictions(await look(0, 1, 2))).toEqual([]);
  expect(await agreement.contradictions(await look(2, 0, 1))).toEqual([]);
});

test("two blocks of one height contradict each other, and both nodes are named", async () => {
  grow(0, 50n);
  grow(1, 51n);
  expect(await agreement.contradictions(await look(0, 1, 2))).toEqual([
    "the blocks of node-0 and node-1 at height 4 differ",
  ]);
});

test("a node that parted long ago and grew beyond the others is found by their tips", async () => {
  for (const amount of [50n, 51n, 52n]) grow(1, amount);
  for (const _ of [1, 2]) grow(2, 50n);
  expect(await agreement.contradictions(await look(0, 1, 2))).toEqual([
    "the blocks of node-2 and node-1 at height 5 differ",
  ]);
});

test("what was final once must still be there when its witness is gone", async () => {
  grow(0, 50n);
  expect(await agreement.contradictions(await look(0, 1))).toEqual([]);
  for (const _ of [1, 2]) grow(1, 99n);
  expect(await agreement.contradictions(await look(1, 2))).toEqual([
    "the blocks of node-0 and node-1 at height 4 differ",
  ]);
});

test("nodes that do not answer contradict nothing", async () => {
  const seen = await look(0, 1);
  for (const server of servers.splice(0)) await server.close();
  expect(await agreement.contradictions(seen)).toEqual([]);
  expect(await agreement.contradictions([])).toEqual([]);
});

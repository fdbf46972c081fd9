/**
 * The versions of a record: all of them from the current one down, whatever a node leaves out or puts in.
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Digest } from "../../../src/protocol/ids.ts";
import { recordHistory } from "../../../wallet-cli/commands/record-reading.ts";
import { addressOf, alice } from "../../integration/wallet/twin-network.ts";
import { WalletAtProxies } from "./wallet-at-proxies.ts";

let at: WalletAtProxies;
beforeEach(async () => {
  at = await WalletAtProxies.start(2);
  const data = new Uint8Array();
  for (let version = 1; version <= 4; version += 1) {
    const contentHash = String(version).repeat(64) as Digest;
    const body = { kind: "record", topic: "t", key: "k", version, contentHash, data } as const;
    await at.node.makeBlock([at.node.signed(version - 1, [{ from: undefined, body }])]);
  }
});
afterEach(async () => await at.stop());

interface Item {
  readonly version: number;
  readonly transaction: { readonly id: string };
}

interface Page {
  readonly items: readonly Item[];
  readonly next: string | null;
}

function lying(nodes: readonly number[], change: (page: Page) => object): void {
  for (const i of nodes) {
    at.proxy(i).alter = ({ path }, { status, json }) =>
      path.includes("/versions")
        ? { status, json: { ...json, ...change(json as unknown as Page) } }
        : { status, json };
  }
}

async function shown(flags: { readonly limit: string; readonly cursor?: string }) {
  const record = { topic: "t", key: "k", who: addressOf(alice) };
  const { data } = await recordHistory(at.wallet(), record, flags);
  const { items, next } = data as unknown as Page;
  return { versions: items.map(({ version }) => version), next };
}

const lies: readonly (readonly [string, (page: Page) => object])[] = [
  ["the newest left out", ({ items }) => ({ items: items.slice(1) })],
  ["a gap", ({ items }) => ({ items: items.filter(({ version }) => version !== 3) })],
  ["a repetition", ({ items }) => ({ items: items.flatMap((item) => [item, item]) })],
  ["another order", ({ items }) => ({ items: items.toReversed() })],
  ["nothing at all", () => ({ items: [], next: null })],
  ["an early end", ({ items }) => ({ items: items.slice(0, 1), next: null })],
  [
    "other transactions",
    ({ items }) => ({
      items: items.map((item) => ({
        ...item,
        transaction: { ...item.transaction, id: "ab".repeat(32) },
      })),
    }),
  ],
];

test.each(lies)("%s: another node shows all", async (_, lie) => {
  lying([0], lie);
  expect(await shown({ limit: "100" })).toEqual({ versions: [4, 3, 2, 1], next: null });
});

test.each(lies)("%s by every node: exit 8", async (_, lie) => {
  lying([0, 1], lie);
  await expect(shown({ limit: "100" })).rejects.toMatchObject({ exit: 8 });
});

test("a page ends at its limit, and the next one goes on below it", async () => {
  lying([0, 1], ({ items }) => ({ items, next: "1" }));
  const first = await shown({ limit: "2" });
  expect(first).toEqual({ versions: [4, 3], next: "2" });
  expect(await shown({ limit: "2", cursor: first.next ?? "" })).toEqual({
    versions: [2, 1],
    next: null,
  });
});

test("more than was asked for is cut off", async () => {
  lying([0, 1], ({ items }) => ({
    items: [...items, ...items.map((item) => ({ ...item, version: 1 }))],
  }));
  expect((await shown({ limit: "2" })).versions).toEqual([4, 3]);
});

test("what is no version is no cursor", async () => {
  await expect(shown({ limit: "2", cursor: "x" })).rejects.toMatchObject({ exit: 2 });
});

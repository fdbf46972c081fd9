/**
 * /v1/transactions on a ledger that was idle for long: full pages, both ways, for a few looks at headers; and the search
 * for the blocks that hold transactions, on any chain.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FilledHeights } from "../../../node/http/filled-heights.ts";
import type { Header } from "../../../src/protocol/block.ts";
import { height } from "../../../src/protocol/ids.ts";
import { record } from "../../fixtures/content.ts";
import { alice, bob, native } from "../../fixtures/small-ledger.ts";
import { type ServedChain, serveChain } from "./stored-chain.ts";

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
  readonly prev: string | null;
}

describe("a ledger that was idle for thousands of blocks", () => {
  let chain: ServedChain;
  const ids: string[] = [];
  let looks = 0;

  const idle = async (blocks: number): Promise<void> => {
    for (let i = 0; i < blocks; i += 1) chain.stored.finalize([]);
    await chain.stored.commit();
  };
  const pay = async (count: number): Promise<void> => {
    const sent = Array.from({ length: count }, (_, i) =>
      chain.stored.transaction(alice, [native(bob, 5n)], i),
    );
    chain.stored.finalize(sent);
    await chain.stored.commit();
    ids.unshift(...sent.map(({ id }) => id).toReversed());
  };
  const read = async (query: string): Promise<Page> => {
    looks = 0;
    return (await (await fetch(`${chain.serving.url}/v1/transactions?${query}`)).json()) as Page;
  };

  beforeAll(async () => {
    chain = await serveChain({ epochLength: 100_000n });
    await idle(20);
    await pay(3);
    await idle(1_300);
    await pay(1);
    await pay(2);
    await idle(1_100);
    await pay(4);
    await idle(1_500);
    const { node } = chain.serving;
    const summary = node.blockSummary.bind(node);
    node.blockSummary = async (reference) => {
      looks += 1;
      return await summary(reference);
    };
  }, 60_000);
  afterAll(async () => {
    expect(chain.serving.errors).toEqual([]);
    await chain.serving.close();
  });

  test("is listed in full pages, for a few looks at headers", async () => {
    const page = await read("limit=6");
    expect(page.items.map(({ id }) => id)).toEqual(ids.slice(0, 6));
    expect(page.prev).toBeNull();
    expect(looks).toBeLessThan(100);
    const last = await read(`limit=6&cursor=${page.next}`);
    expect(last.items.map(({ id }) => id)).toEqual(ids.slice(6));
    expect(last.next).toBeNull();
    expect(looks).toBeLessThan(150);
  });

  test.each([1, 2, 3, 4, 10])(
    "in pages of %i, each of which leads back to the one before",
    async (limit) => {
      const pages: Page[] = [];
      let cursor = "";
      do {
        const page = await read(`limit=${limit}${cursor}`);
        pages.push(page);
        cursor = `&cursor=${page.next}`;
      } while (pages.at(-1)?.next !== null);
      expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
      for (const { items } of pages.slice(0, -1)) expect(items).toHaveLength(limit);
      for (const [i, { prev }] of pages.entries()) {
        if (i === 0) expect(prev).toBeNull();
        else
          expect((await read(`limit=${limit}&cursor=${prev}`)).items).toEqual(pages[i - 1]?.items);
      }
    },
  );

  test("a cursor of a block without any begins with what is below it, and leads to what is above", async () => {
    const { height } = chain.stored.chain.tip;
    const silent = height - 1_500 - 500;
    const page = await read(`limit=2&cursor=${silent}`);
    expect(page.items.map(({ id }) => id)).toEqual(ids.slice(4, 6));
    const before = await read(`limit=2&cursor=${page.prev}`);
    expect(before.items.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const above = await read(`limit=2&cursor=${height + 5}`);
    expect([above.items.map(({ id }) => id), above.prev]).toEqual([ids.slice(0, 2), null]);
    const nothing = await read("limit=2&cursor=3");
    expect([nothing.items, nothing.next]).toEqual([[], null]);
  });
});

/** A chain by its blocks: so many transactions, or a change of the state without any. */
const chains = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 1, arbitrary: fc.constant(-1) },
  ),
  { minLength: 1, maxLength: 200 },
);

test("on any chain, exactly the blocks that hold transactions are found, from both sides, however short the search", async () => {
  const looks = fc.constantFrom(0, 2, 10_000);
  await fc.assert(
    fc.asyncProperty(chains, fc.nat({ max: 220 }), looks, async (blocks, start, looksMax) => {
      let state = 0;
      const headers = [0, ...blocks].map((block, height) => {
        if (block !== 0) state += 1;
        const transactionCount = Math.max(0, block);
        return { height, stateRoot: String(state), transactionCount } as unknown as Header;
      });
      const tip = headers.length - 1;
      const from = Math.min(start, tip);
      const search = (): FilledHeights =>
        new FilledHeights(async (height) => headers[height], looksMax);
      const down: number[] = [];
      for (let at = from; ; ) {
        const step = await search().atOrBelow(at);
        if (step.kind === "none") break;
        if (step.kind === "found") down.push(step.at.height);
        at = step.kind === "found" ? step.at.height - 1 : step.height;
      }
      const up: number[] = [];
      for (let at = from; ; ) {
        const step = await search().above(at, tip);
        if (step.kind === "none") break;
        if (step.kind === "found") up.push(step.at.height);
        at = step.kind === "found" ? step.at.height : step.height;
      }
      const all = headers.flatMap(({ height, transactionCount }) =>
        transactionCount > 0 ? [Number(height)] : [],
      );
      expect(down).toEqual(all.filter((at) => at <= from).toReversed());
      expect(up).toEqual(all.filter((at) => at > from));
    }),
  );
});

test("no block with transactions ever leaves the ledger as an earlier one had left it", async () => {
  const { stored, serving } = await serveChain();
  for (let i = 0; i < 6; i += 1) {
    await stored.write(alice, native(bob, 5n));
    stored.finalize([]);
    await stored.write(bob, native(alice, 5n)); // Everybody has what he had before.
    await stored.write(alice, record({ topic: "same", key: "1" }, i + 1, 7));
  }
  const seen = new Set<string>();
  let last = "";
  for (let at = 0; at <= stored.chain.tip.height; at += 1) {
    const header = stored.chain.headerAt(height(at));
    if (header === undefined) throw new Error("the chain has this height");
    if (header.transactionCount > 0) expect(seen.has(header.stateRoot)).toBe(false);
    else if (at > 0) expect(header.stateRoot).toBe(last);
    seen.add(header.stateRoot);
    last = header.stateRoot;
  }
  await serving.close();
});

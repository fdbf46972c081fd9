/**
 * Whether a file was recorded, while a node names records that do not exist, or the right ones in a wrong light.
 * @module
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ContentHash, Digest } from "../../../src/protocol/ids.ts";
import { check } from "../../../wallet-cli/commands/check.ts";
import type { ProxyRequest } from "../../integration/wallet/faulty-proxy.ts";
import { WalletAtProxies } from "./wallet-at-proxies.ts";

const content = "the contract";
const contentHash = createHash("sha256").update(content).digest("hex") as Digest & ContentHash;

let at: WalletAtProxies;
let file: string;
beforeEach(async () => {
  at = await WalletAtProxies.start(2);
  file = join(at.home, "contract.txt");
  writeFileSync(file, content);
});
afterEach(async () => await at.stop());

/** Alice records the file in a block of its own under each key, in this order. */
async function recorded(...keys: readonly string[]): Promise<void> {
  const data = new Uint8Array();
  for (const [nonce, key] of keys.entries()) {
    const body = { kind: "record", topic: "t", key, version: 1, contentHash, data } as const;
    await at.node.makeBlock([at.node.signed(nonce, [{ from: undefined, body }])]);
  }
}

const isList = ({ path }: ProxyRequest): boolean => path.startsWith("/v1/records?");

interface Item {
  readonly height: number;
  readonly transaction: { readonly id: string };
}

/** What the first node makes of its list. */
function listing(change: (items: readonly Item[]) => readonly Item[]): void {
  at.proxy(0).alter = (request, { status, json }) =>
    isList(request) && status === 200
      ? { status, json: { ...json, items: change(json.items as unknown as readonly Item[]) } }
      : { status, json };
}

/** How often the other node is asked for a receipt from now on. */
function receiptsAsked(): () => number {
  let count = 0;
  at.proxy(1).instead = ({ path }) => {
    if (path.includes("/receipt")) count += 1;
    return undefined;
  };
  return () => count;
}

const keysOf = (data: unknown): readonly string[] =>
  (data as { readonly items: readonly { readonly key: string }[] }).items.map(({ key }) => key);

test("a hundred invented records do not hide the real one, nor cost many questions", async () => {
  await recorded("real");
  const invented = Array.from({ length: 100 }, (_, i) => i.toString(16).padStart(64, "0"));
  listing(([item]) =>
    item === undefined
      ? []
      : invented.map((id) => ({ ...item, height: 0, transaction: { ...item.transaction, id } })),
  );
  const asked = receiptsAsked();
  const { data } = await check(at.wallet(), file, {});
  expect(keysOf(data)).toEqual(["real"]);
  expect(asked()).toBeLessThan(10);
});

test("the oldest by proof comes first, whatever heights are named", async () => {
  await recorded("first", "second", "third");
  for (const proxy of at.proxies) {
    proxy.alter = (request, { status, json }) =>
      isList(request)
        ? {
            status,
            json: {
              ...json,
              items: json.items.map((item) => ({ ...item, height: 99 - item.height })),
            },
          }
        : { status, json };
  }
  const { data } = await check(at.wallet(), file, {});
  expect(keysOf(data)).toEqual(["first", "second", "third"]);
});

test("that there are more records than are shown is said", async () => {
  const keys = Array.from({ length: 22 }, (_, i) => `k${i}`);
  await recorded(...keys);
  const { data } = await check(at.wallet(), file, {});
  expect(keysOf(data)).toEqual(keys.slice(0, 20));
  expect(data).toMatchObject({ more: true });
  expect(at.terminal.notes.join("\n")).toContain("--by");
});

test("all of few records are shown, and nothing is said of more", async () => {
  await recorded("a", "b");
  const { data } = await check(at.wallet(), file, {});
  expect(data).toMatchObject({ more: false });
  expect(at.terminal.notes).toEqual([]);
});

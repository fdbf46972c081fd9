/**
 * The wallet on a real local network: four validator processes, some of which die.
 * @module
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askQuorate, getJson, LocalNet, until } from "./support/local-net.ts";
import { WalletCommand } from "./wallet/command.ts";

let net: LocalNet;
let wallet: WalletCommand;

beforeAll(async () => {
  net = await LocalNet.start();
  wallet = new WalletCommand({ folder: net.dir, networkFile: join(net.dir, "network.json") });
});

afterAll(async () => await net?.dispose());

const pay = (amount: string, ...flags: readonly string[]) =>
  wallet.json("send", amount, "bob", "--from", "alice", "--yes", ...flags);

/** Base units, by the word of all nodes that answer. */
async function balanceOf(name: string): Promise<bigint> {
  const { data } = await wallet.json("balance", name);
  return BigInt(data.amount);
}

const steer = async (verb: "kill" | "restart", node: number): Promise<void> => {
  const { answer } = await askQuorate("network", verb, String(node), "--dir", net.dir);
  expect(answer.error).toBeUndefined();
};

const outbox = async (): Promise<readonly string[]> => await readdir(join(wallet.home, "outbox"));

test("a payment is final, and all four nodes hold the same block", async () => {
  const before = await balanceOf("bob");
  const { exit, data } = await pay("25");
  expect({ exit, status: data.status }).toEqual({ exit: 0, status: "final" });
  const blocks = await Promise.all(
    net.network.nodes.map(async ({ http }) => {
      const known = await wallet.json("wait", data.id, "--node", http);
      const block = await getJson(`${http}/v1/blocks/${known.data.height}`);
      return { id: block["id"], stateRoot: block["stateRoot"] };
    }),
  );
  expect(new Set(blocks.map(({ id }) => id))).toEqual(new Set([data.blockId]));
  expect(new Set(blocks.map(({ stateRoot }) => stateRoot)).size).toBe(1);
  expect((await balanceOf("bob")) - before).toBe(BigInt(data.amount));
});

test("fifty sends at once take a nonce each, and all become final", async () => {
  const before = await balanceOf("bob");
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, i) => pay(`${i + 1}`, "--timeout", "2m")),
  );
  expect(results.filter(({ ok }) => !ok).map(({ error }) => error)).toEqual([]);
  expect(new Set(results.map(({ data }) => data.nonce)).size).toBe(50);
  const total = results.reduce((sum, { data }) => sum + BigInt(data.amount), 0n);
  expect((await balanceOf("bob")) - before).toBe(total);
  expect(await outbox()).toEqual([]);
}, 180_000);

test.each([
  { code: "nonce_too_low", exit: 5, amount: "1", flags: ["--nonce", "0"] },
  { code: "expired", exit: 6, amount: "1", flags: ["--expires-in", "1ms"] },
])(
  "$code is exit $exit when it is proven, and nothing is kept",
  async ({ code, exit, amount, flags }) => {
    const answer = await pay(amount, ...flags);
    expect(answer).toMatchObject({ exit, ok: false, error: { code } });
    expect(await outbox()).toEqual([]);
  },
);

test("what every node refuses is exit 5, and stays until its nonce is used or its time is over", async () => {
  const refused = await pay("1_000_000_000_000", "--expires-in", "3s");
  expect(refused).toMatchObject({ exit: 5, error: { code: "insufficient_balance" } });
  expect(await outbox()).toEqual([refused.error.id]);
  await until("its expiry is proven", 30_000, async () => {
    const { exit, error } = await wallet.json("wait", refused.error.id ?? "");
    expect([5, 6]).toContain(exit);
    return error.code === "expired";
  });
  expect(await outbox()).toEqual([]);
});

test("one validator dead: payments still become final", async () => {
  await steer("kill", 0);
  expect(await pay("2")).toMatchObject({ exit: 0, data: { status: "final" } });
  expect(await pay("3")).toMatchObject({ exit: 0, data: { status: "final" } });
});

test("two of four dead: unknown; with one back it is final once, also when sent again", async () => {
  const before = await balanceOf("bob");
  await steer("kill", 1);
  const open = await pay("4", "--timeout", "5s");
  expect(open).toMatchObject({ exit: 7, error: { code: "outcome_unknown" } });
  expect(await outbox()).toEqual([open.error.id]);
  await steer("restart", 1);
  const again = await pay("4");
  expect(again).toMatchObject({ exit: 0, data: { id: open.error.id, status: "final" } });
  expect((await balanceOf("bob")) - before).toBe(BigInt(again.data.amount));
  await steer("restart", 0);
  expect(await wallet.json("status", open.error.id ?? "")).toMatchObject({
    exit: 0,
    data: { status: "final", height: again.data.height },
  });
});

/**
 * Four validators grow to seven and shrink to four again while a client pays, and one of them changes its key: no payment
 * is lost, none is made twice, and all nodes hold the same chain.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ChainId } from "../../src/protocol/ids.ts";
import { askQuorate, LocalNet, until } from "./support/local-net.ts";
import {
  amountOfPayment,
  clientOf,
  devPayer,
  feeOfPayment,
  PayingClient,
} from "./support/paying-client.ts";

const epochLength = 20;
let net: LocalNet;
beforeAll(async () => {
  net = await LocalNet.start({ flags: ["--epoch-length", String(epochLength)] });
});
afterAll(async () => await net?.dispose());

const network = async (...args: readonly string[]): Promise<void> => {
  const { code, answer } = await askQuorate("network", ...args, "--dir", net.dir);
  if (code !== 0) throw new Error(`network ${args.join(" ")}: ${JSON.stringify(answer.error)}`);
};

const membership = async (...args: readonly string[]): Promise<void> => {
  const file = ["--network", `${net.dir}/network.json`, "--yes"];
  const { code, answer } = await askQuorate("membership", ...args, ...file);
  if (code !== 0) throw new Error(`membership ${args.join(" ")}: ${JSON.stringify(answer.error)}`);
};

const urls = (): readonly string[] => net.network.nodes.map(({ http }) => http);

async function validatorsOf(
  url: string,
): Promise<readonly { name: string; consensusKey: string }[]> {
  const answer = await clientOf(url).validators();
  return answer.ok ? answer.value.items : [];
}

const namesAt = async (url: string): Promise<readonly string[]> =>
  (await validatorsOf(url)).map(({ name }) => name).sort();

test("four grow to seven and shrink to four under load, one rotates its key, and every payment is made once", async () => {
  const [first = ""] = urls();
  const alice = devPayer(net.dir, "alice");
  const bob = devPayer(net.dir, "bob");
  const before = await clientOf(first).account(bob.address);
  const load = new PayingClient({
    payer: alice,
    payee: bob.account,
    chainId: net.network.chainId as ChainId,
    nodes: urls,
  });
  load.start();

  for (const count of [5, 6, 7]) {
    await network("add-node", "--wait");
    expect(await namesAt(first)).toHaveLength(count);
  }

  const keyBefore = (await validatorsOf(first)).find(({ name }) => name === "node-2")?.consensusKey;
  const rotated = await askQuorate("keys", "rotate", "--home", `${net.dir}/node-2`);
  expect(rotated.code).toBe(0);
  const { newKey, request } = rotated.answer.data as { newKey: string; request: string };
  expect(newKey).not.toBe(keyBefore);
  await network("restart", "2");
  await membership("propose", "--put", request, "--as", "0");
  await Promise.all([1, 2, 3, 4].map((i) => membership("approve", newKey, "--as", String(i))));
  await until("the new key is in the set", 30_000, async () => {
    return (await validatorsOf(first)).some(({ consensusKey }) => consensusKey === newKey);
  });
  expect(await namesAt(first)).toHaveLength(7);
  await until("node 2 votes with the new key", 30_000, async () => {
    const status = await clientOf(urls()[2] ?? "").status();
    return (
      status.ok && status.value.validatorIndex !== null && status.value.voting.kind === "voting"
    );
  });

  for (const leaver of [1, 4, 5]) await network("remove-node", String(leaver), "--wait");
  expect(await namesAt(first)).toEqual(["node-0", "node-2", "node-3", "node-6"]);

  await load.stop();
  expect(load.paid.length).toBeGreaterThan(100);
  const after = await clientOf(first).account(bob.address);
  const payer = await clientOf(first).account(alice.address);
  if (!before.ok || !after.ok || !payer.ok) throw new Error("the first node does not answer");
  const received =
    BigInt(after.value.balances[0]?.amount ?? 0) - BigInt(before.value.balances[0]?.amount ?? 0);
  expect(received).toBe(BigInt(load.paid.length) * amountOfPayment);
  expect(payer.value.nonce).toBe(load.paid.length);
  const granted = 1_000_000n * 1_000_000n;
  const spent = BigInt(load.paid.length) * (amountOfPayment + feeOfPayment);
  expect(BigInt(payer.value.balances[0]?.amount ?? 0)).toBe(granted - spent);

  await everyNodeAgrees(load.paid);
}, 180_000);

/** Every node, those that left too, has each payment final in the same block. */
async function everyNodeAgrees(ids: readonly string[]): Promise<void> {
  const sample = ids.filter((_, i) => i % 25 === 0 || i >= ids.length - 8);
  const [first = "", ...others] = urls();
  expect(others).toHaveLength(6);
  const placeOf = async (url: string, id: string): Promise<string> => {
    const found = await clientOf(url).transaction(id);
    return found.ok && found.value.status === "final"
      ? `${found.value.height} ${found.value.blockId} ${found.value.index}`
      : "not final";
  };
  const last = sample.at(-1) ?? "";
  for (const url of others) {
    await until(`${url} has the last payment`, 20_000, async () => {
      return (await placeOf(url, last)) !== "not final";
    });
  }
  for (const id of sample) {
    const place = await placeOf(first, id);
    expect(place).not.toBe("not final");
    const places = await Promise.all(others.map((url) => placeOf(url, id)));
    expect(new Set(places)).toEqual(new Set([place]));
  }
}

/**
 * The library as its users have it: the examples as they stand, and a program that loses its first node.
 * @module
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  connect,
  fromHex,
  type Key,
  keyFromMnemonic,
  keyFromSeed,
  newMnemonic,
  QuorateError,
  transfer,
} from "../../src/index.ts";
import { LocalNet, repository, runQuorate } from "./support/local-net.ts";

let net: LocalNet;
beforeAll(async () => {
  net = await LocalNet.start();
});
afterAll(() => net?.dispose());

const examples = readdirSync(join(repository, "examples")).filter(
  (file) => file.endsWith(".js") && file !== "local-network.js",
);

test.each(examples)("examples/%s runs to its end", async (file) => {
  const child = spawn(process.execPath, [join(repository, "examples", file), net.dir, "3"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said += String(chunk);
    });
  }
  const code = await new Promise((settle) => child.on("close", settle));
  expect(code, said).toBe(0);
});

function devKey(name: string): Key {
  const { seed } = JSON.parse(readFileSync(join(net.dir, "dev-keys", `${name}.json`), "utf8"));
  return keyFromSeed(fromHex(seed));
}

const facts = () => {
  const { chainId, nodes } = net.network;
  return { chainId, nodes: nodes.map(({ http }) => http) };
};

test("what is trusted must be given, and fit", async () => {
  const { nodes } = facts();
  const codeOf = (tried: Promise<unknown>): Promise<unknown> =>
    tried.then(
      () => "connected",
      (error) => (error as QuorateError).code,
    );
  expect(await codeOf(connect({ nodes }))).toBe("bad_input");
  expect(await codeOf(connect({ nodes, chainId: "00".repeat(32) }))).toBe("genesis_wrong");
  expect(await codeOf(connect({ nodes: ["http://127.0.0.1:9"], chainId: "00".repeat(32) }))).toBe(
    "unreachable",
  );
});

test("a key that is missing is named before anything is sent", async () => {
  const network = await connect(facts());
  const [alice, bob] = [devKey("alice"), devKey("bob")];
  const operations = [transfer({ from: bob.account, to: alice.account, amount: 1n })];
  const transaction = await network.build({ sender: alice, operations, fee: 10_000n });
  expect(() => network.sign(transaction, alice)).toThrow(QuorateError);
});

test("blocks come without a gap, and payments become final, when the first node dies meanwhile", async () => {
  const network = await connect(facts());
  const alice = devKey("alice");
  const payee = keyFromMnemonic(newMnemonic(12), 3);
  const until = new AbortController();
  const heights: number[] = [];
  const seen = new Set<string>();
  const watching = (async () => {
    for await (const { height, transactions } of network.blocks({
      after: 0,
      signal: until.signal,
    })) {
      heights.push(height);
      for (const id of transactions) seen.add(id);
    }
  })();
  const ids: string[] = [];
  const pay = async (): Promise<void> => {
    const operations = [transfer({ to: payee.account, amount: 2_000n })];
    const signed = network.sign(await network.build({ sender: alice, operations }), alice);
    ids.push(signed.id);
    expect(await network.submit(signed)).toMatchObject({ kind: "final" });
  };
  await pay();
  expect((await runQuorate("network", "kill", "0", "--dir", net.dir)).code).toBe(0);
  await pay();
  await pay();
  const { account, standing } = await network.account(payee.account);
  expect(account.balance).toBe(6_000n);
  expect(standing.findings.filter(({ kind }) => kind === "proven")).toHaveLength(3);
  const deadline = performance.now() + 30_000;
  while (!ids.every((id) => seen.has(id)) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  until.abort();
  await watching;
  expect(ids.filter((id) => !seen.has(id))).toEqual([]);
  expect(heights).toEqual(heights.map((_, i) => i + 1));
});

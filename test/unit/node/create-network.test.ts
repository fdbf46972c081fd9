import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faucetKeyFile } from "../../../node/faucet.ts";
import { loadHome } from "../../../node/home.ts";
import { joinNetwork } from "../../../node/join-network.ts";
import {
  addOperatorKey,
  createNetwork,
  loadNetwork,
  moveNetwork,
  nodeConfig,
  removeNetwork,
} from "../../../node/localnet/create-network.ts";
import { type Layout, layoutOf } from "../../../node/localnet/layout.ts";
import { fromHex } from "../../../src/base/bytes.ts";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { parseKeyFile } from "../../../src/keys/key-file.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { type BlockId, height } from "../../../src/protocol/ids.ts";
import { signInvite } from "../../../src/protocol/invite.ts";
import { accountIdOf, singleKeyPolicy } from "../../../src/protocol/policy.ts";

const basePort = 27_000;
let folder = "";
let layout: Layout;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "quorate-create-"));
  layout = layoutOf(join(folder, "net"));
  mkdirSync(join(layout.nodeHome(0), "keys"), { recursive: true }); // An interrupted attempt.
  await createNetwork(layout, { nodes: 4, basePort });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the supply is a billion, and everyone who has some can be paid for by a key that is there", () => {
  const { genesis } = loadNetwork(layout);
  const supply = genesis.accounts.reduce((sum, { balance }) => sum + balance, 0n);
  expect(supply).toBe(1_000_000_000n * 1_000_000n);
  const owners = readdirSync(layout.devKeys).map((file) => {
    const text = readFileSync(join(layout.devKeys, file), "utf8");
    const { seed, address } = JSON.parse(text) as {
      readonly seed: string;
      readonly address: string;
    };
    const { publicKey } = createNobleSigner(fromHex(seed));
    const account = accountIdOf(nobleHasher, singleKeyPolicy(publicKey));
    expect(address).toBe(formatAddress(genesis.addressPrefix, account));
    return account;
  });
  expect(genesis.accounts.map(({ account }) => account)).toEqual(owners.sort());
});

test("node i is validator i, on the ports of its number", async () => {
  const { genesis, chainId } = loadNetwork(layout);
  for (const [i, validator] of genesis.validators.entries()) {
    const home = await loadHome(layout.nodeHome(i));
    expect(home.chainId).toBe(chainId);
    expect(home.validatorKeys.map((key) => key.publicKey)).toEqual([validator.consensusKey]);
    expect(validator).toMatchObject({ name: `node-${i}`, endpoint: `127.0.0.1:${basePort + i}` });
    expect(home.config.p2p.port).toBe(basePort + i);
    expect(home.config.http.port).toBe(basePort + 1_000 + i);
    expect(home.config.p2p.peers).toHaveLength(3);
  }
});

test("each consensus key was made with its journal and mark, for its owner alone", () => {
  for (let i = 0; i < 4; i += 1) {
    const keys = join(layout.nodeHome(i), "keys");
    const files = readdirSync(keys).filter((file) => file.startsWith("validator-"));
    expect(files.map((file) => file.replace(/^validator-[0-9a-f]{8}\./, "")).sort()).toEqual([
      "journal",
      "key",
      "mark",
    ]);
    for (const file of readdirSync(keys)) {
      expect(statSync(join(keys, file)).mode & 0o077).toBe(0);
    }
  }
});

test("each node has a faucet with an account of its own, which the genesis has paid", () => {
  const { genesis } = loadNetwork(layout);
  const faucets = [0, 1, 2, 3].map((i) => {
    const text = readFileSync(join(layout.nodeHome(i), faucetKeyFile), "utf8");
    const key = parseKeyFile(text, createNobleSigner);
    if (!key.ok) throw new Error(key.reason);
    expect(key.value.origin).toBe("dev");
    return accountIdOf(nobleHasher, singleKeyPolicy(key.value.signer.publicKey));
  });
  expect(new Set(faucets).size).toBe(4);
  for (const account of faucets) {
    const paid = genesis.accounts.find((entry) => entry.account === account);
    expect(paid?.balance).toBeGreaterThan(0n);
  }
});

test("moving changes the ports of every node and nothing of the chain", async () => {
  const before = loadNetwork(layout);
  moveNetwork(layout, 4, 30_000);
  expect(loadNetwork(layout)).toEqual({ ...before, basePort: 30_000 });
  const { config } = await loadHome(layout.nodeHome(3));
  expect(config.p2p.peers).toEqual(["127.0.0.1:30000", "127.0.0.1:30001", "127.0.0.1:30002"]);
  moveNetwork(layout, 4, basePort);
});

test("a network has epochs short enough to see one end, unless it is told otherwise", async () => {
  expect(loadNetwork(layout).genesis.parameters.epochLength).toBe(200n);
  const other = layoutOf(join(folder, "short"));
  await createNetwork(other, { nodes: 1, basePort, epochLength: 12 });
  expect(loadNetwork(other).genesis.parameters.epochLength).toBe(12n);
});

test("a node that was added counts, and keeps its checkpoint when the network moves", async () => {
  const other = layoutOf(join(folder, "grown"));
  await createNetwork(other, { nodes: 2, basePort });
  const { genesis, chainId } = loadNetwork(other);
  const checkpoint = { height: height(7), blockId: "cd".repeat(32) as BlockId };
  const invite = signInvite(
    { genesis, chainId },
    { checkpoint, peers: [], from: { name: "", keyKind: "node" }, timestampMs: 1 },
    createNobleSigner(new Uint8Array(32)),
  );
  const config = nodeConfig({ index: 2, nodes: 3, basePort });
  const operator = addOperatorKey(other, 2);
  const applicant = { name: "node-2", endpoint: "127.0.0.1:27002", operator };
  await joinNetwork({ folder: other.nodeHome(2), invite, config, applicant });
  expect(loadNetwork(other)).toMatchObject({ nodes: 3, chainId });
  moveNetwork(other, 3, 30_000);
  const moved = await loadHome(other.nodeHome(2));
  expect(moved.checkpoint).toEqual(checkpoint);
  expect(moved.config.p2p).toMatchObject({
    port: 30_002,
    advertise: "127.0.0.1:30002",
    peers: ["127.0.0.1:30000", "127.0.0.1:30001"],
  });
});

test("removing takes the network and leaves what is not of it", async () => {
  const other = layoutOf(join(folder, "other"));
  await createNetwork(other, { nodes: 1, basePort });
  writeFileSync(join(other.folder, "node-notes.txt"), "mine");
  removeNetwork(other);
  expect(readdirSync(other.folder)).toEqual(["node-notes.txt"]);
  expect(existsSync(other.genesis)).toBe(false);
});

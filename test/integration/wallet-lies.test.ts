/**
 * The wallet as a process, against nodes that lie: it never shows a wrong figure, names the liar and keeps its words,
 * and ends with exit 8 where it cannot decide.
 * @module
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HttpServer } from "../../node/http/server.ts";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { decode } from "../../src/codec/codec.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { decodeProof, encodeProof, type Proof } from "../../src/proof/proof.ts";
import { assetIdOf } from "../../src/protocol/assets.ts";
import { formatGenesis } from "../../src/protocol/genesis.ts";
import { epoch, height, nativeAsset } from "../../src/protocol/ids.ts";
import type { OperationBody } from "../../src/protocol/operations.ts";
import { accountEntryCodec, encodeAccount } from "../../src/protocol/state.ts";
import { WalletCommand } from "./wallet/command.ts";
import type { FaultyProxy, NodeAnswer, ProxyAnswer, ProxyRequest } from "./wallet/faulty-proxy.ts";
import { PayingNode } from "./wallet/paying-node.ts";
import { addressOf, alice, bob, fundedWith, serve, TwinNetwork } from "./wallet/twin-network.ts";

let network: TwinNetwork;
const servers: HttpServer[] = [];

beforeEach(async () => {
  network = await TwinNetwork.start();
});

afterEach(async () => {
  await network.stop();
  await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

const truth = "1,000 QRT";
const pay = ["send", "25", "bob", "--from", "alice", "--yes"] as const;

const proxy = (i: number): FaultyProxy => {
  const found = network.proxies[i];
  if (found === undefined) throw new Error(`there is no node ${i}`);
  return found;
};

const at = (...urls: readonly string[]): readonly string[] =>
  urls.flatMap((url) => ["--node", url]);

/** What a liar makes of the proofs that pass through it. */
const altering =
  (change: (proof: Proof) => Proof) =>
  (_: ProxyRequest, { status, json }: NodeAnswer): ProxyAnswer => {
    if (typeof json.proof !== "string") return { status, json };
    const decoded = decodeProof(fromHex(json.proof));
    if (!decoded.ok) throw new Error("a node answers with a proof");
    return { status, json: { ...json, proof: toHex(encodeProof(change(decoded.value))) } };
  };

/** A thousand times as rich. */
const richer = altering((proof) => ({
  ...proof,
  items: proof.items.map((item) => {
    if (item.kind !== "state" || item.end.kind !== "leaf") return item;
    const entry = decode(accountEntryCodec, item.end.value);
    if (!entry.ok) return item;
    const value = encodeAccount({ ...entry.value, balance: entry.value.balance * 1_000n });
    return { ...item, end: { kind: "leaf", value } };
  }),
}));

const otherBlock = altering((proof) => ({
  ...proof,
  header: { ...proof.header, timestampMs: proof.header.timestampMs + 1 },
}));

const forgedCertificate = altering((proof) => {
  const { certificate } = proof.finality;
  const signatures = certificate.signatures.map(({ signer }) => ({
    signer,
    signature: new Uint8Array(64).fill(7),
  }));
  return { ...proof, finality: { ...proof.finality, certificate: { ...certificate, signatures } } };
});

const evidence = async (): Promise<readonly string[]> =>
  await readdir(join(network.wallet.home, "evidence")).catch(() => []);

test.each([
  { name: "a wrong balance", alter: richer, code: "state_not_shown" },
  { name: "a wrong block", alter: otherBlock, code: "finalizes_another" },
  { name: "a forged certificate", alter: forgedCertificate, code: "signature_invalid" },
])("$name: the truth is shown, the liar named, its words kept", async ({ alter, code }) => {
  proxy(1).alter = alter;
  const shown = await network.wallet.run("balance", "alice");
  expect(shown.exit).toBe(0);
  expect(shown.stdout).toMatch(/^1,000 QRT {2}✔ final at #1 \(3 of 4 validators\), 2 of 3 nodes/);
  expect(shown.stderr).toContain(`${proxy(1).url} is not to be believed (${code})`);
  const [file = ""] = await evidence();
  const kept = JSON.parse(await readFile(join(network.wallet.home, "evidence", file), "utf8"));
  expect(kept).toMatchObject({ kind: "quorate-evidence", code, nodes: [proxy(1).url] });
  expect(JSON.parse(kept.answers[0].body).proof).toMatch(/^[0-9a-f]+$/);

  const scripted = await network.wallet.json("balance", "alice");
  expect(scripted.data).toMatchObject({ amount: fundedWith.toString(), nodesAnswered: 2 });
  expect(scripted.data.nodes[1]).toMatchObject({ node: proxy(1).url, kind: "lying", code });
  expect(await evidence()).toHaveLength(1); // The same lie is kept once.
});

test.each([
  { name: "wrong balances", alter: richer },
  { name: "forged certificates", alter: forgedCertificate },
])("$name everywhere: exit 8, and no figure", async ({ alter }) => {
  for (const each of network.proxies) each.alter = alter;
  const { exit, stdout, stderr } = await network.wallet.run("balance", "alice");
  expect({ exit, stdout }).toEqual({ exit: 8, stdout: "" });
  for (const { url } of network.proxies) expect(stderr).toContain(url);
  expect(await evidence()).toHaveLength(3);
});

test("an old tip: named beside others; alone it shows nothing older than what was seen", async () => {
  const old = new Map<string, ProxyAnswer>();
  const liar = proxy(0);
  const pathOf = ({ path }: ProxyRequest): string => path.split("?")[0] ?? "";
  liar.alter = (request, answer) => {
    if (answer.status === 200) old.set(pathOf(request), answer);
    return answer;
  };
  await network.wallet.run("balance", "alice", ...at(liar.url));
  for (let blocks = 0; blocks < 12; blocks += 1) await network.node.makeBlock();
  await network.wallet.json(...pay, ...at(proxy(1).url));
  liar.instead = (request) => old.get(pathOf(request));

  const shown = await network.wallet.run("balance", "alice");
  expect(shown.stdout).toContain("975 QRT");
  expect(shown.stderr).toContain(`${liar.url} is 13 blocks behind what this wallet has seen`);

  const alone = await network.wallet.json("balance", "alice", ...at(liar.url));
  expect(alone).toMatchObject({ exit: 8, error: { code: "older_than_seen" } });
  expect(alone.stdout).not.toContain("1,000");
});

test("an old state under a new block: the old figure is never shown again", async () => {
  const liar = proxy(0);
  const { node } = network;
  const isOfAccount = ({ path }: ProxyRequest): boolean => path.includes("/accounts/");
  let old: Proof | undefined;
  const keep = altering((proof) => {
    old ??= proof;
    return proof;
  });
  liar.alter = (request, answer) => (isOfAccount(request) ? keep(request, answer) : answer);
  await network.wallet.json("balance", "alice", ...at(liar.url));
  await network.wallet.json(...pay, ...at(proxy(1).url));
  await node.makeBlock();
  // No key is needed to say that block 3 covers block 1, as it does.
  const since = node.proofs.block(height(3), { from: epoch(0), known: [height(1), height(2)] });
  if (!since.ok) throw new Error("block 3 is final");
  const [way, seen] = since.value.items;
  if (way?.kind !== "history" || seen === undefined || old === undefined) throw new Error("shown");
  const { header } = since.value;
  const { certificate } = since.value.finality;
  const finality = { certificate, covering: { header, inclusion: way.path } };
  const forged = { ...old, finality, items: [...old.items, seen] };
  const roll = altering(() => forged);
  liar.alter = (request, answer) => (isOfAccount(request) ? roll(request, answer) : answer);

  const shown = await network.wallet.run("balance", "alice");
  expect(shown.stdout).toContain("975 QRT");

  const alone = await network.wallet.json("balance", "alice", ...at(liar.url));
  expect(alone).toMatchObject({ exit: 8, error: { code: "older_than_seen" } });
  expect(alone.stdout).not.toContain("1,000");
});

test("two histories of one network, both signed: exit 8, and both proofs are kept", async () => {
  const other = await PayingNode.start(new Map([[alice, fundedWith]]));
  expect(other.chainId).toBe(network.node.chainId);
  await other.makeBlock([other.transfer(0, "elsewhere")]);
  const server = await serve(other);
  servers.push(server);
  const both = at(proxy(0).url, server.url);
  const fork = await network.wallet.json("balance", "alice", ...both);
  expect(fork).toMatchObject({ exit: 8, error: { code: "fork_proven" } });
  expect(fork.error.message).toContain(server.url);
  const [file = ""] = await evidence();
  const kept = JSON.parse(await readFile(join(network.wallet.home, "evidence", file), "utf8"));
  expect(kept).toMatchObject({ code: "fork", nodes: expect.arrayContaining([server.url]) });
  expect(kept.answers).toHaveLength(2);

  const { height, id } = network.node.tip();
  const decided = await network.wallet.json(
    "balance",
    "alice",
    ...both,
    "--checkpoint",
    `${height}:${id}`,
  );
  expect(decided).toMatchObject({ exit: 0, data: { amount: fundedWith.toString() } });
  expect(decided.stderr).toContain(`${server.url} is not to be believed (checkpoint_contradicted)`);
});

test("a node that was restarted with another history than the one that was seen: exit 8", async () => {
  await network.wallet.json("balance", "alice");
  const other = await PayingNode.start(new Map([[alice, fundedWith]]));
  await other.makeBlock();
  const server = await serve(other);
  servers.push(server);
  const answer = await network.wallet.json("balance", "alice", ...at(server.url));
  expect(answer).toMatchObject({ exit: 8, error: { code: "fork_proven" } });
});

test("a node of another network is called that, and others are shown", async () => {
  const other = await PayingNode.start(new Map([[alice, 1n]]));
  const server = await serve(other);
  servers.push(server);
  const shown = await network.wallet.run("balance", "alice", ...at(proxy(0).url, server.url));
  expect(shown.stdout).toContain(truth);
  expect(shown.stderr).toContain(`${server.url} is not to be believed (wrong_chain)`);
});

test("a genesis of other validators: nothing that the nodes sign is believed", async () => {
  const { validators, ...rest } = network.node.genesis;
  const path = join(network.folder, "other.json");
  await writeFile(path, formatGenesis({ ...rest, validators: validators.slice(1) }));
  const { folder } = network;
  const elsewhere = new WalletCommand({ folder, networkFile: undefined });
  const flags = ["--genesis", path, ...at(proxy(0).url)];
  const answer = await elsewhere.json("balance", addressOf(alice), ...flags);
  expect(answer).toMatchObject({ exit: 8, error: { code: "wrong_chain" } });
});

test("history: what a node leaves out is had from another, and the node is named", async () => {
  const first = await network.wallet.json(...pay, "--memo", "one");
  await network.wallet.json(...pay, "--memo", "two");
  const isList = ({ path }: ProxyRequest): boolean => path.includes("/transactions?");
  const hiding = (request: ProxyRequest, answer: NodeAnswer): ProxyAnswer => {
    if (!isList(request)) return answer;
    const items = answer.json.items.filter(({ id }) => id !== first.data.id);
    return { ...answer, json: { ...answer.json, items } };
  };
  proxy(0).alter = hiding;
  const shown = await network.wallet.json("history", "alice");
  expect(shown.data.items.map(({ memo }) => memo)).toEqual(["two", "one"]);
  expect(shown.data.missingNonces).toEqual([]);
  expect(shown.stderr).toContain(`${proxy(0).url} is not to be believed (inclusion_withheld)`);

  for (const each of network.proxies) each.alter = hiding;
  const hidden = await network.wallet.json("history", "alice");
  expect(hidden.data.items.map(({ memo }) => memo)).toEqual(["two"]);
  expect(hidden.data.missingNonces).toEqual([0]);
  expect(hidden.stderr).toContain("with nonce 0");
});

test("history: a payment that was never made is not shown", async () => {
  const { data } = await network.wallet.json(...pay);
  const invented = "ef".repeat(32);
  proxy(0).alter = ({ path }, answer) => {
    if (!path.includes("/transactions?")) return answer;
    const [item] = answer.json.items;
    return { ...answer, json: { ...answer.json, items: [{ ...item, id: invented }, item] } };
  };
  const shown = await network.wallet.json("history", "bob");
  expect(shown.data.items.map(({ id }) => id)).toEqual([data.id]);
  const [finding] = shown.data.nodes;
  expect(finding).toMatchObject({ kind: "lying", code: "outcome_contradicted" });
});

const final = (id: string): ProxyAnswer => ({
  status: 200,
  json: {
    status: "final",
    id,
    contentHash: id,
    sender: `quo1${"q".repeat(58)}`,
    nonce: 0,
    fee: "0",
    feeDisplay: "0",
    expiryMs: 1,
    memo: { hex: "", text: null },
    operations: [],
    height: 1,
    index: 0,
    blockId: "aa".repeat(32),
    timestampMs: 1,
  },
});

test("final by a node's word alone is not final; with an honest node beside it the payment is", async () => {
  network.node.hasQuorum = false;
  const { data } = await network.wallet.json(...pay, "--no-wait");
  const { id } = data;
  proxy(0).instead = ({ method }) => (method === "POST" ? final(id) : undefined);
  const alone = ["wait", id, ...at(proxy(0).url), "--timeout", "2s"];
  const claimed = await network.wallet.json(...alone);
  expect(claimed).toMatchObject({ exit: 7, error: { code: "outcome_unknown" } });
  expect(claimed.stderr).toContain(`${proxy(0).url} is not to be believed (outcome_contradicted)`);
  expect(await network.outbox()).toEqual([id]);

  network.node.hasQuorum = true;
  const proven = await network.wallet.json("wait", id);
  expect(proven).toMatchObject({ exit: 0, data: { status: "final", height: 2 } });
  expect(await network.outbox()).toEqual([]);
});

/** Every submission is passed on, and said to be refused. */
const refusing =
  (code: string) =>
  ({ method }: ProxyRequest, answer: ProxyAnswer): ProxyAnswer => {
    if (method !== "POST") return answer;
    const problem = {
      ...{ type: `urn:quorate:problem:${code}`, title: "t", status: 409, detail: "d" },
      ...{ code, fix: "f", field: null, transactionStatus: "refused", supersededBy: null },
    };
    return { status: 409, json: { ...problem, id: network.node.submitted.at(-1) ?? null } };
  };

test("refused by a node that passes it on: it stays saved, and is paid once", async () => {
  const liar = proxy(0);
  liar.alter = refusing("insufficient_balance");
  const refused = await network.wallet.json(...pay, ...at(liar.url));
  expect(refused).toMatchObject({ exit: 5, error: { code: "insufficient_balance" } });
  expect(network.node.balanceOf(bob)).toBe(2_500n);
  expect(await network.outbox()).toEqual([refused.error.id]);

  const again = await network.wallet.json(...pay);
  expect(again).toMatchObject({ exit: 0, data: { id: refused.error.id, status: "final" } });
  expect(network.node.balanceOf(bob)).toBe(2_500n);
});

test("somebody else's transaction: final by proof, and nothing by words alone", async () => {
  const other = network.node.transfer(0, "other");
  await network.node.makeBlock([other]);
  const shown = await network.wallet.json("status", other.id);
  expect(shown).toMatchObject({ exit: 0, data: { status: "final", signers: 3, validators: 4 } });

  const id = "cd".repeat(32);
  for (const each of network.proxies) {
    each.instead = ({ path }) => (path === `/v1/transactions/${id}` ? final(id) : undefined);
  }
  const claimed = await network.wallet.json("status", id);
  expect(claimed).toMatchObject({ exit: 8, error: { code: "nothing_proven" } });
  const word = { ...final(id), json: { ...final(id).json, status: "expired" } };
  const [liar] = network.proxies;
  for (const each of network.proxies) each.instead = () => undefined;
  if (liar !== undefined) liar.instead = ({ path }) => (path.endsWith(id) ? word : undefined);
  const expired = await network.wallet.json("status", id);
  expect(expired).toMatchObject({ exit: 8, error: { code: "nothing_proven" } });
});

test("an asset is what its proven code says: a node cannot have another one paid under its name", async () => {
  const create = { kind: "create-asset", code: "SILVER", decimals: 0, name: "", maxSupply: 0n };
  const silver = assetIdOf(nobleHasher, alice, "SILVER");
  const mint = { kind: "mint", asset: silver, to: bob, amount: 9n };
  const fund = { kind: "transfer", asset: nativeAsset, to: bob, amount: 100n };
  const bodies = [create, fund, mint] as readonly OperationBody[];
  const operations = bodies.map((body) => ({ from: undefined, body }));
  await network.node.makeBlock([network.node.signed(0, operations)]);
  const renamed = (text: string): string => text.replaceAll('"SILVER"', '"GOLD"');
  for (const each of network.proxies) {
    each.alter = (_, { status, json }) => ({
      status,
      json: JSON.parse(renamed(JSON.stringify(json))),
    });
  }
  const send = ["send", "5", "alice", "--from", "bob", "--yes", "--asset"];
  expect(await network.wallet.json(...send, "GOLD")).toMatchObject({
    ...{ exit: 3, error: { code: "asset_unknown" } },
  });
  const paid = await network.wallet.json(...send, "SILVER");
  expect(paid).toMatchObject({ exit: 0, data: { asset: "SILVER", assetId: silver } });
});

test("refused by a node that passes it on, then sent with --new as advised: paid once until that is known", async () => {
  const liar = proxy(0);
  liar.alter = refusing("fee_too_low");
  const refused = await network.wallet.json(...pay, ...at(liar.url));
  expect(refused).toMatchObject({ exit: 5, error: { code: "fee_too_low" } });
  const { id } = refused.error;
  const anew = await network.wallet.json(...pay, "--new");
  expect(anew).toMatchObject({ exit: 7, error: { code: "refused_perhaps_final", id } });
  expect(network.node.balanceOf(bob)).toBe(2_500n);

  expect(await network.wallet.json("wait", id ?? "")).toMatchObject({ exit: 0, data: { id } });
  expect(await network.wallet.json(...pay, "--new")).toMatchObject({ exit: 0 });
  expect(network.node.balanceOf(bob)).toBe(5_000n);
});

test("new keys that nodes refuse stay known: the refusal may be a lie", async () => {
  const key = (await network.wallet.json("create", "cold", "--plain")).data.publicKey;
  const liar = proxy(0);
  liar.alter = refusing("insufficient_balance");
  const set = ["policy", "set", key, "--from", "alice", "--yes"];
  expect(await network.wallet.json(...set, ...at(liar.url))).toMatchObject({ exit: 5 });
  expect(await readdir(join(network.wallet.home, "policies"))).toHaveLength(1);
});

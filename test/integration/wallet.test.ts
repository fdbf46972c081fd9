/**
 * The wallet as a process, against nodes that fail in every way: a certain answer, and never a second payment.
 * @module
 */
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseHex, toHex } from "../../src/base/bytes.ts";
import { formatGenesis } from "../../src/protocol/genesis.ts";
import { WalletCommand } from "./wallet/command.ts";
import { addressOf, alice, bob, fundedWith, TwinNetwork } from "./wallet/twin-network.ts";

let network: TwinNetwork;

beforeEach(async () => {
  network = await TwinNetwork.start();
});

afterEach(async () => {
  await network.stop();
});

const pay = ["send", "25", "bob", "--from", "alice", "--yes"] as const;
const paid = 2_500n;

const proxy = (i: number) => {
  const found = network.proxies[i];
  if (found === undefined) throw new Error(`there is no node ${i}`);
  return found;
};

test("a payment is final, reported in full, and forgotten", async () => {
  const { exit, ok, data, stderr } = await network.wallet.json(...pay, "--memo", "rent");
  expect({ exit, ok }).toEqual({ exit: 0, ok: true });
  expect(data).toMatchObject({
    status: "final",
    height: 2,
    signers: 3,
    validators: 4,
    blockId: network.node.tip().id,
    from: addressOf(alice),
    to: addressOf(bob),
    amount: "2500",
    fee: "0",
    nonce: 0,
    memo: "rent",
  });
  expect(stderr).toContain(addressOf(bob));
  expect(stderr).toContain(data.id);
  expect(network.node.balanceOf(bob)).toBe(paid);
  expect(await network.outbox()).toEqual([]);
});

test("the payment is saved and its id printed before the first byte is sent", async () => {
  let saved: readonly string[] = [];
  const seen = new Promise<void>((resolve) => {
    proxy(0).onSubmission = () => {
      network.outbox().then((ids) => {
        saved = ids;
        resolve();
      }, resolve);
    };
  });
  proxy(0).mode = "deaf";
  const { child, ended } = network.wallet.start(...pay);
  await seen;
  child.kill("SIGKILL");
  const { stderr } = await ended;
  expect(saved).toHaveLength(1);
  expect(stderr).toContain(saved[0]);

  proxy(0).mode = "faithful";
  const again = await network.wallet.json(...pay);
  expect(again.data.id).toBe(saved[0]);
  expect(network.node.balanceOf(bob)).toBe(paid);
});

test("after a final payment the same one again is a second payment", async () => {
  const first = await network.wallet.json(...pay);
  const second = await network.wallet.json(...pay);
  expect(second.data.id).not.toBe(first.data.id);
  expect(second.data.nonce).toBe(1);
  expect(network.node.balanceOf(bob)).toBe(2n * paid);
});

test("without a quorum the outcome is unknown; the same again resumes, and it is paid once", async () => {
  network.node.hasQuorum = false;
  const first = await network.wallet.json(...pay, "--timeout", "2s");
  expect(first.exit).toBe(7);
  expect(first.error).toMatchObject({
    code: "outcome_unknown",
    fix: `quorate-wallet wait ${first.error.id}`,
  });
  expect(await network.outbox()).toEqual([first.error.id]);

  const still = await network.wallet.json(...pay, "--timeout", "1s");
  expect(still).toMatchObject({ exit: 7, error: { id: first.error.id } });
  const pending = await network.wallet.json("status", first.error.id ?? "");
  expect(pending).toMatchObject({ exit: 0, data: { status: "pending" } });

  network.node.hasQuorum = true;
  await network.node.finalize();
  const second = await network.wallet.json(...pay);
  expect(second).toMatchObject({ exit: 0, data: { id: first.error.id, status: "final" } });
  expect(second.stderr).toContain("No second payment");
  expect(network.node.balanceOf(bob)).toBe(paid);
  expect(await network.outbox()).toEqual([]);
});

test("--new pays a second time while the first is still open", async () => {
  network.node.hasQuorum = false;
  const first = await network.wallet.json(...pay, "--no-wait");
  const second = await network.wallet.json(...pay, "--no-wait", "--new");
  expect(first).toMatchObject({ exit: 0, data: { status: "pending", nonce: 0 } });
  expect(second).toMatchObject({ exit: 0, data: { status: "pending", nonce: 1 } });
  network.node.hasQuorum = true;
  await network.node.finalize();
  for (const { id } of [first.data, second.data]) {
    expect(await network.wallet.json("wait", id)).toMatchObject({ exit: 0, data: { id } });
  }
  expect(network.node.balanceOf(bob)).toBe(2n * paid);
  expect(await network.outbox()).toEqual([]);
});

test("a dead and a deaf node are passed over", async () => {
  await proxy(0).stop();
  proxy(1).mode = "deaf";
  const { exit, data } = await network.wallet.json(...pay);
  expect({ exit, status: data.status }).toEqual({ exit: 0, status: "final" });
});

test("an answer that is lost by one node is had from another, for the same payment", async () => {
  proxy(0).mode = "forgetful";
  const { exit, data } = await network.wallet.json(...pay);
  expect({ exit, status: data.status }).toEqual({ exit: 0, status: "final" });
  expect(new Set(network.node.submitted)).toEqual(new Set([data.id]));
  expect(network.node.balanceOf(bob)).toBe(paid);
});

test("all answers lost: unknown, and the payment stays saved", async () => {
  for (const each of network.proxies) each.mode = "forgetful";
  const first = await network.wallet.json(...pay, "--timeout", "2s");
  expect(first).toMatchObject({ exit: 7, error: { code: "outcome_unknown" } });
  for (const each of network.proxies) each.mode = "faithful";
  const second = await network.wallet.json("wait", first.error.id ?? "");
  expect(second).toMatchObject({ exit: 0, data: { status: "final", amount: "2500" } });
  expect(network.node.balanceOf(bob)).toBe(paid);
});

test("sends side by side take a nonce each, and all become final", async () => {
  const count = 12;
  const results = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      return await network.wallet.json("send", `${i + 1}`, "bob", "--from", "alice", "--yes");
    }),
  );
  expect(results.map(({ exit }) => exit)).toEqual(Array(count).fill(0));
  const nonces = results.map(({ data }) => data.nonce).toSorted((a, b) => a - b);
  expect(nonces).toEqual(Array.from({ length: count }, (_, i) => i));
  expect(network.node.balanceOf(bob)).toBe(BigInt(100 * ((count * (count + 1)) / 2)));
});

test("refused by every node: exit 5, and kept, since a node that lies may have passed it on", async () => {
  const send = ["send", "1_001", "bob", "--from", "alice", "--yes"] as const;
  const answer = await network.wallet.json(...send);
  expect(answer).toMatchObject({ exit: 5, ok: false, error: { code: "insufficient_balance" } });
  expect(await network.outbox()).toEqual([answer.error.id]);
  const again = await network.wallet.json(...send);
  expect(again).toMatchObject({ exit: 5, error: { id: answer.error.id } });
  expect(network.node.balanceOf(alice)).toBe(fundedWith);

  const other = await network.wallet.json(...pay);
  expect(other).toMatchObject({ exit: 0, data: { nonce: 0 } });
  const late = await network.wallet.json(...send);
  expect(late).toMatchObject({ exit: 5, error: { code: "superseded", id: answer.error.id } });
  expect(late.error.message).toContain(other.data.id);
  expect(await network.outbox()).toEqual([]);
});

test("refused because it is expired: exit 6 when a later block proves it, exit 7 until then", async () => {
  const send = ["send", "1", "bob", "--from", "alice", "--yes"] as const;
  const early = await network.wallet.json(...send, "--expires-in", "1ms", "--timeout", "2s");
  expect(early).toMatchObject({ exit: 7, error: { code: "outcome_unknown" } });
  expect(await network.outbox()).toEqual([early.error.id]);
  await network.node.makeBlock();
  const late = await network.wallet.json("wait", early.error.id ?? "");
  expect(late).toMatchObject({ exit: 6, error: { code: "expired", id: early.error.id } });
  expect(await network.outbox()).toEqual([]);
  expect(network.node.balanceOf(alice)).toBe(fundedWith);
});

test("a used nonce is refused with its code", async () => {
  await network.wallet.json(...pay);
  const answer = await network.wallet.json(...pay, "--nonce", "0", "--memo", "again");
  expect(answer).toMatchObject({ exit: 5, error: { code: "nonce_too_low" } });
  expect(await network.outbox()).toEqual([]);
});

test("a refusal decides nothing while another node's answer is lost", async () => {
  proxy(1).mode = "forgetful";
  const answer = await network.wallet.json(
    "send",
    "5000",
    "bob",
    "--from",
    "alice",
    "--yes",
    "--timeout",
    "2s",
  );
  expect(answer).toMatchObject({ exit: 7, error: { code: "outcome_unknown" } });
  expect(await network.outbox()).toEqual([answer.error.id]);
});

test("a payment that a node may hold from before is not given up when all refuse it now", async () => {
  network.node.hasQuorum = false;
  const { data } = await network.wallet.json(...pay, "--no-wait");
  network.node.rule(data.id, { kind: "refused", code: "insufficient_balance", message: "m" });
  const answer = await network.wallet.json("wait", data.id, "--timeout", "1s");
  expect(answer).toMatchObject({ exit: 7, error: { code: "outcome_unknown" } });
  expect(await network.outbox()).toEqual([data.id]);
});

test("an earlier payment that no node has is sent again, for the later one needs it", async () => {
  for (const each of network.proxies) {
    each.onSubmission = () => {
      each.mode = "deaf";
    };
  }
  const first = await network.wallet.json(...pay, "--timeout", "2s");
  expect(first.exit).toBe(7);
  for (const each of network.proxies) {
    each.onSubmission = () => {};
    each.mode = "faithful";
  }
  const second = await network.wallet.json("send", "1", "bob", "--from", "alice", "--yes");
  expect(second).toMatchObject({ exit: 0, data: { status: "final", nonce: 1 } });
  expect(second.stderr).toContain(first.error.id);
  expect(network.node.balanceOf(bob)).toBe(paid + 100n);
});

test("a saved payment that was damaged on the disk is refused by its signature", async () => {
  for (const each of network.proxies) {
    each.onSubmission = () => {
      each.mode = "deaf";
    };
  }
  const first = await network.wallet.json(...pay, "--timeout", "2s");
  expect(first.exit).toBe(7);
  const path = join(network.wallet.home, "outbox", first.error.id ?? "");
  const entry = JSON.parse(await readFile(path, "utf8"));
  const bytes = parseHex(entry.bytes) as Uint8Array;
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  await writeFile(path, JSON.stringify({ ...entry, bytes: toHex(bytes) }));
  for (const each of network.proxies) {
    each.onSubmission = () => {};
    each.mode = "faithful";
  }
  const second = await network.wallet.json("wait", first.error.id ?? "");
  expect(second).toMatchObject({ exit: 5, error: { code: "bad_signature" } });
});

test("superseded is believed of another transaction that is final with its nonce, and of no other", async () => {
  network.node.hasQuorum = false;
  const { data } = await network.wallet.json(...pay, "--no-wait");
  network.node.rule(data.id, { kind: "superseded", by: "ab".repeat(32) as typeof data.id });
  const unshown = await network.wallet.json("wait", data.id, "--timeout", "1s");
  expect(unshown).toMatchObject({ exit: 7, error: { code: "outcome_unknown" } });
  expect(await network.outbox()).toEqual([data.id]);

  const [first, second] = [network.node.transfer(0, "first"), network.node.transfer(1, "second")];
  await network.node.makeBlock([first, second]);
  network.node.rule(data.id, { kind: "superseded", by: second.id });
  const other = await network.wallet.json("wait", data.id, "--timeout", "1s");
  expect(other).toMatchObject({ exit: 7 });
  expect(other.stderr).toContain("outcome_contradicted");
  expect(await network.outbox()).toEqual([data.id]);

  network.node.rule(data.id, { kind: "superseded", by: first.id });
  const shown = await network.wallet.json("wait", data.id);
  expect(shown).toMatchObject({ exit: 5, error: { code: "superseded", id: data.id } });
  expect(shown.error.message).toContain(first.id);
  expect(await network.outbox()).toEqual([]);
});

test("a node that has forgotten it is asked for the transaction that used its nonce", async () => {
  network.node.hasQuorum = false;
  const { data } = await network.wallet.json(...pay, "--no-wait");
  const other = network.node.transfer(0, "other");
  await network.node.makeBlock([other]);
  network.node.rule(data.id, { kind: "unknown" });
  const answer = await network.wallet.json("wait", data.id);
  expect(answer).toMatchObject({ exit: 5, error: { code: "superseded" } });
  expect(answer.error.message).toContain(other.id);
});

test("expired is believed of a final block later than the expiry, not of a node's word", async () => {
  network.node.hasQuorum = false;
  const { data } = await network.wallet.json(...pay, "--no-wait", "--expires-in", "1s");
  network.node.rule(data.id, { kind: "expired" });
  const early = await network.wallet.json("wait", data.id, "--timeout", "1s");
  expect(early.exit).toBe(7);
  await network.node.makeBlock([], data.expiryMs + 1);
  const late = await network.wallet.json("wait", data.id);
  expect(late).toMatchObject({ exit: 6, error: { code: "expired", id: data.id } });
  expect(await network.outbox()).toEqual([]);
});

test("no node reachable: exit 4, before and after signing; what was signed is kept", async () => {
  network.node.hasQuorum = false;
  const open = await network.wallet.json(...pay, "--no-wait");
  await Promise.all(network.proxies.map(async (each) => await each.stop()));
  const before = await network.wallet.json("send", "1", "bob", "--from", "alice", "--yes");
  expect(before).toMatchObject({ exit: 4, error: { code: "no_node_reachable" } });
  const after = await network.wallet.json("wait", open.data.id, "--timeout", "1s");
  expect(after).toMatchObject({ exit: 4, error: { code: "no_node_reachable", id: open.data.id } });
  expect(await network.outbox()).toEqual([open.data.id]);
});

test("without a terminal and without --yes nothing is signed", async () => {
  const answer = await network.wallet.json("send", "25", "bob", "--from", "alice");
  expect(answer).toMatchObject({
    exit: 2,
    error: { code: "confirmation_needed", fix: "Add --yes." },
  });
  expect(network.node.submitted).toEqual([]);
});

test("an address of another network is refused", async () => {
  const foreign = "btc1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0sqv9c2l";
  const answer = await network.wallet.json("send", "25", foreign, "--from", "alice", "--yes");
  expect(answer.exit).toBe(2);
  expect(answer.error.code).toMatch(/^address_/);
});

test("nodes of another network: nothing is signed, nothing is believed", async () => {
  const path = join(network.folder, "other-genesis.json");
  await writeFile(path, formatGenesis({ ...network.node.genesis, networkName: "another" }));
  const mixed = await network.wallet.json("balance", "alice", "--genesis", path);
  expect(mixed).toMatchObject({ exit: 8, error: { code: "genesis_mismatch" } });

  const { folder } = network;
  const elsewhere = new WalletCommand({ folder, networkFile: undefined });
  await elsewhere.json("create", "anna", "--plain");
  const flags = ["--genesis", path, "--node", proxy(0).url];
  const send = ["send", "1", addressOf(bob), "--from", "anna", "--yes"];
  const refused = await elsewhere.json(...send, ...flags);
  expect(refused).toMatchObject({ exit: 5, error: { code: "wrong_chain" } });
  const balance = await elsewhere.json("balance", addressOf(bob), ...flags);
  expect(balance).toMatchObject({ exit: 8, error: { code: "wrong_chain" } });
  expect(network.node.submitted).toEqual([]);
});

test("a genesis that is not the network file's is not believed, from whichever node", async () => {
  const file = JSON.parse(await readFile(network.networkFile, "utf8"));
  await writeFile(network.networkFile, JSON.stringify({ ...file, chainId: "ab".repeat(32) }));
  const answer = await network.wallet.json(...pay);
  expect(answer).toMatchObject({ exit: 8, error: { code: "genesis_mismatch" } });
  expect(network.node.submitted).toEqual([]);
});

test("a key that others can read is refused", async () => {
  await network.wallet.json("create", "anna", "--plain");
  await chmod(join(network.wallet.home, "keys/anna.json"), 0o644);
  const answer = await network.wallet.json("show", "anna");
  expect(answer).toMatchObject({ exit: 2, error: { code: "key_permissions" } });
});

test("a plain key is made once, is the owner's alone, and says that it is not encrypted", async () => {
  const made = await network.wallet.json("create", "anna", "--plain");
  expect(made).toMatchObject({ exit: 0, data: { name: "anna" } });
  expect(await network.wallet.json("create", "anna", "--plain")).toMatchObject({ exit: 2 });
  expect(await network.wallet.json("create", "alice", "--plain")).toMatchObject({ exit: 2 });
  const text = await readFile(join(network.wallet.home, "keys/anna.json"), "utf8");
  expect(text).toContain("NOT encrypted");
  const shown = await network.wallet.run("show", "anna");
  expect(shown.stdout).toContain(made.data.address);
  expect(shown.stdout).not.toContain(JSON.parse(text).seed);
});

test("balance and history say what happened", async () => {
  const { data } = await network.wallet.json(...pay, "--memo", "rent");
  expect(await network.wallet.json("balance", "bob")).toMatchObject({
    exit: 0,
    data: { name: "bob", amount: "2500", display: "25 QRT", height: 2, nodesAnswered: 3 },
  });
  const history = await network.wallet.json("history", addressOf(bob));
  expect(history.data.items).toEqual([
    expect.objectContaining({
      direction: "in",
      otherName: "alice",
      amount: "2500",
      memo: "rent",
      id: data.id,
    }),
  ]);
  const shown = await network.wallet.run("history", "alice");
  expect(shown.stdout).toContain("-25 QRT  to bob");
});

test.each([
  ["create", "new-one", "--plain"],
  ["list"],
  ["show", "alice"],
  ["show", "nobody"],
  ["balance"],
  ["balance", "nobody"],
  ["history", "alice"],
  ["status", "00".repeat(32)],
  ["status", "short"],
  ["send"],
  ["send", "1,000", "bob", "--from", "alice", "--yes"],
  ["send", "-5", "bob"],
  ["nonsense"],
  ["list", "--timeout", "soon"],
  ["list", "--network", "/nowhere/network.json"],
])("--json prints one object and nothing else: %s %s", async (...flags) => {
  const { exit, ok, data, error, stdout } = await network.wallet.json(...flags);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(ok).toBe(exit === 0);
  if (ok) expect(data).toBeTypeOf("object");
  else expect(Object.keys(error).slice(0, 3)).toEqual(["code", "message", "fix"]);
});

test("when nobody reads the result, it is said so, and what was paid stays saved until it is reported", async () => {
  const { child, ended } = network.wallet.start(...pay);
  child.stdout?.destroy();
  const { exit, stderr } = await ended;
  expect(exit).toBe(1);
  expect(stderr).toContain("output_lost");
  expect(stderr).not.toMatch(/^\s+at /m); // No stack.
  const [id] = await network.outbox();
  expect(await network.wallet.json(...pay)).toMatchObject({ exit: 0, data: { id } });
  expect(network.node.balanceOf(bob)).toBe(paid);
});

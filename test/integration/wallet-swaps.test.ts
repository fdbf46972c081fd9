/**
 * Two parties swap two assets in one transaction, and its receipt convinces somebody who has only the genesis.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nobleVerifier } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { verifyReceipt } from "../../src/proof/receipt.ts";
import { parseGenesis } from "../../src/protocol/genesis.ts";
import { type Transaction, transactionSigningBytes } from "../../src/protocol/transaction.ts";
import {
  formatTransactionFile,
  parseTransactionFile,
  partialTransaction,
} from "../../wallet-cli/cosigning/transaction-file.ts";
import { LocalNet } from "./support/local-net.ts";
import { devPayer } from "./support/paying-client.ts";
import { WalletCommand } from "./wallet/command.ts";
import { WalletHome } from "./wallet/wallet-home.ts";

let net: LocalNet;
/** Has the keys of alice, bob and carol: those of the local network. */
let wallet: WalletCommand;
/** Has the genesis and no network. */
let auditor: WalletHome;
/** The text of an offer that bob may accept. */
let offer: string;
/** Id of the accepted swap. */
let swapped: string;
let receipt: string;

beforeAll(async () => {
  net = await LocalNet.start();
  wallet = new WalletCommand({ folder: net.dir, networkFile: join(net.dir, "network.json") });
  auditor = new WalletHome(join(net.dir, "genesis.json"));
  for (const [issuer, code] of [
    ["alice", "GOLD"],
    ["bob", "IRON"],
  ] as const) {
    await done("asset", "create", code, "--decimals", "2", "--from", issuer);
    await done("asset", "mint", "100", code, issuer, "--from", issuer);
  }
}, 120_000);

afterAll(async () => {
  auditor?.dispose();
  await net?.dispose();
});

async function done(...flags: readonly string[]): Promise<void> {
  const { exit, stderr } = await wallet.run(...flags, "--yes");
  if (exit !== 0) throw new Error(`exit ${exit}: ${flags.join(" ")}\n${stderr}`);
}

const write = (name: string, text: string): string => auditor.write(name, text);

/** What an account holds of an asset, in base units. */
async function holds(who: string, code: string): Promise<bigint> {
  const { http } = net.network.nodes[0] ?? { http: "" };
  const address = net.network.accounts.find(({ name }) => name === who)?.address;
  const response = await fetch(`${http}/v1/accounts/${address}`);
  const { balances } = (await response.json()) as {
    readonly balances: readonly { readonly code: string; readonly amount: string }[];
  };
  return BigInt(balances.find((balance) => balance.code === code)?.amount ?? 0);
}

/** The file with another transaction in the place of its own, and the signatures as they are. */
function altered(text: string, change: (transaction: Transaction) => Transaction): string {
  const parsed = parseTransactionFile(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  const { chainId, transaction, authorizations } = parsed.value;
  return formatTransactionFile(partialTransaction(chainId, change(transaction), authorizations));
}

test("an offer is signed by one side, and cannot be sent by it alone", async () => {
  const path = write("offer.json", "");
  const sides = ["--give", "10 GOLD", "--want", "5 IRON", "--with", "bob", "--from", "alice"];
  const made = await wallet.json("swap", "propose", ...sides, "--yes");
  expect(made).toMatchObject({
    exit: 0,
    data: { isComplete: false, authorizations: [{ isMet: true }, { isMet: false }] },
  });
  offer = JSON.stringify(made.data.file);
  write("offer.json", offer);
  const alone = await wallet.json("tx", "send", path);
  expect(alone).toMatchObject({ exit: 2, error: { code: "more_signatures_needed" } });
});

test("neither side can change what the other has agreed to", async () => {
  const changes: readonly ((transaction: Transaction) => Transaction)[] = [
    (each) => ({ ...each, operations: each.operations.toReversed() }),
    (each) => ({ ...each, expiryMs: each.expiryMs + 1 }),
    (each) => ({
      ...each,
      operations: each.operations.map(({ from, body }, i) =>
        body.kind === "transfer" && i === 1
          ? { from, body: { ...body, amount: body.amount - 1n } }
          : { from, body },
      ),
    }),
  ];
  for (const change of changes) {
    const path = write("altered.json", altered(offer, change));
    const accepted = await wallet.json("swap", "accept", path, "--yes");
    expect(accepted).toMatchObject({ exit: 8, error: { code: "bad_signature" } });
  }
  const onlyTaking = altered(offer, (each) => ({
    ...each,
    operations: each.operations.slice(0, 1),
  }));
  expect(parseTransactionFile(onlyTaking).ok).toBe(false); // Bob's authorization is one too many.
  expect(await holds("bob", "GOLD")).toBe(0n);
});

test("an offer is accepted by its other side alone, and only where its proposer has signed", async () => {
  const path = write("offer.json", offer);
  const { http } = net.network.nodes[0] ?? { http: "" };
  const stranger = await auditor.json(["swap", "accept", path, "--yes", "--node", http]);
  expect(stranger).toMatchObject({ exit: 2, error: { code: "not_for_this_wallet" } });
  const json = JSON.parse(offer);
  json.authorizations[0].signatures = [];
  const unsigned = write("unsigned.json", JSON.stringify(json));
  const refused = await wallet.json("swap", "accept", unsigned, "--yes");
  expect(refused).toMatchObject({ exit: 2, error: { code: "offer_not_signed" } });
  const asked = await wallet.json("swap", "accept", path);
  expect(asked).toMatchObject({ exit: 2, error: { code: "confirmation_needed" } });
  expect(asked.stderr).toMatch(/you give\s+5 IRON/);
  expect(asked.stderr).toMatch(/you get\s+10 GOLD/);
});

test("an accepted offer gives each side what it was promised, in one transaction", async () => {
  const accepted = await wallet.json("swap", "accept", write("offer.json", offer), "--yes");
  expect(accepted).toMatchObject({ exit: 0, data: { status: "final" } });
  swapped = accepted.data.id;
  expect(await holds("alice", "GOLD")).toBe(9_000n);
  expect(await holds("bob", "GOLD")).toBe(1_000n);
  expect(await holds("alice", "IRON")).toBe(500n);
  expect(await holds("bob", "IRON")).toBe(9_500n);
});

test("an offer whose proposer has sent something else since is void: both keep what they have", async () => {
  const sides = ["--give", "1 GOLD", "--want", "1 IRON", "--with", "bob", "--from", "alice"];
  const { data } = await wallet.json("swap", "propose", ...sides, "--yes");
  await done("send", "1", "carol", "--from", "alice");
  const path = write("void.json", JSON.stringify(data.file));
  const late = await wallet.json("swap", "accept", path, "--yes");
  expect(late).toMatchObject({
    exit: 5,
    error: { code: expect.stringMatching(/nonce_too_low|superseded/) },
  });
  expect(await holds("bob", "GOLD")).toBe(1_000n);
});

test("an offer that has expired is not accepted, and nothing is signed", async () => {
  const alice = devPayer(net.dir, "alice");
  const expired = altered(offer, (each) => ({ ...each, expiryMs: 1_000 }));
  const parsed = parseTransactionFile(expired);
  if (!parsed.ok) throw new Error(parsed.reason);
  const { chainId, transaction, authorizations } = parsed.value;
  const signature = alice.signer.sign(transactionSigningBytes(chainId, transaction));
  const resigned = authorizations.map((each, i) =>
    i === 0 ? { ...each, signatures: [{ keyIndex: 0, signature }] } : each,
  );
  const path = write(
    "expired.json",
    formatTransactionFile(partialTransaction(chainId, transaction, resigned)),
  );
  const late = await wallet.json("swap", "accept", path, "--yes");
  expect(late).toMatchObject({ exit: 6, error: { code: "expired" } });
});

test.each([
  ["bad_side", ["--give", "10", "--want", "5 IRON"]],
  ["amount_too_precise", ["--give", "10.001 GOLD", "--want", "5 IRON"]],
  ["asset_unknown", ["--give", "10 LEAD", "--want", "5 IRON"]],
])("%s: %j is refused before anything is signed", async (code, sides) => {
  const flags = ["--with", "bob", "--from", "alice", "--yes"];
  const answer = await wallet.json("swap", "propose", ...sides, ...flags);
  expect(answer).toMatchObject({ ok: false, error: { code } });
  expect([2, 3]).toContain(answer.exit);
});

test("what is no swap is not accepted as one", async () => {
  const built = await wallet.json("tx", "build", "send", "1", "bob", "--from", "alice");
  const path = write("payment.json", JSON.stringify(built.data.file));
  const accepted = await wallet.json("swap", "accept", path, "--yes");
  expect(accepted).toMatchObject({ exit: 2, error: { code: "not_a_swap" } });
});

test("a receipt convinces somebody who has the genesis and no network", async () => {
  const path = auditor.path("swap.receipt.json");
  const fetched = await wallet.json("receipt", swapped, "--out", path);
  expect(fetched).toMatchObject({ exit: 0, data: { id: swapped, out: path } });
  receipt = readFileSync(path, "utf8");
  const { exit, data } = await auditor.json(["receipt", "verify", path]);
  expect(exit).toBe(0);
  expect(data).toMatchObject({
    id: swapped,
    operations: [{ kind: "transfer" }, { kind: "transfer" }],
  });
  expect(data.height).toBe(fetched.data.height);
  expect(data.statement.join(" ")).toMatch(/more than 1 of 4/);
  const piped = await wallet.run("receipt", swapped);
  expect(piped.stdout.trim()).toBe(receipt.trim());
  const read = await auditor.run(["receipt", "verify", "-"], piped.stdout);
  expect(read).toMatchObject({ exit: 0 });
  expect(read.stdout).toContain(swapped);
  expect(read.stdout).toContain("signed falsely");
});

test("a receipt that is altered in any one byte is refused, with a reason", async () => {
  const parsed = parseGenesis(readFileSync(join(net.dir, "genesis.json"), "utf8"));
  if (!parsed.ok) throw new Error("the network's genesis cannot be read");
  const ports = { hasher: nobleHasher, verifier: nobleVerifier };
  const at = (i: number): string => {
    const other = receipt[i] === "0" ? "1" : "0";
    return receipt.slice(0, i) + other + receipt.slice(i + 1);
  };
  expect(verifyReceipt(receipt, parsed.value, ports).ok).toBe(true);
  for (let i = 0; i < receipt.length; i += 1) {
    const verified = verifyReceipt(at(i), parsed.value, ports);
    if (verified.ok) throw new Error(`byte ${i} was altered unnoticed`);
  }
  const places = Array.from({ length: 12 }, (_, i) => Math.floor((i * receipt.length) / 12));
  for (const place of places) {
    const answer = await auditor.json(["receipt", "verify", "-"], at(place));
    expect(answer).toMatchObject({ exit: 8, ok: false });
    expect(answer.error.message).toMatch(/proves nothing: .+/);
  }
}, 300_000);

test("exit codes of receipts: 8 for another history or network, 3 for what nobody knows, 2 for what is none", async () => {
  const path = write("r.json", receipt);
  const checkpoint = ["--checkpoint", `1:${"ab".repeat(32)}`];
  const elsewhere = await auditor.json(["receipt", "verify", path, ...checkpoint]);
  expect(elsewhere).toMatchObject({ exit: 8, error: { code: "checkpoint_not_shown" } });
  const block = JSON.parse((await auditor.run(["receipt", "verify", path, "--json"])).stdout).data;
  const own = ["--checkpoint", `${block.height}:${block.blockId}`];
  expect(await auditor.json(["receipt", "verify", path, ...own])).toMatchObject({ exit: 0 });
  const genesis = JSON.parse(readFileSync(join(net.dir, "genesis.json"), "utf8"));
  const other = write("other.json", JSON.stringify({ ...genesis, networkName: "another" }));
  const foreigner = new WalletHome(other);
  const foreign = await foreigner.json(["receipt", "verify", path]);
  foreigner.dispose();
  expect(foreign).toMatchObject({ exit: 8, error: { code: "receipt_of_other_network" } });
  const unknown = await wallet.json("receipt", "00".repeat(32));
  expect(unknown).toMatchObject({ exit: 3, error: { code: "transaction_unknown" } });
  for (const [code, flags, input] of [
    ["bad_id", ["receipt", "xyz"], ""],
    ["not_a_receipt", ["receipt", "verify", "-"], "{}"],
    ["not_a_receipt", ["receipt", "verify", "-"], ""],
    ["file_unreadable", ["receipt", "verify", "/nowhere"], ""],
    ["bad_checkpoint", ["receipt", "verify", "-", "--checkpoint", "7"], receipt],
  ] as const) {
    expect(await auditor.json(flags, input)).toMatchObject({ exit: 2, error: { code } });
  }
});

test("a bare code that is wanted never means what only the other side calls so", async () => {
  const purse = new WalletHome(join(net.dir, "genesis.json"));
  const nodes = net.network.nodes.flatMap(({ http }) => ["--node", http]);
  const bob = net.network.accounts.find(({ name }) => name === "bob")?.address ?? "";
  await purse.createKey("dora");
  const propose = ["swap", "propose", "--give", "1 QRT", "--with", bob, "--from", "dora", ...nodes];
  const bare = await purse.json([...propose, "--want", "5 IRON", "--yes"]);
  expect(bare).toMatchObject({ exit: 3, error: { code: "asset_unknown" } });
  expect(bare.error.fix).toContain("CODE@issuer");
  const named = await purse.json([...propose, "--want", `5 IRON@${bob}`, "--yes"]);
  expect(named).toMatchObject({ exit: 0, data: { isComplete: false } });
  purse.dispose();
});

test("a receipt of a network that is not the one in use is refused, however much is known of the other", async () => {
  const purse = new WalletHome(join(net.dir, "genesis.json"));
  const home = ["--home", purse.path("wallet")];
  const path = purse.write("r.json", receipt);
  const here = new WalletCommand({
    folder: purse.folder,
    networkFile: join(net.dir, "network.json"),
  });
  await here.run("balance", "alice"); // Keeps a copy of the genesis.
  expect(await here.json("receipt", "verify", path, ...home)).toMatchObject({ exit: 0 });
  const text = readFileSync(join(net.dir, "network.json"), "utf8");
  const elsewhere = purse.write(
    "elsewhere.json",
    text.replaceAll(net.network.chainId, "5a".repeat(32)),
  );
  const there = ["receipt", "verify", path, ...home, "--network", elsewhere];
  expect(await here.json(...there)).toMatchObject({
    ...{ exit: 8, error: { code: "receipt_of_other_network" } },
  });
  purse.dispose();
});

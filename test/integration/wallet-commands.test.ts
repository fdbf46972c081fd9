/**
 * What the wallet can send, on a real local network: payments in any asset, plans, records, documents, settings.
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatAddress, parseAddress } from "../../src/protocol/address.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { LocalNet, until } from "./support/local-net.ts";
import { WalletCommand } from "./wallet/command.ts";
import { play } from "./wallet/pseudo-terminal.ts";

let net: LocalNet;
let wallet: WalletCommand;

beforeAll(async () => {
  net = await LocalNet.start();
  wallet = new WalletCommand({ folder: net.dir, networkFile: join(net.dir, "network.json") });
});

afterAll(async () => await net?.dispose());

const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");
const addressOf = (name: string): string =>
  net.network.accounts.find((account) => account.name === name)?.address ?? "";

/** Must go well. */
async function done(...words: readonly string[]) {
  const answer = await wallet.json(...words, "--yes");
  expect(answer.error).toBeUndefined();
  return answer.data;
}

const nonceOf = async (name: string): Promise<number> => {
  const response = await fetch(`${net.network.nodes[0]?.http}/v1/accounts/${addressOf(name)}`);
  return ((await response.json()) as { readonly pendingNonce: number }).pendingNonce;
};

test("a plan is shown and nothing is signed; two plans of one payment have one fingerprint", async () => {
  const before = await nonceOf("alice");
  const words = ["send", "1.5", "bob", "--from", "alice", "--memo", "it's rent", "--dry-run"];
  const plan = await done(...words);
  expect(plan).toMatchObject({
    op: "transfer",
    signer: { name: "alice", address: addressOf("alice") },
    spend: [{ asset: "QRT", amount: String(1_500_000n + BigInt(plan.fee)) }],
    operations: [{ kind: "transfer", to: addressOf("bob"), amount: "1500000" }],
    memo: "it's rent",
  });
  expect(plan.command).toContain(`--memo 'it'\\''s rent'`);
  expect((await done(...words, "--no-wait")).planSha256).toBe(plan.planSha256);
  expect((await done(...words, "--fee", "1")).planSha256).not.toBe(plan.planSha256);
  expect(await nonceOf("alice")).toBe(before);
  expect(await readdir(join(wallet.home, "outbox")).catch(() => [])).toEqual([]);
});

test("an address that looks like a known one is warned about", async () => {
  const known = parseAddress("quo", addressOf("bob"));
  const account = (known.ok ? known.value : "") as string;
  const last = account.endsWith("0") ? "1" : "0";
  const twin = formatAddress("quo", `${account.slice(0, -1)}${last}` as AccountId);
  const answer = await wallet.json("send", "1", twin, "--from", "alice", "--dry-run", "--quiet");
  expect(answer.exit).toBe(0);
  expect(answer.stderr).toContain(twin);
  expect(answer.stderr).toContain(addressOf("bob"));
  for (const words of [
    ["tx", "build", "send", "1", twin, "--from", "alice"],
    ["swap", "propose", "--give", "1 QRT", "--want", "2 QRT", "--with", twin, "--from", "alice"],
  ]) {
    const other = await wallet.json(...words, "--yes", "--quiet");
    expect({ words, exit: other.exit }).toEqual({ words, exit: 0 });
    expect(other.stderr).toContain(addressOf("bob"));
  }
  const fine = await wallet.json("send", "1", "bob", "--from", "alice", "--dry-run", "--quiet");
  expect(fine.stderr).toBe("");
});

test("a fee below the network's minimum, or above one's own limit, is refused before signing", async () => {
  const pay = ["send", "1", "bob", "--from", "alice", "--yes"];
  expect(await wallet.json(...pay, "--fee", "0")).toMatchObject({
    ...{ exit: 5, error: { code: "fee_too_low" } },
  });
  expect(await wallet.json(...pay, "--max-fee", "0.000001")).toMatchObject({
    ...{ exit: 2, error: { code: "fee_above_max" } },
  });
});

test("an asset is created, minted, paid and burned in its own units, always with its issuer", async () => {
  const create = ["asset", "create", "GOLD", "--decimals", "2", "--max-supply", "1000"];
  const { assetId, status } = await done(...create, "--name", "Alice's gold", "--from", "alice");
  expect(status).toBe("final");
  await done("asset", "mint", "500", "GOLD", "bob", "--from", "alice");
  const paid = await done("send", "12.5", "carol", "--asset", "GOLD", "--from", "bob");
  expect(paid).toMatchObject({ assetId, issuer: addressOf("alice"), amount: "1250" });
  expect(paid.display).toBe(`12.5 GOLD of ${addressOf("alice")}`);
  await done("asset", "burn", "0.01", "GOLD@alice", "--from", "carol");
  await done("asset", "burn", "0.01", assetId, "--from", "carol");
  expect((await done("assets")).items).toEqual([
    expect.objectContaining({
      ...{ assetId, asset: "GOLD", issuer: addressOf("alice"), decimals: 2 },
      ...{ name: "Alice's gold", supply: "49998", maxSupply: "100000" },
    }),
  ]);

  const again = await wallet.json(...create, "--from", "alice", "--yes");
  expect(again).toMatchObject({ exit: 5, error: { code: "asset_exists" } });
  const tooMuch = ["asset", "mint", "500.03", "GOLD", "bob", "--from", "alice", "--yes"];
  expect(await wallet.json(...tooMuch)).toMatchObject({
    ...{ exit: 5, error: { code: "supply_exceeded" } },
  });
  const foreign = ["asset", "mint", "1", "GOLD@alice", "bob", "--from", "bob", "--yes"];
  expect(await wallet.json(...foreign)).toMatchObject({
    ...{ exit: 2, error: { code: "not_the_issuer" } },
  });
  const precise = ["send", "0.001", "carol", "--asset", "GOLD", "--from", "bob", "--yes"];
  expect(await wallet.json(...precise)).toMatchObject({
    ...{ exit: 2, error: { code: "amount_too_precise" } },
  });

  // With a second GOLD around, the code alone is not enough any more.
  await done("asset", "create", "GOLD", "--decimals", "0", "--from", "carol");
  const vague = await wallet.json(
    "send",
    "1",
    "carol",
    "--asset",
    "GOLD",
    "--from",
    "bob",
    "--yes",
  );
  expect(vague).toMatchObject({ exit: 2, error: { code: "asset_ambiguous" } });
  expect(vague.error.fix).toContain(`GOLD@${addressOf("alice")}`);
  const unknown = ["send", "1", "carol", "--asset", "SILVER", "--from", "bob", "--yes"];
  expect(await wallet.json(...unknown)).toMatchObject({
    ...{ exit: 3, error: { code: "asset_unknown" } },
  });
});

test("a record's versions rise by one and stay readable, and absence is exit 3", async () => {
  const put = ["record", "put", "contracts", "c 1/x", "--from", "alice"];
  expect((await done(...put, "--text", "first")).version).toBe(1);
  const file = join(net.dir, "second.txt");
  await writeFile(file, "second");
  expect((await done(...put, "--file", file, "--version", "2")).version).toBe(2);
  expect((await done(...put, "--hash", sha256("third"))).version).toBe(3);
  expect(await wallet.json(...put, "--text", "x", "--version", "3", "--yes")).toMatchObject({
    ...{ exit: 5, error: { code: "record_version_not_next" } },
  });

  const get = ["record", "get", "contracts", "c 1/x", "alice"];
  expect(await done(...get)).toMatchObject({
    ...{ version: 3, newest: 3, isCurrent: true, contentHash: sha256("third") },
  });
  expect(await done(...get, "--version", "1")).toMatchObject({
    ...{ version: 1, isCurrent: false, contentHash: sha256("first") },
    ...{ data: { text: "first" }, address: addressOf("alice") },
  });
  const { items } = await done("record", "history", "contracts", "c 1/x", "alice");
  const hashes = ["third", "second", "first"].map(sha256);
  expect(items.map((item: { contentHash: string }) => item.contentHash)).toEqual(hashes);
  expect(await wallet.json(...get, "--version", "4")).toMatchObject({
    ...{ exit: 3, error: { code: "record_unknown" } },
  });
  expect(await wallet.json("record", "get", "contracts", "c 1/x", "bob")).toMatchObject({
    ...{ exit: 3, error: { code: "record_unknown" } },
  });
  expect(await wallet.json(...put, "--yes")).toMatchObject({
    ...{ exit: 2, error: { code: "content_missing" } },
  });
});

test("a record that has no reported answer yet is not written a second time", async () => {
  const put = ["record", "put", "notes", "n", "--text", "once", "--from", "carol"];
  const { id } = await done(...put, "--no-wait");
  const { nodes } = net.network;
  await until("it is final", 20_000, async () => {
    const answer = await fetch(`${nodes[0]?.http}/v1/transactions/${id}`);
    return ((await answer.json()) as { readonly status: string }).status === "final";
  });
  expect(await done(...put)).toMatchObject({ id, version: 1, status: "final" });
  expect(await done(...put)).toMatchObject({ version: 2 }); // The first was reported: this is a new wish.
});

test("a stamped file is proven with who and when; one changed byte makes it another file", async () => {
  const file = join(net.dir, "contract.pdf");
  await writeFile(file, "x".repeat(3_000_000));
  expect(await wallet.json("check", file)).toMatchObject({
    ...{ exit: 3, error: { code: "not_recorded" } },
  });
  const stamped = await done("stamp", file, "--from", "carol");
  expect(stamped).toMatchObject({ status: "final", topic: "documents", version: 1 });
  expect(await done("stamp", file, "--from", "carol")).toMatchObject({ isRepeated: true });
  await done("stamp", file, "--from", "bob", "--topic", "deals", "--key", "deal-1");

  const found = await done("check", file);
  const hash = sha256("x".repeat(3_000_000));
  expect(found.contentHash).toBe(hash);
  expect(found.items).toEqual([
    expect.objectContaining({
      ...{ address: addressOf("carol"), topic: "documents", key: hash, version: 1 },
      ...{ id: stamped.id, height: stamped.height, timestampMs: stamped.timestampMs },
    }),
    expect.objectContaining({ address: addressOf("bob"), topic: "deals", key: "deal-1" }),
  ]);
  expect((await done("check", file, "--by", "bob")).items).toHaveLength(1);
  expect((await wallet.json("check", file, "--by", "alice")).exit).toBe(3);
  await writeFile(file, `y${"x".repeat(2_999_999)}`);
  expect((await wallet.json("check", file)).exit).toBe(3);
  expect(await wallet.json("check", join(net.dir, "nowhere"))).toMatchObject({
    ...{ exit: 2, error: { code: "file_unreadable" } },
  });
});

test("an account can refuse payments without a memo", async () => {
  await done("account", "set", "--require-memo", "on", "--from", "carol");
  const pay = ["send", "1", "carol", "--from", "alice"];
  expect(await wallet.json(...pay, "--yes")).toMatchObject({
    ...{ exit: 5, error: { code: "memo_required" } },
  });
  await done(...pay, "--memo", "invoice 1");
  await done("account", "set", "--require-memo", "off", "--from", "carol");
  await done(...pay, "--new");
});

test.each([
  { words: ["send"], code: "from_missing" },
  { words: ["send", "--from", "alice"], code: "to_missing" },
  { words: ["asset", "create", "--from", "alice"], code: "code_missing" },
  { words: ["asset", "create", "X", "--from", "alice"], code: "decimals_missing" },
  { words: ["asset", "mint", "--from", "alice"], code: "asset_missing" },
  { words: ["account", "set", "--from", "alice"], code: "require_memo_missing" },
  { words: ["stamp", "--from", "alice"], code: "file_missing" },
  { words: ["send", "1", "bob", "--from", "alice", "--resume"], code: "usage" },
  { words: ["send", "1", "--csv", "x.csv", "--from", "alice"], code: "usage" },
])("without a terminal nothing is asked: $words is $code", async ({ words, code }) => {
  const answer = await wallet.json(...words);
  expect(answer).toMatchObject({ exit: 2, ok: false, error: { code } });
});

test("a person is asked for what is missing, and gets the line that does the same", async () => {
  const enter = "\r";
  const network = ["--network", join(net.dir, "network.json")];
  const played = await play(
    ["send", "--from", "alice", ...network],
    [
      ["Who is paid", `bob${enter}`],
      ["How much", `2.5${enter}`],
      ["memo", `lunch${enter}`],
      ["Sign and send", `y${enter}`],
    ],
    { folder: net.dir },
  );
  expect(played).toMatchObject({ exit: 0, untyped: 0 });
  expect(played.stdout).toContain("final at");
  expect(played.screen).toContain("2.500");
  const line = /quorate-wallet (send 2\.5 bob --from alice --memo lunch)/.exec(played.screen)?.[1];
  const again = await wallet.json(...(line ?? "").split(" "), "--yes", "--new");
  expect(again).toMatchObject({ exit: 0, data: { amount: "2500000", memo: "lunch" } });
});

test("Ctrl-C and Ctrl-D at the question whether to sign: nothing is signed, exit 2", async () => {
  const before = await nonceOf("carol");
  for (const key of ["\u0003", "\u0004"]) {
    const network = ["--network", join(net.dir, "network.json")];
    const pay = ["send", "1", "bob", "--from", "carol", ...network];
    const { exit, screen } = await play(pay, [["Sign and send?", key]], { folder: net.dir });
    expect(exit).toBe(2);
    expect(screen).toContain("(cancelled)");
  }
  expect(await nonceOf("carol")).toBe(before);
});

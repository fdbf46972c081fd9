/**
 * Accounts of several keys: signed by wallets that have no network, sent by one that has, and keys that rotate.
 * @module
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LocalNet } from "./support/local-net.ts";
import { WalletCommand } from "./wallet/command.ts";
import { WalletHome } from "./wallet/wallet-home.ts";

let net: LocalNet;
let alice: WalletCommand;
/** Three organisations, each with a key and the genesis, and nothing else. */
let homes: readonly [WalletHome, WalletHome, WalletHome];
let keys: readonly string[];
/** The address of the account that two of the three act for. */
let team: string;
let bob: string;
let network: readonly string[];

beforeAll(async () => {
  net = await LocalNet.start();
  const networkFile = join(net.dir, "network.json");
  alice = new WalletCommand({ folder: net.dir, networkFile });
  network = ["--network", networkFile];
  bob = net.network.accounts.find(({ name }) => name === "bob")?.address ?? "";
  const genesis = join(net.dir, "genesis.json");
  homes = [new WalletHome(genesis), new WalletHome(genesis), new WalletHome(genesis)];
  keys = await Promise.all(homes.map(async (home, i) => await home.createKey(`key${i}`)));
}, 120_000);

afterAll(async () => {
  for (const home of homes ?? []) home.dispose();
  await net?.dispose();
});

const balanceOf = async (who: string): Promise<bigint> =>
  BigInt((await alice.json("balance", who)).data.amount);

test("three wallets that share a policy know the same account, which exists when it is paid", async () => {
  const [first, ...others] = homes;
  const made = await first.json(["policy", "create", "team", ...keys, "--threshold", "2"]);
  expect(made).toMatchObject({ exit: 0, data: { name: "team", threshold: 2, isProven: false } });
  team = made.data.address;
  const file = await first.text(["policy", "export", "team"]);
  for (const home of others) {
    const taken = await home.json(["policy", "import", "-"], file);
    expect(taken).toMatchObject({ exit: 0, data: { address: team, authHash: made.data.authHash } });
  }
  expect(await alice.json("send", "1_000", team, "--from", "alice", "--yes")).toMatchObject({
    exit: 0,
  });
  const shown = await first.json(["policy", "show", "team", ...network]);
  expect(shown.data).toMatchObject({ address: team, threshold: 2, isProven: true, nonce: 0 });
});

test("two of three sign in folders without a network, and the payment is final", async () => {
  const [first, second, third] = homes;
  const build = ["tx", "build", "send", "25", bob, "--from", "team", "--memo", "rent"];
  const draft = await first.text([...build, "--nonce", "0"]);
  const shown = await third.json(["tx", "show", "-"], draft);
  expect(shown.data).toMatchObject({
    nonce: 0,
    isComplete: false,
    operations: [{ kind: "transfer", from: team, to: bob }],
    authorizations: [{ account: team, threshold: 2, weight: 0 }],
  });
  const tooEarly = await first.json(["tx", "send", "-", ...network], draft);
  expect(tooEarly).toMatchObject({ exit: 2, error: { code: "more_signatures_needed" } });

  const bySecond = second.write("b.json", await second.text(["tx", "sign", "-", "--yes"], draft));
  const byThird = third.write("c.json", await third.text(["tx", "sign", "-", "--yes"], draft));
  const before = await balanceOf(bob);
  const merged = await first.text(["tx", "merge", bySecond, byThird]);
  const sent = await first.json(["tx", "send", "-", ...network], merged);
  expect(sent).toMatchObject({ exit: 0, data: { id: shown.data.id, status: "final" } });
  const amount = BigInt(shown.data.operations[0]?.amount ?? 0);
  expect((await balanceOf(bob)) - before).toBe(amount);

  const again = await first.json(["tx", "send", "-", ...network], merged);
  expect(again).toMatchObject({ exit: 0, data: { id: shown.data.id, status: "final" } });
  expect((await balanceOf(bob)) - before).toBe(amount);
});

test("the commands are a pipe: what one writes the next one reads, and only results go through it", async () => {
  const [first, second] = homes;
  const draft = await first.text(["tx", "build", "send", "1", bob, "--from", "team", ...network]);
  const once = await first.text(["tx", "sign", "-", "--yes"], draft);
  const twice = await second.text(["tx", "sign", "-", "--yes"], once);
  for (const text of [draft, once, twice]) {
    expect(JSON.parse(text)).toMatchObject({ kind: "quorate-transaction", version: 1 });
  }
  expect(await second.json(["tx", "send", "-", ...network], twice)).toMatchObject({ exit: 0 });
});

test("what is already signed, bad, of another transaction or too late is refused by name", async () => {
  const [first, second, third] = homes;
  const build = ["tx", "build", "send", "2", bob, "--from", "team", "--nonce", "2"];
  const draft = await first.text(build);
  const signed = await first.text(["tx", "sign", "-", "--yes"], draft);
  const twice = await first.json(["tx", "sign", "-", "--yes"], signed);
  expect(twice).toMatchObject({ exit: 2, error: { code: "signed_already" } });
  const asked = await second.json(["tx", "sign", "-"], signed);
  expect(asked).toMatchObject({ exit: 2, error: { code: "confirmation_needed" } });

  const json = JSON.parse(signed);
  const [signature] = json.authorizations[0].signatures;
  signature.signature = signature.signature.replace(/^../, (byte: string) =>
    byte === "00" ? "01" : "00",
  );
  const bad = third.write("bad.json", JSON.stringify(json));
  const good = third.write("good.json", await second.text(["tx", "sign", "-", "--yes"], draft));
  const merged = await third.json(["tx", "merge", good, bad]);
  expect(merged).toMatchObject({ exit: 8, error: { code: "bad_signature" } });
  expect(merged.error.message).toContain(bad);
  for (const command of [
    ["tx", "sign", bad, "--yes"],
    ["tx", "send", bad, ...network],
  ]) {
    expect(await third.json(command)).toMatchObject({ exit: 8, error: { code: "bad_signature" } });
  }

  const other = third.write("other.json", await first.text([...build, "--memo", "other"]));
  const mixed = await third.json(["tx", "merge", good, other]);
  expect(mixed).toMatchObject({ exit: 2, error: { code: "another_transaction" } });
  const kept = await third.json(["tx", "sign", other, "--out", good, "--yes"]);
  expect(kept).toMatchObject({ exit: 2, error: { code: "file_exists" } });

  const mistaken = await second.json(["tx", "sign", "-", "--yes"], strangers(draft));
  expect(mistaken).toMatchObject({ exit: 8, error: { code: "policy_mismatch" } });
  expect(mistaken.error.message).toContain(team);
  const thirds = ["tx", "build", "send", "2", bob, "--from", "key2", "--nonce", "0"];
  const stranger = await second.json(["tx", "sign", "-", "--yes"], await third.text(thirds));
  expect(stranger).toMatchObject({ exit: 2, error: { code: "no_key_for_this" } });
});

/** The same transaction under a policy of keys that nobody here has. */
function strangers(draft: string): string {
  const json = JSON.parse(draft);
  const [only] = json.authorizations;
  only.policy = { threshold: 1, keys: [{ publicKey: "11".repeat(32), weight: 1 }] };
  return JSON.stringify(json);
}

test("after the keys were changed the old ones are refused, and the new ones act for the same address", async () => {
  const [first, second, third] = homes;
  const heavy = await second.createKey("heavy");
  const build = ["tx", "build", "policy", keys[0] ?? "", `${heavy}=2`, "--threshold", "2"];
  const draft = await first.text([...build, "--from", "team", ...network]);
  const once = await first.text(["tx", "sign", "-", "--yes"], draft);
  const twice = await third.text(["tx", "sign", "-", "--yes"], once);
  expect(await third.json(["tx", "send", "-", ...network], twice)).toMatchObject({ exit: 0 });

  const late = ["tx", "build", "send", "3", bob, "--from", "team", "--nonce", "3"];
  const old = await third.text(late);
  const byOld = await third.text(
    ["tx", "sign", "-", "--yes"],
    await first.text(["tx", "sign", "-", "--yes"], old),
  );
  const refused = await third.json(["tx", "send", "-", ...network], byOld);
  expect(refused).toMatchObject({ exit: 8, error: { code: "policy_mismatch" } });
  expect(refused.error.message).toContain(team);

  const now = await second.json(["policy", "show", "team", ...network]);
  expect(now.data).toMatchObject({ address: team, threshold: 2, isProven: true });
  expect(now.data.keys).toHaveLength(2);
  const fresh = await second.text(["tx", "build", "send", "3", bob, "--from", "team", ...network]);
  const byHeavy = await second.text(["tx", "sign", "-", "--key", "heavy", "--yes"], fresh);
  expect(await second.json(["tx", "send", "-", ...network], byHeavy)).toMatchObject({ exit: 0 });
});

test("an account of one key is handed over with policy set, which says what that means", async () => {
  const [first, second] = homes;
  const own = await first.json(["show", "key0"]);
  await alice.json("send", "10", own.data.address, "--from", "alice", "--yes");
  const set = [
    "policy",
    "set",
    `${keys[0]}=1`,
    `${keys[1]}=1`,
    "--threshold",
    "2",
    "--from",
    "key0",
  ];
  const plan = await first.run([...set, ...network, "--yes"]);
  expect(plan.exit).toBe(0);
  expect(plan.stderr).toContain("will not suffice alone");
  const alone = await first.json(["send", "1", bob, "--from", "key0", "--yes", ...network]);
  expect(alone).toMatchObject({ exit: 2, error: { code: "more_signatures_needed" } });
  const draft = await first.text(["tx", "build", "send", "1", bob, "--from", "key0", ...network]);
  const both = await second.text(
    ["tx", "sign", "-", "--yes"],
    await first.text(["tx", "sign", "-", "--yes"], draft),
  );
  expect(await first.json(["tx", "send", "-", ...network], both)).toMatchObject({ exit: 0 });
});

test.each([
  [2, "nonce_missing", ["tx", "build", "send", "1", "team", "--from", "key0"]],
  [2, "decimals_missing", ["tx", "build", "burn", "1", "GOLD", "--from", "key0", "--nonce", "1"]],
  [2, "bad_time", ["tx", "build", "send", "1", "team", "--nonce", "1", "--expires-at", "tomorrow"]],
  [
    2,
    "expiry_passed",
    ["tx", "build", "send", "1", "team", "--nonce", "1", "--expires-at", "2020-01-01T00:00:00Z"],
  ],
  [
    2,
    "expiry_too_far",
    ["tx", "build", "send", "1", "team", "--nonce", "1", "--expires-in", "31d"],
  ],
  [2, "self_transfer", ["tx", "build", "send", "1", "team", "--from", "team", "--nonce", "1"]],
  [2, "bad_threshold", ["policy", "create", "duo", "key0", "11".repeat(32)]],
  [2, "bad_threshold", ["policy", "create", "duo", "key0", "--threshold", "2"]],
  [2, "bad_weight", ["policy", "create", "duo", "key0=256"]],
  [2, "key_twice", ["policy", "create", "duo", "key0", "key0", "--threshold", "1"]],
  [2, "name_taken", ["policy", "create", "key0", "11".repeat(32)]],
  [3, "account_unknown", ["policy", "show", "nobody"]],
  [2, "transaction_file_malformed", ["tx", "show", "-"]],
  [2, "file_unreadable", ["tx", "show", "/nowhere"]],
  [2, "policy_malformed", ["policy", "import", "-"]],
  [2, "usage", ["tx"]],
  [2, "usage", ["tx", "build", "nonsense"]],
] as const)("exit %i, %s, as one object: %j", async (exit, code, flags) => {
  const answer = await homes[0].json(flags, "{}");
  expect(answer).toMatchObject({ exit, ok: false, error: { code } });
  expect(answer.stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(answer.error.fix).not.toBe("");
});

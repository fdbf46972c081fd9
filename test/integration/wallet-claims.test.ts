/**
 * What a transaction file says of other people's keys is a claim: a wallet believes the ledger and itself, not the file.
 *
 * The file of the attack: its sender is the victim, who pays 1,000 in it and gets next to nothing. It claims that the victim's policy
 * is a key of the attacker, with a good signature of that key, and that the attacker's policy is the victim's key. A
 * wallet that believes it takes the victim for the other side, which "gets 1,000".
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PublicKey } from "../../src/protocol/ids.ts";
import { type AccountId, type ChainId, nativeAsset } from "../../src/protocol/ids.ts";
import { publicKeyBytes, singleKeyPolicy } from "../../src/protocol/policy.ts";
import {
  type Authorization,
  chainTag,
  type Transaction,
  transactionSigningBytes,
} from "../../src/protocol/transaction.ts";
import {
  formatTransactionFile,
  partialTransaction,
} from "../../wallet-cli/cosigning/transaction-file.ts";
import { LocalNet } from "./support/local-net.ts";
import { devPayer, type Payer } from "./support/paying-client.ts";
import { WalletHome } from "./wallet/wallet-home.ts";

let net: LocalNet;
/** Has a key of its own, the genesis, and no network unless the flags name a node. */
let victim: WalletHome;
let stranger: WalletHome;
let victimKey: PublicKey;
let victimAddress: string;
let victimAccount: AccountId;
let attacker: Payer;
let chainId: ChainId;
let online: readonly string[];

beforeAll(async () => {
  net = await LocalNet.start();
  const genesis = join(net.dir, "genesis.json");
  victim = new WalletHome(genesis);
  stranger = new WalletHome(genesis);
  victimKey = (await victim.createKey("victim")) as PublicKey;
  await stranger.createKey("stranger");
  online = ["--node", net.network.nodes[0]?.http ?? ""];
  const shown = (await victim.json(["policy", "show", "victim"])).data;
  victimAddress = shown.address;
  victimAccount = shown.account;
  chainId = net.network.chainId as ChainId;
  attacker = devPayer(net.dir, "alice");
}, 120_000);

afterAll(async () => {
  victim?.dispose();
  stranger?.dispose();
  await net?.dispose();
});

/** The victim pays 1,000 QRT to the attacker, and the attacker one base unit to the victim. */
function unfairSwap(): Transaction {
  const pay = (to: AccountId, amount: bigint) =>
    ({ kind: "transfer", to, asset: nativeAsset, amount }) as const;
  return {
    chain: chainTag(chainId),
    sender: victimAccount,
    nonce: 0,
    expiryMs: Date.now() + 3_600_000,
    fee: 10_000n,
    memo: new Uint8Array(),
    operations: [
      { from: undefined, body: pay(attacker.account, 1_000_000_000n) },
      { from: attacker.account, body: pay(victimAccount, 1n) },
    ],
  };
}

/** The transaction file with whatever policies it claims; `signedBy`: the attacker's key has signed for that account. */
function fileWith(
  claims: readonly Pick<Authorization, "account" | "policy">[],
  signedFor: AccountId,
): string {
  const transaction = unfairSwap();
  const signature = attacker.signer.sign(transactionSigningBytes(chainId, transaction));
  const authorizations = claims.map((claim) => ({
    ...claim,
    signatures: claim.account === signedFor ? [{ keyIndex: 0, signature }] : [],
  }));
  return formatTransactionFile(partialTransaction(chainId, transaction, authorizations));
}

const exchangedKeys = (): string =>
  fileWith(
    [
      { account: victimAccount, policy: attacker.policy },
      { account: attacker.account, policy: singleKeyPolicy(publicKeyBytes(victimKey)) },
    ],
    victimAccount,
  );

const outboxOf = (home: WalletHome): readonly string[] => {
  try {
    return readdirSync(home.path(join("wallet", "outbox")));
  } catch {
    return [];
  }
};

test("a file that exchanges the two sides' keys is refused before anything is shown or signed", async () => {
  const path = victim.write("unfair.json", exchangedKeys());
  for (const consent of [[], ["--yes"]]) {
    const accepted = await victim.json(["swap", "accept", path, ...consent, ...online]);
    expect(accepted).toMatchObject({ exit: 8, error: { code: "policy_mismatch" } });
    expect(accepted.error.message).toContain(victimAddress);
    expect(accepted.stderr).not.toContain("you get");
  }
  expect(outboxOf(victim)).toEqual([]);
});

test.each([
  ["show", ["tx", "show"]],
  ["sign", ["tx", "sign", "--yes"]],
  ["send", ["tx", "send"]],
  ["merge", ["tx", "merge"]],
])(
  "where the network can be asked, tx %s believes no policy but the ledger's",
  async (_name, command) => {
    const path = stranger.write("unfair.json", exchangedKeys());
    const answer = await stranger.json([...command, path, ...online]);
    expect(answer).toMatchObject({ exit: 8, error: { code: "policy_mismatch" } });
    expect(answer.error.message).toContain(victimAddress);
  },
);

test("without a network, a file says nothing about the wallet's own accounts that the wallet knows otherwise", async () => {
  const path = victim.write("unfair.json", exchangedKeys());
  for (const command of [["show"], ["sign", "--yes"], ["merge"]]) {
    const answer = await victim.json(["tx", ...command, path]);
    expect(answer).toMatchObject({ exit: 8, error: { code: "policy_mismatch" } });
    expect(answer.error.message).toContain(victimAddress);
  }
});

test("without a network, what is known of an account only from the file is called the file's claim", async () => {
  const path = stranger.write("unfair.json", exchangedKeys());
  const { data } = await stranger.json(["tx", "show", path]);
  expect(data).toMatchObject({
    authorizations: [{ policyIs: "claimed" }, { policyIs: "claimed" }],
  });
  const text = await stranger.text(["tx", "show", path]);
  expect(text.match(/the file's own claim/g)?.length).toBeGreaterThanOrEqual(2);
  const honest = fileWith(
    [
      { account: victimAccount, policy: singleKeyPolicy(publicKeyBytes(victimKey)) },
      { account: attacker.account, policy: attacker.policy },
    ],
    attacker.account,
  );
  const known = await victim.json(["tx", "show", "-"], honest);
  expect(known).toMatchObject({
    exit: 0,
    data: { authorizations: [{ policyIs: "saved" }, { policyIs: "first" }] },
  });
  const proven = await victim.json(["tx", "show", "-", ...online], honest);
  expect(proven).toMatchObject({
    exit: 0,
    data: { authorizations: [{ policyIs: "proven" }, { policyIs: "proven" }] },
  });
});

test("a person who signs under claimed policies is told so before the question", async () => {
  const claims = [
    { account: victimAccount, policy: attacker.policy },
    { account: attacker.account, policy: singleKeyPolicy(publicKeyBytes(await strangersKey())) },
  ];
  const path = stranger.write("claims.json", fileWith(claims, victimAccount));
  const asked = await stranger.json(["tx", "sign", path]);
  expect(asked).toMatchObject({ exit: 2, error: { code: "confirmation_needed" } });
  expect(asked.stderr).toMatch(/WARNING.+whatever policies the file claims/s);
});

const strangersKey = async (): Promise<PublicKey> =>
  (await stranger.json(["show", "stranger"])).data.publicKey;

test("a policy file neither renames a known account nor passes for proven", async () => {
  await stranger.text(["contacts", "add", "mallory", attacker.address]);
  const handedOver = {
    kind: "quorate-policy",
    version: 1,
    name: "treasury",
    account: attacker.account,
    policy: singleKeyPolicy(publicKeyBytes(victimKey)),
  };
  const taken = await stranger.json(["policy", "import", "-"], JSON.stringify(handedOver));
  expect(taken).toMatchObject({ exit: 0, data: { name: "mallory", isProven: false } });
  expect(taken.stderr).toMatch(/WARNING.+the file's own claim/);
  const proven = await stranger.json(
    ["policy", "import", "-", ...online],
    JSON.stringify(handedOver),
  );
  expect(proven).toMatchObject({ exit: 8, error: { code: "policy_mismatch" } });
});

test("a swap is never accepted without a network, nor by the wallet that has proposed it", async () => {
  const path = victim.write("unfair.json", exchangedKeys());
  const unasked = await victim.json(["swap", "accept", path, "--yes"]);
  expect(unasked).toMatchObject({ exit: 2, error: { code: "no_network" } });
  const sides = ["--give", "1 QRT", "--want", "2 QRT", "--with", attacker.address];
  const offer = await victim.text(["swap", "propose", ...sides, "--yes", ...online]);
  const own = await victim.json(["swap", "accept", "-", "--yes", ...online], offer);
  expect(own).toMatchObject({ exit: 2, error: { code: "own_offer" } });
});

/**
 * Four real nodes, one of them a test build that lies about accounts: the wallet shows what the ledger says, and names it.
 * @module
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Patch } from "../simulation/mutants/mutant.ts";
import { askQuorate, LocalNet, until } from "./support/local-net.ts";
import { PatchedNode } from "./support/patched-node.ts";
import { clientOf } from "./support/paying-client.ts";
import { WalletCommand } from "./wallet/command.ts";

const liar = 3;
/** It is a validator like the others, but of every account it tells and proves another balance. */
const wrongBalances: readonly Patch[] = [
  {
    file: "src/replica/proof-queries.js",
    find: "end: endOf(end, entry.value)",
    replace:
      'end: endOf(end, key.startsWith("00") && entry.value ? entry.value.map((byte, i) => i === 10 ? byte ^ 1 : byte) : entry.value)',
  },
  {
    file: "src/replica/account-queries.js",
    find: "amount: balance }",
    replace: "amount: balance + 65536n }",
  },
];

let net: LocalNet;
let patched: PatchedNode | undefined;
let wallet: WalletCommand;
let urls: readonly string[];

beforeAll(async () => {
  net = await LocalNet.start();
  urls = net.network.nodes.map(({ http }) => http);
  wallet = new WalletCommand({ folder: net.dir, networkFile: join(net.dir, "network.json") });
});
afterAll(async () => {
  await patched?.stop();
  await net?.dispose();
});

test("one of four lies about balances: the truth, its name, its words; alone it is exit 8", async () => {
  const paid = await wallet.json("send", "5", "bob", "--from", "alice", "--yes");
  expect(paid).toMatchObject({ exit: 0, data: { status: "final", validators: 4 } });
  const truth = await wallet.json("balance", "bob");
  expect(truth).toMatchObject({ exit: 0, data: { display: "1,000,005 QRT", nodesAnswered: 4 } });

  const { home = "" } = net.network.nodes[liar] ?? {};
  const url = urls[liar] ?? "";
  expect((await askQuorate("network", "kill", String(liar), "--dir", net.dir)).code).toBe(0);
  patched = new PatchedNode(home, wrongBalances);
  const running = patched;
  await until("the liar follows the ledger", 30_000, async () => {
    if (!running.isRunning) throw new Error(running.said);
    const status = await clientOf(url).status();
    return status.ok && status.value.voting.kind === "voting";
  });
  const told = await clientOf(url).account(truth.data.address);
  expect(told.ok && told.value.balances[0]?.amount).toBe("1000005065536");

  const shown = await wallet.json("balance", "bob", ...urls.flatMap((each) => ["--node", each]));
  expect(shown).toMatchObject({ exit: 0, data: { amount: truth.data.amount, nodesAnswered: 3 } });
  expect(shown.data.nodes[liar]).toMatchObject({
    node: url,
    kind: "lying",
    code: "state_not_shown",
  });
  expect(shown.stderr).toContain(url);
  expect(await readdir(join(wallet.home, "evidence"))).toHaveLength(1);

  const alone = await wallet.json("balance", "bob", "--node", url);
  expect(alone).toMatchObject({ exit: 8, error: { code: "nothing_proven" } });
  expect(alone.stdout).not.toContain("1,000,005");
  const send = ["send", "2", "bob", "--from", "alice", "--yes"];
  const unsigned = await wallet.json(...send, "--node", url);
  expect(unsigned).toMatchObject({ exit: 8, error: { code: "nothing_proven" } });
  const payment = await wallet.json(...send);
  expect(payment).toMatchObject({ exit: 0, data: { status: "final", validators: 4 } });
  const after = await wallet.json("balance", "bob");
  expect(after).toMatchObject({ exit: 0, data: { display: "1,000,007 QRT" } });
}, 120_000);

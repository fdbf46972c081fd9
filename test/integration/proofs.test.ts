/**
 * A network of real processes: what each node answers is proven to somebody who has the genesis file and nothing else,
 * while payments go on, across a change of the validators, and after everybody was started again.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nativeHasher, nativeVerifier } from "../../node/adapters/native-crypto.ts";
import type { Answer } from "../../src/api/client.ts";
import type { ProofJson } from "../../src/api/proof-json.ts";
import { fromHex } from "../../src/base/bytes.ts";
import { verifyConsistency } from "../../src/crypto/merkle.ts";
import { decodeProof } from "../../src/proof/proof.ts";
import { verifyReceipt } from "../../src/proof/receipt.ts";
import { type Trust, trustGenesis, trustTip } from "../../src/proof/trust.ts";
import { type Proven, verifyProof } from "../../src/proof/verify.ts";
import { type Genesis, parseGenesis } from "../../src/protocol/genesis.ts";
import { type AccountId, type ChainId, epoch } from "../../src/protocol/ids.ts";
import { accountKey, readAccount } from "../../src/protocol/state.ts";
import { askQuorate, LocalNet } from "./support/local-net.ts";
import { clientOf, devPayer, type Payer, PayingClient } from "./support/paying-client.ts";

const ports = { hasher: nativeHasher, verifier: nativeVerifier };
let net: LocalNet;
let genesis: Genesis;
let trust: Trust;
let payer: Payer;
let payee: Payer;

beforeAll(async () => {
  net = await LocalNet.start({ flags: ["--epoch-length", "20"] });
  const read = parseGenesis(readFileSync(join(net.dir, "genesis.json"), "utf8"));
  if (!read.ok) throw new Error(read.reason);
  genesis = read.value;
  trust = trustGenesis(nativeHasher, genesis);
  payer = devPayer(net.dir, "alice");
  payee = devPayer(net.dir, "bob");
});
afterAll(async () => await net?.dispose());

const urls = (): readonly string[] => net.network.nodes.map(({ http }) => http);

async function valueIn<Value>(answer: Answer<Value>): Promise<Value> {
  const result = await answer;
  if (!result.ok) throw new Error(JSON.stringify(result.reason));
  return result.value;
}

async function proven(answer: Answer<ProofJson>, believed: Trust = trust): Promise<Proven> {
  const decoded = decodeProof(fromHex((await valueIn(answer)).proof));
  if (!decoded.ok) throw new Error(decoded.reason.message);
  const verified = verifyProof(decoded.value, believed, ports);
  if (!verified.ok) throw new Error(verified.reason);
  return verified.value;
}

function balanceIn({ facts }: Proven, account: AccountId): bigint {
  const key = accountKey(account);
  const fact = facts.find((one) => one.kind === "state" && one.key === key);
  if (fact?.kind !== "state" || fact.value === undefined) throw new Error("no such account");
  const { value } = fact;
  return readAccount({ read: () => value }, account).balance;
}

/** Every node, every route. Returns the last block that was proven. */
async function doubtEverything(paid: readonly string[]): Promise<Proven> {
  let newest: Proven | undefined;
  for (const url of urls()) {
    const client = clientOf(url);
    const tip = (await valueIn(client.status())).tip.height;
    for (const at of [0, 1, 19, 20, 21, Math.floor(tip / 2), tip].filter((at) => at <= tip)) {
      expect((await proven(client.blockProof(at))).header.height).toBe(at);
    }
    newest = await proven(client.accountProof(payer.address, { known: [1] }));
    expect(newest.header.height).toBeGreaterThanOrEqual(tip);
    expect(newest.facts.some((fact) => fact.kind === "block" && fact.height === 1)).toBe(true);
    for (const id of [paid[0] ?? "", paid.at(-1) ?? ""]) {
      const receipt = await valueIn(client.receipt(id));
      const verified = verifyReceipt(JSON.stringify(receipt), genesis, ports);
      if (!verified.ok) throw new Error(verified.reason);
      expect(verified.value.transaction.id).toBe(id);
    }
    const { from, to, path } = await valueIn(client.consistency(1, tip));
    const isConsistent = verifyConsistency(nativeHasher, {
      first: from.height,
      firstRoot: fromHex(from.historyRoot),
      second: to.height,
      secondRoot: fromHex(to.historyRoot),
      path: path.map(fromHex),
    });
    expect(isConsistent).toBe(true);
  }
  if (newest === undefined) throw new Error("there are nodes");
  return newest;
}

test("what nodes answer needs no belief: under load, across a change of the set, after a start", async () => {
  const [first = ""] = urls();
  const load = new PayingClient({
    payer,
    payee: payee.account,
    chainId: net.network.chainId as ChainId,
    nodes: urls,
  });
  load.start();
  const added = await askQuorate("network", "add-node", "--wait", "--dir", net.dir);
  expect(added.answer.error).toBeUndefined();
  const during = await doubtEverything(load.paid);
  expect(during.validators).toHaveLength(5);
  await load.stop();

  // Whoever remembers that block is shown it again, without the way from the genesis.
  const { certified, validators } = during;
  const { height, epoch: of } = certified.header;
  const remembered = { height, blockId: certified.blockId, epoch: epoch(of), validators };
  const held = trustTip(trust, remembered);
  const asked = { from: of, known: [height] };
  const later = await proven(clientOf(first).accountProof(payee.address, asked), held);
  const told = await valueIn(clientOf(first).account(payee.address));
  expect(balanceIn(later, payee.account)).toBe(BigInt(told.balances[0]?.amount ?? -1));

  await net.dispose({ keep: true });
  net = await LocalNet.start({ dir: net.dir, basePort: net.basePort });
  const after = await doubtEverything(load.paid);
  expect(after.header.height).toBeGreaterThanOrEqual(later.header.height);
  const again = await proven(clientOf(urls()[0] ?? "").accountProof(payee.address, asked), held);
  expect(balanceIn(again, payee.account)).toBe(balanceIn(later, payee.account));
});

/**
 * The library's receipts: they verify offline, with the checkpoint too, and are of the history that was proven before.
 * @module
 */
import { expect, test } from "vitest";
import { nobleVerifier } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { verifyReceipt } from "../../../src/proof/receipt.ts";
import { chainIdOf, type Genesis } from "../../../src/protocol/genesis.ts";
import { height } from "../../../src/protocol/ids.ts";
import { chainTag, openTransaction } from "../../../src/protocol/transaction.ts";
import type { QuorateError } from "../../../src/sdk/failure.ts";
import { systemHost } from "../../../src/sdk/host.ts";
import { type Key, keyFromSeed } from "../../../src/sdk/keys.ts";
import { QuorateNetwork } from "../../../src/sdk/network.ts";
import { transfer } from "../../../src/sdk/operations.ts";
import { signTransaction } from "../../../src/sdk/signing.ts";
import { genesis as sample } from "../../contract/http/sample.ts";
import { receiptOf } from "../../fixtures/proof-receipt.ts";
import { blockAt, validatorsOf, type World } from "../../fixtures/proof-world.ts";
import { type Lab, labOf, type Told, worldOf } from "../client/told-nodes.ts";

const genesis: Genesis = {
  ...sample,
  parameters: { ...sample.parameters, epochLength: 10n },
  validators: validatorsOf([1, 2, 3, 4]),
};
const chainId = chainIdOf(nobleHasher, genesis);
const [alice, bob] = [1, 2].map((byte) => keyFromSeed(new Uint8Array(32).fill(byte))) as [Key, Key];
const { id, bytes } = signTransaction(
  chainId,
  {
    chain: chainTag(chainId),
    sender: alice.account,
    nonce: 0,
    expiryMs: 1,
    fee: 0n,
    memo: new Uint8Array(0),
    operations: [transfer({ to: bob.account, amount: 1n })],
  },
  [alice],
);
const opened = openTransaction(nobleHasher, chainId, bytes);
const transactions = opened.ok ? [opened.value.contentHash] : [];
const paid = worldOf({ chainId, known: { height: 5, transactions } });
const payer: Told = {
  world: paid,
  tip: 9,
  instead: (path, url) =>
    path.endsWith("/receipt")
      ? Response.json(receiptOf(paid, bytes, url.searchParams.getAll("known").map(Number)))
      : undefined,
};

function networkOf({ client }: Lab): QuorateNetwork {
  const { genesis, chainId, web, clock } = client.options;
  return new QuorateNetwork({ client, host: { ...systemHost, web, clock }, genesis, chainId });
}

const tipAt = (of: World, at: number): NonNullable<Lab["remembered"]> => {
  const { header, id } = blockAt(of, at);
  const { epoch, timestampMs } = header;
  return { height: height(at), blockId: id, epoch, validators: of.setOf(epoch), timestampMs };
};

const codeOf = async (tried: Promise<unknown>): Promise<unknown> =>
  await tried.then(
    () => "a receipt",
    (error: QuorateError) => error.code,
  );

test("with a checkpoint the receipt shows it, and verifies with it", async () => {
  const checkpoint = { height: height(3), blockId: blockAt(paid, 3).id };
  const network = networkOf(labOf({ payer }, { checkpoint }));
  const text = await network.receipt(id);
  const ports = { hasher: nobleHasher, verifier: nobleVerifier, checkpoint };
  const verified = verifyReceipt(text, network.genesis, ports);
  expect(verified).toMatchObject({ ok: true, value: { transaction: { id: id } } });
});

test("without one too", async () => {
  const network = networkOf(labOf({ payer }));
  const ports = { hasher: nobleHasher, verifier: nobleVerifier };
  expect(verifyReceipt(await network.receipt(id), network.genesis, ports).ok).toBe(true);
});

test("a receipt of another history than was seen before is none", async () => {
  const lab = labOf({ payer }, { remembered: tipAt(worldOf({ chainId, seed: 2 }), 9) });
  expect(await codeOf(networkOf(lab).receipt(id))).toBe("not_proven");
  const dead = labOf({ dead: { ...payer, isDead: true } });
  expect(await codeOf(networkOf(dead).receipt(id))).toBe("unreachable");
});

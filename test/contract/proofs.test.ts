/**
 * What a node hands out as proof is accepted by somebody who has the genesis and nothing else, whatever moment in the
 * life of its ledger it is asked in.
 * @module
 */
import { describe, expect, test } from "vitest";
import { nativeHasher, nativeVerifier } from "../../node/adapters/native-crypto.ts";
import { decode, u64 } from "../../src/codec/codec.ts";
import { decodeProof, encodeProof, type Proof } from "../../src/proof/proof.ts";
import { formatReceipt, verifyReceipt } from "../../src/proof/receipt.ts";
import { type Trust, trustTip } from "../../src/proof/trust.ts";
import { type Proven, verifyProof } from "../../src/proof/verify.ts";
import { height } from "../../src/protocol/ids.ts";
import { accountKey, balanceKey, readAccount, type StateKey } from "../../src/protocol/state.ts";
import type { Proved } from "../../src/replica/proof-queries.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { bothStores } from "../fixtures/both-stores.ts";
import { assetOf, createAsset, give, mint } from "../fixtures/content.ts";
import {
  epochLength,
  ProvingNode,
  payee,
  payer,
  stranger,
  wish,
} from "../fixtures/proving-node.ts";
import { native } from "../fixtures/small-ledger.ts";

const ports = { hasher: nativeHasher, verifier: nativeVerifier };

/** Over the wire and verified, or the flaw as an error. */
function proven(proved: Proved, trust: Trust): Proven {
  if (!proved.ok) throw new Error(`refused: ${JSON.stringify(proved.reason)}`);
  const decoded = decodeProof(encodeProof(proved.value));
  if (!decoded.ok) throw new Error(decoded.reason.message);
  const verified = verifyProof(decoded.value, trust, ports);
  if (!verified.ok) throw new Error(verified.reason);
  return verified.value;
}

const proofIn = (proved: Proved): Proof => {
  if (!proved.ok) throw new Error(`refused: ${JSON.stringify(proved.reason)}`);
  return proved.value;
};

/** The balance that a proof shows of an account, or undefined where it shows that there is no such account. */
function balanceIn({ facts }: Proven, key: StateKey): bigint | undefined {
  const fact = facts.find((one) => one.kind === "state" && one.key === key);
  if (fact?.kind !== "state") throw new Error("the proof is not about the account");
  if (fact.value === undefined) return undefined;
  const { value } = fact;
  return readAccount({ read: () => value }, payee.account).balance;
}

const payeeKey = accountKey(payee.account);
const strangerKey = accountKey(stranger.account);

describe.each(bothStores())("a node $name", ({ open, again }) => {
  test("proves every block, with and without a finalization of its own, also after a start", async () => {
    let store = await open();
    let node = await ProvingNode.open(store);
    await node.growTo(2 * epochLength + 4);
    const check = (): void => {
      let covered = 0;
      for (let at = 0; at <= node.height; at += 1) {
        const proved = node.proofs.block(height(at), wish());
        const { header, blockId } = proven(proved, node.trust);
        expect(header).toEqual(node.chain.headerAt(height(at)));
        expect(proven(node.proofs.block(blockId, wish()), node.trust).blockId).toBe(blockId);
        if (proofIn(proved).finality.covering !== undefined) covered += 1;
      }
      expect(covered).toBeGreaterThan(3);
    };
    check();
    store = await again(store);
    node = await ProvingNode.open(store);
    check();
    await store.close();
  });

  test("leads through changes of the set: from the genesis, and from any epoch on", async () => {
    let store = await open();
    let node = await ProvingNode.open(store);
    await node.change({ joins: "v5" }); // Epoch 0 decides on the set of epoch 1.
    await node.change({ joins: "v6" });
    await node.growTo(3 * epochLength); // Epoch 2 changes nothing.
    await node.change({ leaves: "v1" });
    await node.growTo(4 * epochLength + 5);
    const check = (): void => {
      const last = proven(node.proofs.block(height(node.height), wish()), node.trust);
      const names = last.validators.map(({ name }) => name).toSorted();
      expect(names).toEqual(["v2", "v3", "v4", "v5", "v6"]);
      for (let at = 0; at <= node.height; at += 1) {
        const proved = node.proofs.block(height(at), wish());
        const { certified } = proven(proved, node.trust);
        // Changes are at the ends of epochs 0, 1 and 3.
        const changes = [0, 1, 3].filter((of) => of < certified.header.epoch).length;
        expect(proofIn(proved).hops).toHaveLength(changes);
        // Whoever has verified this block needs only what changed since.
        const { height: remembered } = certified.header;
        const tip = { ...certified, ...certified.header, blockId: certified.blockId };
        const { validators } = proven(proved, node.trust);
        const trust = trustTip(node.trust, { ...tip, validators });
        const later = node.proofs.block(height(node.height), wish(tip.epoch, remembered));
        expect(proven(later, trust).header.height).toBe(node.height);
        expect(proofIn(later).hops).toHaveLength(3 - changes);
      }
    };
    check();
    store = await again(store);
    node = await ProvingNode.open(store);
    check();
    await store.close();
  });

  test("proves old blocks to somebody who trusts only a later set", async () => {
    const store = await open();
    const node = await ProvingNode.open(store);
    await node.change({ joins: "v5" });
    await node.growTo(2 * epochLength + 3);
    const tip = proven(node.proofs.block(height(23), wish()), node.trust);
    const { header, blockId, validators } = tip;
    const trust = trustTip(node.trust, { ...header, blockId, validators });
    for (const at of [0, 1, 4, 10, 11, 22, 23]) {
      const proved = node.proofs.block(height(at), wish(header.epoch, header.height));
      expect(proven(proved, trust).header.height).toBe(at);
      expect(proofIn(proved).hops).toEqual([]);
      // Also without a block that is remembered: trust in a set says nothing about the sets before.
      const unmarked = { ...trust, checkpoint: undefined };
      const bare = node.proofs.block(height(at), wish(header.epoch));
      expect(proven(bare, unmarked).header.height).toBe(at);
    }
    await store.close();
  });

  test("proves accounts at the durable tip, and that there is none", async () => {
    let store = await open();
    let node = await ProvingNode.open(store);
    await node.grow([node.payment(5n)], [node.payment(7n, 1)]);
    const check = async (): Promise<void> => {
      const found = proven(await node.proofs.account(payee.account, wish(0, 1)), node.trust);
      expect(found.header.height).toBe(2);
      expect(balanceIn(found, payeeKey)).toBe(12n);
      const absent = proven(await node.proofs.account(stranger.account, wish()), node.trust);
      expect(balanceIn(absent, strangerKey)).toBeUndefined();
      const both = proven(node.proofs.state([strangerKey, payeeKey], wish()), node.trust);
      expect(both.facts.map((fact) => fact.kind === "state" && fact.key)).toEqual([
        strangerKey,
        payeeKey,
      ]);
    };
    await check();
    store = await again(store);
    node = await ProvingNode.open(store);
    await check();
    await store.close();
  });

  test("proves the last durable state while later blocks are final in memory, and on the way of a commit", async () => {
    let store = await open();
    let node = await ProvingNode.open(store);
    await node.grow([node.payment(1n)]);
    const path = node.finalize([
      [node.payment(2n)],
      [node.payment(4n, 1)],
      [],
      [node.payment(8n, 2)],
    ]);
    const provenNow = async (): Promise<readonly [number, bigint | undefined]> => {
      const found = proven(await node.proofs.account(payee.account, wish(0, 0, 1)), node.trust);
      return [found.header.height, balanceIn(found, payeeKey)];
    };
    expect(node.ledger.tip.header.height).toBe(5);
    expect(await provenNow()).toEqual([1, 1n]);
    await node.commit(path, 2); // Blocks 2 and 3: no block that is durable is finalized itself.
    expect(node.chain.finalizationAt(height(3))).toBeUndefined();
    expect(await provenNow()).toEqual([3, 7n]);
    for (let at = 0; at <= 3; at += 1) {
      expect(proven(node.proofs.block(height(at), wish()), node.trust).header.height).toBe(at);
    }
    // A node that is killed here proves its tip all the same: the block above it was seen to be final.
    store = await again(store);
    node = await ProvingNode.open(store);
    expect(await provenNow()).toEqual([3, 7n]);
    await node.grow([node.payment(16n)]);
    expect(await provenNow()).toEqual([4, 23n]);
    await store.close();
  });

  test("proves what an account holds of other assets, as it comes and goes", async () => {
    const store = await open();
    const node = await ProvingNode.open(store);
    const [bean, shell] = [assetOf(payer, "BEAN"), assetOf(payer, "SHELL")];
    const balances = async (): Promise<Readonly<Record<string, bigint>>> => {
      const { facts } = proven(await node.proofs.account(payee.account, wish(0, 0)), node.trust);
      const found: Record<string, bigint> = {};
      for (const fact of facts.slice(1)) {
        if (fact.kind !== "state" || fact.value === undefined) continue;
        const amount = decode(u64, fact.value);
        for (const asset of [bean, shell]) {
          if (fact.key === balanceKey(payee.account, asset) && amount.ok)
            found[asset] = amount.value;
        }
      }
      expect(facts).toHaveLength(2 + Object.keys(found).length); // And nothing that is not held.
      return found;
    };
    const operations = [native(payee, 9n), createAsset("BEAN"), createAsset("SHELL")];
    await node.grow([node.transaction(payer, operations)]);
    expect(await balances()).toEqual({});
    await node.grow([node.transaction(payer, [mint(bean, payee, 5n)])]);
    expect(await balances()).toEqual({ [bean]: 5n });
    const later = node.finalize([[node.transaction(payer, [mint(shell, payee, 7n)])]]);
    expect(await balances()).toEqual({ [bean]: 5n });
    await node.commit(later, 1, { isTold: false }); // On disk, and the ledger does not know it yet.
    expect(await balances()).toEqual({ [bean]: 5n });
    node.ledger.durable(node.height);
    expect(await balances()).toEqual({ [bean]: 5n, [shell]: 7n });
    await node.grow([node.transaction(payee, [give(bean, payer, 5n)])]);
    expect(await balances()).toEqual({ [shell]: 7n });
    await store.close();
  });

  test("gives receipts that verify with the genesis alone", async () => {
    let store = await open();
    let node = await ProvingNode.open(store);
    const batch = Array.from({ length: 5 }, (_, i) => node.payment(BigInt(i + 1), i));
    await node.commit(node.finalize([batch, [node.payment(9n, 5)], []]));
    const check = (): void => {
      for (const [index, transaction] of batch.entries()) {
        const receipt = node.proofs.receipt(transaction.id, wish());
        if (!receipt.ok) throw new Error(receipt.reason.kind);
        const text = formatReceipt(receipt.value);
        const verified = verifyReceipt(text, node.genesis, ports);
        if (!verified.ok) throw new Error(verified.reason);
        expect(verified.value.transaction.id).toBe(transaction.id);
        expect(verified.value.index).toBe(index);
        expect(verified.value.proven.header.height).toBe(1);
      }
      const unknown = node.proofs.receipt("00".repeat(32) as never, wish());
      expect(unknown).toEqual({ ok: false, reason: { kind: "unknown" } });
    };
    check();
    store = await again(store);
    node = await ProvingNode.open(store);
    check();
    await store.close();
  });
});

test("leads through many changes of the set, and from each of them on", async () => {
  const node = await ProvingNode.open(new MemoryStore());
  const epochs = 24;
  for (let i = 0; i < epochs / 2; i += 1) {
    await node.change({ joins: "v5" });
    await node.change({ leaves: "v5" });
  }
  await node.growTo(epochs * epochLength + 2);
  const proved = node.proofs.block(height(node.height), wish());
  expect(proofIn(proved).hops).toHaveLength(epochs);
  let { trust } = node;
  for (let at = 5; at <= node.height; at += 21) {
    const known = trust.checkpoint === undefined ? [] : [trust.checkpoint.height];
    const step = proven(node.proofs.block(height(at), wish(trust.epoch, ...known)), trust);
    const { header, blockId } = step.certified;
    const { validators } = step;
    trust = trustTip(trust, { height: header.height, epoch: header.epoch, blockId, validators });
    const last = node.proofs.block(height(node.height), wish(trust.epoch, header.height));
    expect(proofIn(last).hops).toHaveLength(epochs - header.epoch);
    expect(proven(last, trust).header.height).toBe(node.height);
  }
});

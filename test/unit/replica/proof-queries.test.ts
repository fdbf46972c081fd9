/**
 * A proof of an account shows all that it holds, or is not given yet.
 * @module
 */
import { expect, test } from "vitest";
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { balanceKey } from "../../../src/protocol/state.ts";
import { ProofQueries } from "../../../src/replica/proof-queries.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { assetOf, createAsset, mint } from "../../fixtures/content.ts";
import { ProvingNode, payee, payer, wish } from "../../fixtures/proving-node.ts";
import { native } from "../../fixtures/small-ledger.ts";

test("a balance that cannot be read at this moment is no reason for a proof without it", async () => {
  const node = await ProvingNode.open(new MemoryStore());
  const asset = assetOf(payer, "GOLD");
  const operations = [native(payee, 1n), createAsset("GOLD"), mint(asset, payee, 5n)];
  await node.grow([node.transaction(payer, operations)]);
  const balance = balanceKey(payee.account, asset);
  const held = await node.proofs.account(payee.account, wish());
  expect(held.ok && held.value.items.map((item) => item.kind === "state" && item.key)).toContain(
    balance,
  );
  const { ledger, chain } = node;
  const proofs = new ProofQueries({
    hasher: nativeHasher,
    chain,
    ledger: {
      chainId: ledger.chainId,
      tip: ledger.tip,
      durableTip: ledger.durableTip,
      state: (id) => ledger.state(id),
      waitingKeys: (beginning) => ledger.waitingKeys(beginning),
      // What the ledger says while the store writes over an entry that is not in memory.
      prove: (key) => (key === balance ? undefined : ledger.prove(key)),
    },
  });
  expect(await proofs.account(payee.account, wish())).toEqual({
    ok: false,
    reason: { kind: "not_ready" },
  });
});

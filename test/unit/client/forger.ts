/**
 * A node that has the keys of former validators: it shows a block that they sign now, whose history has every true block
 * so far, and in it any state and any payment.
 * @module
 */
import { toHex } from "../../../src/base/bytes.ts";
import { encodeProof, type Proof } from "../../../src/proof/proof.ts";
import { type Digest, height } from "../../../src/protocol/ids.ts";
import type { NamedTransaction } from "../../../src/protocol/transaction.ts";
import { definedPath, makeProof } from "../../fixtures/proof-maker.ts";
import { blockAt, certify, idOfHeader, type World } from "../../fixtures/proof-world.ts";
import { alice, bob, native, transactionOf } from "../../fixtures/small-ledger.ts";
import { hex, merkleLeaf, merkleRoot, unhex } from "../../vectors/protocol-reference.ts";
import { someKey, type Told, worldOf } from "./told-nodes.ts";

/** The validators of the first epoch are others than those of today. */
export const changing: World = worldOf({
  sets: [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ],
});
export const payment: NamedTransaction = transactionOf(changing.chainId, {
  from: alice,
  operations: [native(bob, 1n)],
});
/** What the first validators pretend: that they never changed, and that there was a payment. */
export const bought: World = worldOf({
  seed: 2,
  known: { height: 30, transactions: [payment.contentHash] },
});

/** A block of former validators at #30 above all true blocks up to #29. */
function grafted(known: readonly number[], subject: object): Proof {
  const truth = (at: number): World => (at < 30 ? changing : bought);
  const leaves = bought.blocks
    .slice(0, 30)
    .map((_, at) => merkleLeaf(unhex(blockAt(truth(at), at).id)));
  const items = [subject as { readonly state: typeof someKey }];
  const honest = makeProof(bought, { height: 30, items });
  const historyRoot = hex(merkleRoot(leaves)) as Digest;
  const parent = blockAt(changing, 29).id;
  const header = { ...honest.header, historyRoot, parent };
  const { chainId } = bought;
  const certificate = certify(header, { chainId, validators: bought.setOf(0) });
  const shown = known
    .filter((at) => at < 30)
    .map((at) => ({
      kind: "history" as const,
      height: height(at),
      blockId: blockAt(changing, at).id,
      path: definedPath(at, leaves),
    }));
  return {
    ...honest,
    header,
    finality: { certificate, covering: undefined },
    items: [...honest.items, ...shown],
  };
}

export const forger: Told = {
  world: changing,
  tip: 26,
  instead: (path, url) => {
    const known = url.searchParams.getAll("known").map(Number);
    const answer = (proof: Proof, more: object = {}): Response => {
      const tip = { height: 30, id: idOfHeader(proof.header) };
      return Response.json({ proof: toHex(encodeProof(proof)), tip, ...more });
    };
    if (path.endsWith("/receipt")) {
      const { chainId } = changing;
      const transaction = toHex(payment.bytes);
      const receipt = { kind: "quorate-receipt", version: 1, chainId, transaction };
      return answer(grafted(known, { transaction: 0 }), receipt);
    }
    if (/\/blocks\/30\/proof$/.test(path)) {
      const proof = grafted(known, { state: someKey });
      return answer({ ...proof, items: proof.items.filter(({ kind }) => kind === "history") });
    }
    return path.endsWith("/state") ? answer(grafted(known, { state: someKey })) : undefined;
  },
};

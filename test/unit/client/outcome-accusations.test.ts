/**
 * Who is called a liar when an end is to be proven: never a node that only gives no answer, and always one that lies.
 * @module
 */
import { expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import type { Finding } from "../../../src/client/finding.ts";
import { OutcomeProofs } from "../../../src/client/outcome-proofs.ts";
import { encodeProof } from "../../../src/proof/proof.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { Digest } from "../../../src/protocol/ids.ts";
import { accountKey, encodeAccount } from "../../../src/protocol/state.ts";
import { makeProof } from "../../fixtures/proof-maker.ts";
import { withEntries } from "../../fixtures/proof-state.ts";
import { alice, bob, native, transactionOf } from "../../fixtures/small-ledger.ts";
import { unhex } from "../../vectors/protocol-reference.ts";
import { labOf, problem, type Told, worldOf } from "./told-nodes.ts";

const tip = 9;
const node = "http://a";
const bare = worldOf({ height: tip });
/** It has the nonce of the payment that is followed. */
const other = transactionOf(bare.chainId, { from: alice, operations: [native(bob, 7n)] });
const world = withEntries(
  worldOf({ height: tip, known: { height: 5, transactions: [other.contentHash] } }),
  tip,
  [
    {
      key: unhex(accountKey(alice.account)),
      value: encodeAccount({
        nonce: 1,
        balance: 5n,
        authHash: alice.account as string as Digest,
        flags: 0,
      }),
    },
  ],
);
const from = formatAddress("quo", alice.account);
const followed = {
  id: "cd".repeat(32),
  own: { transaction: { sender: alice.account, nonce: 0, expiryMs: 1 }, from },
};

const receipt = (): Response => {
  const items = [{ transaction: 0 }];
  const proof = toHex(encodeProof(makeProof(world, { height: 5, covering: tip, items })));
  const transaction = toHex(other.bytes);
  const { chainId } = world;
  return Response.json({ kind: "quorate-receipt", version: 1, chainId, transaction, proof });
};
const listed = (): Response =>
  Response.json({
    items: [
      {
        id: other.id,
        contentHash: other.contentHash,
        status: "final",
        height: 5,
        index: 0,
        blockId: world.blocks[5]?.id,
        timestampMs: 1,
        sender: from,
        nonce: 0,
        expiryMs: 1,
        fee: "0",
        feeDisplay: "0",
        memo: { hex: "", text: "" },
        operations: [],
      },
    ],
    next: null,
    prev: null,
    tip: { height: tip, id: world.blocks[tip]?.id },
  });
const emptyList = (): Response =>
  Response.json({
    items: [],
    next: null,
    prev: null,
    tip: { height: tip, id: world.blocks[tip]?.id },
  });

const toldOf = (answers: { list: () => Response; receipt: () => Response }): Told => ({
  world,
  tip,
  instead: (path) =>
    path.endsWith("/transactions")
      ? answers.list()
      : path.endsWith("/receipt")
        ? answers.receipt()
        : undefined,
});

type Words = Parameters<OutcomeProofs["prove"]>[0];

async function found(told: Told, words: Words): Promise<readonly [string, readonly Finding[]]> {
  const said: Finding[] = [];
  const lab = labOf({ a: told });
  const proofs = new OutcomeProofs(lab.client, followed, (finding) => said.push(finding));
  const { kind } = await proofs.prove(words, { timeoutMs: 1_000 });
  return [kind, said];
}
const expired: Words = { node, kind: "expired" };
const tooLow: Words = { node, kind: "refused", code: "nonce_too_low", message: "" };
const busy = (): Response => problem(429, "rate_limited");
const absent = (): Response => problem(404, "not_found");

test("the nonce is used by what the node shows: superseded", async () => {
  expect(await found(toldOf({ list: listed, receipt }), expired)).toEqual(["superseded", []]);
});

test("a node that gives no list, or no receipt, for the moment is no liar", async () => {
  const unready = (): Response => problem(503, "proof_not_ready");
  const behind = (): Response => problem(404, "height_unknown");
  expect(await found(toldOf({ list: busy, receipt }), expired)).toEqual(["unproven", []]);
  for (const silent of [busy, unready, behind]) {
    const told = toldOf({ list: listed, receipt: silent });
    expect(await found(told, expired)).toEqual(["unproven", []]);
    const final = { node, kind: "final", height: 5, blockId: "", timestampMs: 1 } as const;
    expect(await found(told, final)).toEqual(["unproven", []]);
    expect(await found(told, { node, kind: "superseded", by: other.id })).toEqual(["unproven", []]);
  }
});

test("one that hides by what the nonce is used, having said that it expired, lies", async () => {
  const code = "inclusion_withheld";
  for (const told of [
    toldOf({ list: emptyList, receipt }),
    toldOf({ list: listed, receipt: absent }),
  ]) {
    const [kind, said] = await found(told, expired);
    expect(kind).toBe("unproven");
    expect(said).toMatchObject([{ node, kind: "lying", code }]);
  }
});

test("a false receipt of what used the nonce is a lie, whatever the node said before", async () => {
  const garbled = (): Response => Response.json({});
  for (const words of [tooLow, expired]) {
    const [kind, said] = await found(toldOf({ list: listed, receipt: garbled }), words);
    expect(kind).toBe("unproven");
    expect(said).toMatchObject([{ node, kind: "lying", code: "garbled" }]);
  }
});

/**
 * The light client against proofs of what is no longer so: old states, and histories that former validators sign.
 * @module
 */
import { expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import type { FindingBody } from "../../../src/client/finding.ts";
import { proveInclusion } from "../../../src/client/inclusion.ts";
import { OutcomeProofs } from "../../../src/client/outcome-proofs.ts";
import { proveAccount, proveState } from "../../../src/client/proven-state.ts";
import type { RememberedTip } from "../../../src/client/remembered-tip.ts";
import { encodeProof, type Proof } from "../../../src/proof/proof.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { type AccountId, type Digest, height } from "../../../src/protocol/ids.ts";
import type { StateKey } from "../../../src/protocol/state.ts";
import { definedPath, makeProof } from "../../fixtures/proof-maker.ts";
import { blockAt, certify, idOfHeader, type World } from "../../fixtures/proof-world.ts";
import { alice, bob, native, transactionOf } from "../../fixtures/small-ledger.ts";
import { hex, merkleLeaf, merkleRoot, unhex } from "../../vectors/protocol-reference.ts";
import {
  type Lab,
  labOf,
  problem,
  someKey,
  type Told,
  WaitingClock,
  worldOf,
} from "./told-nodes.ts";

const world = worldOf();
const tipAt = (of: World, at: number): RememberedTip => {
  const { header, id } = blockAt(of, at);
  const { epoch, timestampMs } = header;
  return { height: height(at), blockId: id, epoch, validators: of.setOf(epoch), timestampMs };
};

/** An old header under a newer one that covers it: nobody's key is needed for that. */
const coveredAt = (header: number, top: number, known: readonly number[]): Partial<Told> => ({
  alter: (_, path) =>
    makeProof(world, {
      height: path.startsWith("/v1/blocks/") ? top : header,
      ...(path.startsWith("/v1/blocks/") ? {} : { covering: top }),
      items: [
        ...(path.startsWith("/v1/blocks/") ? [] : [{ state: someKey }]),
        ...known.map((history) => ({ history })),
      ],
    }),
});

const askOne = async (
  lab: Lab,
  node = "http://a",
): Promise<FindingBody["kind"] | "fork" | "ok"> => {
  const shown = await lab.client.gatherFrom(
    node,
    (options) => (at) => at.stateProof([someKey], options),
    () => undefined,
    { timeoutMs: 1_000 },
  );
  return shown.ok ? "ok" : shown.reason.kind;
};

test("an old state under a newer block is no newer than itself: alone it shows nothing", async () => {
  const lab = labOf(
    { a: { world, tip: 20, ...coveredAt(7, 20, [12]) } },
    { remembered: tipAt(world, 12) },
  );
  const shown = await proveState(lab.client, [someKey]);
  expect(shown).toMatchObject({
    ok: false,
    reason: {
      kind: "rolled-back",
      newestHeight: 7,
      findings: [{ kind: "lagging", height: 7, behind: 5, than: "remembered" }],
    },
  });
  expect(await askOne(lab)).toBe("lagging");
  expect(lab.kept).toEqual([]);
});

test("an old state under a newer block: others are shown, and it is named as lagging", async () => {
  const liar = { world, tip: 20, ...coveredAt(7, 20, [12, 13]) };
  const lab = labOf({ liar, a: { world, tip: 13 } }, { remembered: tipAt(world, 12) });
  const shown = await proveState(lab.client, [someKey]);
  expect(shown.ok && shown.value.standing.height).toBe(13);
  expect(shown.ok && shown.value.standing.findings[0]).toMatchObject({
    kind: "lagging",
    height: 7,
    than: "remembered",
  });
});

test("a state that is not older than what was seen may be covered by a later block", async () => {
  const node = { world, tip: 20, ...coveredAt(13, 20, [12]) };
  const lab = labOf({ a: node }, { remembered: tipAt(world, 12) });
  expect(await askOne(lab)).toBe("ok");
  expect(lab.remembered?.height).toBe(20);
});

test("a state below the checkpoint shows nothing, however new the block that covers it", async () => {
  const checkpoint = { height: height(12), blockId: blockAt(world, 12).id };
  const lab = labOf({ a: { world, tip: 20, ...coveredAt(7, 20, [12]) } }, { checkpoint });
  expect(await proveState(lab.client, [someKey])).toMatchObject({
    ok: false,
    reason: { kind: "nothing-proven", findings: [{ kind: "lagging", than: "checkpoint" }] },
  });
  expect(await askOne(lab)).toBe("lagging");
});

/** The validators of the first epoch are others than those of today. */
const changing = worldOf({
  sets: [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ],
});
/** What the first ones sign later, when their keys are for sale: no change of validators, and no payment. */
const bought = worldOf({ seed: 2 });
const remembered = tipAt(changing, 24);

test("one honest node that lags is no liar, and proves nothing", async () => {
  const lab = labOf({ a: { world: changing, tip: 22 } }, { remembered });
  expect(await askOne(lab)).toBe("lagging");
  const before = labOf({ a: { world: changing, tip: 8 } }, { remembered });
  expect(await askOne(before)).toBe("lagging");
  expect([...lab.kept, ...before.kept]).toEqual([]);
});

test("a node that catches up between two questions is no liar", async () => {
  const told: Told = { world: changing, tip: 22 };
  let questions = 0;
  told.instead = () => {
    questions += 1;
    if (questions === 2) told.tip = 26;
    return undefined;
  };
  const lab = labOf({ a: told }, { remembered });
  expect(await askOne(lab)).toBe("ok");
  expect(lab.kept).toEqual([]);
});

const sender = "ab".repeat(32) as AccountId;
const own = {
  transaction: { sender, nonce: 0, expiryMs: blockAt(bought, 5).header.timestampMs },
  from: formatAddress("quo", sender),
};

test("expired in a history below what was seen is not expired: former validators can sign one", async () => {
  const node = "http://a";
  const attack = labOf({ a: { world: bought, tip: 9 } }, { remembered });
  const proofs = new OutcomeProofs(attack.client, { id: "cd".repeat(32), own }, () => {});
  const ask = { timeoutMs: 1_000 };
  expect(await proofs.prove({ node, kind: "expired" }, ask)).toEqual({ node, kind: "unknown" });
  expect(attack.remembered).toBe(remembered);

  const honest = labOf({ a: { world: changing, tip: 26 } }, { remembered });
  const proven = new OutcomeProofs(honest.client, { id: "cd".repeat(32), own }, () => {});
  expect(await proven.prove({ node, kind: "expired" }, ask)).toEqual({ node, kind: "expired" });
});

/** A block of former validators whose history has the block that was seen, for whoever looks only at that. */
function grafted(): Proof {
  const leaves = bought.blocks
    .slice(0, 30)
    .map(({ id }, at) => merkleLeaf(unhex(at === 24 ? remembered.blockId : id)));
  const honest = makeProof(bought, { height: 30, items: [{ state: someKey }] });
  const header = { ...honest.header, historyRoot: hex(merkleRoot(leaves)) as Digest };
  const { chainId } = bought;
  const seen = {
    kind: "history",
    height: height(24),
    blockId: remembered.blockId,
    path: definedPath(24, leaves),
  } as const;
  return {
    ...honest,
    header,
    finality: {
      certificate: certify(header, { chainId, validators: bought.setOf(0) }),
      covering: undefined,
    },
    items: [...honest.items, seen],
  };
}

test("whoever says that it lags is not believed with the keys of former validators", async () => {
  const proof = grafted();
  const tip = { height: 30, id: idOfHeader(proof.header) };
  const headers = { "quorate-tip": `30/${tip.id}` };
  const node: Told = {
    world: changing,
    tip: 30,
    instead: (path, url) => {
      if (!path.includes("/proofs/")) return undefined;
      if (url.searchParams.get("from") === "0") {
        return Response.json({ proof: toHex(encodeProof(proof)), tip }, { headers });
      }
      const refusal = problem(404, "epoch_unknown");
      refusal.headers.set("quorate-tip", headers["quorate-tip"]);
      return refusal;
    },
  };
  const lab = labOf({ a: node }, { remembered });
  expect(await askOne(lab)).toBe("unready");
  expect((await proveState(lab.client, [someKey])).ok).toBe(false);
  expect(lab.remembered).toBe(remembered);
});

test("an old history of former validators is no fork, nor one below the checkpoint: others are shown", async () => {
  const attack = labOf(
    { a: { world: changing, tip: 26 }, b: { world: bought, tip: 9 } },
    { remembered },
  );
  const shown = await proveState(attack.client, [someKey]);
  expect(shown).toMatchObject({
    ok: true,
    value: { standing: { height: 26, findings: [{ kind: "proven" }, { kind: "lagging" }] } },
  });
  const checkpoint = { height: height(12), blockId: blockAt(world, 12).id };
  const decided = labOf({ a: { world, tip: 20 }, b: { world: bought, tip: 9 } }, { checkpoint });
  const one = await proveState(decided.client, [someKey]);
  expect(one.ok && one.value.standing.findings[1]).toMatchObject({ than: "checkpoint" });
});

test("an old history of the same validators is a fork", async () => {
  const lab = labOf(
    { a: { world, tip: 26 }, b: { world: bought, tip: 22 } },
    { remembered: tipAt(world, 24) },
  );
  const shown = await proveState(lab.client, [someKey]);
  expect(shown).toMatchObject({ ok: false, reason: { kind: "fork" } });
});

test("a node's word that a transaction expired is no end, whatever is known of the transaction", async () => {
  const lab = labOf({ a: { world, tip: 9 } });
  const node = "http://a";
  const ask = { timeoutMs: 1_000 };
  const byId = new OutcomeProofs(lab.client, { id: "cd".repeat(32), own: undefined }, () => {});
  expect(await byId.prove({ node, kind: "expired" }, ask)).toMatchObject({
    node,
    kind: "unproven",
  });
  const late = { ...own, transaction: { ...own.transaction, expiryMs: Number.MAX_SAFE_INTEGER } };
  const saved = new OutcomeProofs(lab.client, { id: "cd".repeat(32), own: late }, () => {});
  expect(await saved.prove({ node, kind: "expired" }, ask)).toEqual({ node, kind: "unknown" });
});

const payment = transactionOf(world.chainId, {
  from: alice,
  operations: [native(bob, 1n)],
});
const paid = worldOf({ known: { height: 5, transactions: [payment.contentHash] } });

/** A node that has the payment's receipt, and whose tip rises with every receipt that it is asked for. */
function rising(from: number): Told {
  const told: Told = { world: paid, tip: from };
  told.instead = (path, url) => {
    if (!path.endsWith("/receipt")) return undefined;
    const { tip } = told;
    told.tip += 1;
    const known = url.searchParams.getAll("known").map(Number);
    if (known.some((at) => at > tip)) return problem(404, "height_unknown");
    const items = [{ transaction: 0 }, ...known.map((history) => ({ history }))];
    const proof = toHex(encodeProof(makeProof(paid, { height: 5, covering: tip, items })));
    const transaction = toHex(payment.bytes);
    const { chainId } = paid;
    return Response.json({ kind: "quorate-receipt", version: 1, chainId, transaction, proof });
  };
  return told;
}

test("a node that is a few blocks behind has a moment to catch up with a receipt; one far behind has not", async () => {
  const ask = { timeoutMs: 1_000 };
  const near = labOf({ a: rising(17) }, { remembered: tipAt(paid, 20) });
  const reply = await proveInclusion(near.client, "http://a", payment.id, ask);
  expect(reply).toMatchObject({ kind: "included", proven: { header: { height: 5 } } });
  expect(near.remembered?.height).toBeGreaterThanOrEqual(20);

  const far = labOf({ a: rising(8) }, { remembered: tipAt(paid, 40) });
  const late = await proveInclusion(far.client, "http://a", payment.id, ask);
  expect(late).toMatchObject({ kind: "lagging", lag: { than: "remembered" } });
  const receipts = far.asked.get("a")?.filter((path) => path.includes("/receipt?"));
  expect(receipts).toHaveLength(3); // From what is remembered, with less, and from the genesis: once each.
  expect([...near.kept, ...far.kept]).toEqual([]);
});

test("assets that are proven absent are no assets of the account: nothing more is asked", async () => {
  const account = sender;
  const absent = Array.from(
    { length: 40 },
    (_, i) => `01${account}${i.toString(16).padStart(64, "0")}` as StateKey,
  );
  const padding: Partial<Told> = {
    alter: (proof) => {
      const items = absent.map((state) => ({ state }));
      const more = makeProof(world, { height: 9, items });
      return { ...proof, items: [...proof.items, ...more.items] };
    },
  };
  const lab = labOf({ liar: { world, tip: 9, ...padding }, a: { world, tip: 9 } });
  const found = await proveAccount(lab.client, { account, address: formatAddress("quo", account) });
  expect(found).toMatchObject({ ok: true, value: { account: { exists: false }, holdings: [] } });
  expect([...lab.asked.values()].map((paths) => paths.length)).toEqual([1, 1]);
});

test("an answer that shows nothing does not cut the others off, however quick it is", async () => {
  const elsewhere: Partial<Told> = {
    alter: (proof) => ({ ...proof, items: proof.items.slice(1) }),
  };
  for (const useless of [
    { world, tip: 7 },
    { world, tip: 14, ...elsewhere },
  ]) {
    const honest: Told = { world, tip: 13, isSlow: true };
    const options = { remembered: tipAt(world, 12), clock: new WaitingClock() };
    const lab = labOf({ useless, honest }, options);
    const shown = await proveState(lab.client, [someKey]);
    expect(shown).toMatchObject({ ok: true, value: { standing: { height: 13 } } });
  }
  const quick: Told = { world, tip: 13 };
  const lab = labOf(
    { quick, late: { world, tip: 14, isSlow: true } },
    { clock: new WaitingClock() },
  );
  const shown = await proveState(lab.client, [someKey]);
  expect(shown).toMatchObject({ ok: true, value: { standing: { height: 13 } } });
});

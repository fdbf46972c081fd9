/**
 * Proofs that lead through changes of the validators, from the genesis and from what was proven before.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../node/adapters/clock.ts";
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import type { Verdict } from "../../../node/explorer/checking/claims.ts";
import { proveClaim } from "../../../node/explorer/checking/prove-claim.ts";
import { Scene } from "../../../node/explorer/checking/scene.ts";
import type { RememberedTip } from "../../../src/client/remembered-tip.ts";
import { chainIdOf } from "../../../src/protocol/genesis.ts";
import { height } from "../../../src/protocol/ids.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { epochLength, ProvingNode } from "../../fixtures/proving-node.ts";
import { type Serving, serve } from "../http/serving.ts";

let proving: ProvingNode;
let serving: Serving;
let remembered: RememberedTip | undefined;

beforeAll(async () => {
  proving = await ProvingNode.open(new MemoryStore());
  await proving.growTo(epochLength);
  await proving.change({ joins: "v5" });
  await proving.growTo(2 * epochLength + 4);
  serving = await serve();
  const { proofs } = proving;
  Object.assign(serving.node, { proofs, tip: () => proving.chain.tip });
});
afterAll(async () => await serving.close());

async function checkTip(at: number): Promise<Verdict> {
  const { genesis } = proving;
  const scene = new Scene({
    network: {
      genesis,
      chainId: chainIdOf(nativeHasher, genesis),
      acquaintance: { kind: "known", sinceMs: 0 },
      checkpoint: undefined,
    },
    page: serving.url,
    others: [],
    web: { httpFetch: fetch, timeoutSignal: (ms) => AbortSignal.timeout(ms) },
    clock: systemClock,
    hasher: nativeHasher,
    verifier: nativeVerifier,
    tips: {
      load: async () => remembered,
      save: async (tip) => {
        remembered = tip;
      },
    },
    pause: async () => {},
    ask: () => Promise.reject(new Error("a block is asked for once")),
    left: new AbortController().signal,
  });
  const id = proving.chain.proofs.idAt(height(at)) ?? "";
  return await proveClaim(scene, { kind: "tip", height: at, id }, () => {});
}

const detailOf = (verdict: Verdict, title: string): string | undefined =>
  "steps" in verdict ? verdict.steps.find((step) => step.title.includes(title))?.detail : undefined;

test("from the genesis the change is told; from what was proven there is none to tell", async () => {
  const at = proving.chain.tip.height;
  const first = await checkTip(at);
  expect(first).toMatchObject({ kind: "proven", height: at });
  expect(detailOf(first, "validators")).toContain("changed once from the genesis");
  expect(remembered?.height).toBe(at);
  const again = await checkTip(at);
  expect(again.kind).toBe("proven");
  expect(detailOf(again, "validators")).toContain(`from #${at}, which this browser has seen`);
});

test("a block of former validators is proven by a later one that is known to go on from it", async () => {
  remembered = undefined;
  await checkTip(proving.chain.tip.height);
  for (const at of [0, 1, epochLength, epochLength + 1]) {
    const verdict = await checkTip(at);
    expect(verdict).toMatchObject({ kind: "proven", height: at });
    expect(detailOf(verdict, "is final")).toContain("is in the history of that block");
  }
});

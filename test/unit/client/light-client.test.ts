/**
 * The light client against nodes that agree, lag, lie, hide and fork.
 * @module
 */
import { expect, test } from "vitest";
import type { Result } from "../../../src/base/result.ts";
import type { Gathered } from "../../../src/client/light-client.ts";
import { type ProvenState, proveState } from "../../../src/client/proven-state.ts";
import type { RememberedTip } from "../../../src/client/remembered-tip.ts";
import type { TrustFailure } from "../../../src/client/standing.ts";
import type { Proof } from "../../../src/proof/proof.ts";
import { type BlockId, type ChainId, height } from "../../../src/protocol/ids.ts";
import type { StateKey } from "../../../src/protocol/state.ts";
import { blockAt, certify, type World } from "../../fixtures/proof-world.ts";
import {
  type Lab,
  labOf,
  someKey,
  type Told,
  unready,
  WaitingClock,
  worldOf,
} from "./told-nodes.ts";

const world = worldOf();
/** The same validators and chain id, and another history. */
const forked = worldOf({ seed: 2 });

const at = (tip: number, more: Partial<Told> = {}): Told => ({ world, tip, ...more });
const idAt = (of: World, at: number): BlockId => blockAt(of, at).id;
const ask = async (lab: Lab): Promise<Result<ProvenState, TrustFailure>> =>
  await proveState(lab.client, [someKey]);

async function standing(lab: Lab): Promise<Gathered["standing"]> {
  const answer = await ask(lab);
  if (!answer.ok) throw new Error(`not proven: ${answer.reason.kind}`);
  return answer.value.standing;
}

async function failure(lab: Lab): Promise<TrustFailure> {
  const answer = await ask(lab);
  if (answer.ok) throw new Error("proven");
  return answer.reason;
}

const tipAt = (of: World, tip: number, epoch = Math.ceil(tip / 10) - 1): RememberedTip => ({
  height: height(tip),
  blockId: idAt(of, tip),
  epoch: blockAt(of, tip).header.epoch,
  validators: of.setOf(epoch),
  timestampMs: 1,
});

/** The signature of the last signer, changed in one bit. */
const withForgedSignature = (proof: Proof): Proof => {
  const { certificate } = proof.finality;
  const signatures = certificate.signatures.map((each, i) =>
    i === 0 ? { ...each, signature: each.signature.map((b, n) => (n === 5 ? b ^ 1 : b)) } : each,
  );
  return { ...proof, finality: { ...proof.finality, certificate: { ...certificate, signatures } } };
};

test("nodes that agree: one question each, and every one is proven", async () => {
  const lab = labOf({ a: at(7), b: at(7), c: at(7) });
  const found = await standing(lab);
  expect(found).toMatchObject({
    height: 7,
    blockId: idAt(world, 7),
    signers: 3,
    validatorCount: 4,
  });
  expect(found.findings.map(({ kind }) => kind)).toEqual(["proven", "proven", "proven"]);
  expect([...lab.asked.values()].map((paths) => paths.length)).toEqual([1, 1, 1]);
  expect(lab.kept).toEqual([]);
});

test("the newest is taken; its node is asked whether the others are in its history", async () => {
  const lab = labOf({ a: at(5), b: at(9), c: at(3) });
  const found = await standing(lab);
  expect(found.height).toBe(9);
  expect(found.findings).toEqual([
    { node: "http://a", kind: "proven", height: 5, behind: 4 },
    { node: "http://b", kind: "proven", height: 9, behind: 0 },
    { node: "http://c", kind: "proven", height: 3, behind: 6 },
  ]);
  expect(lab.asked.get("b")).toEqual([
    expect.stringContaining("/v1/proofs/state"),
    "/v1/blocks/9/proof?from=0&known=3&known=5",
  ]);
});

test("a block's parent needs no second question", async () => {
  const lab = labOf({ a: at(9), b: at(8) });
  expect((await standing(lab)).height).toBe(9);
  expect(lab.asked.get("a")).toHaveLength(1);
});

test("many heights are asked about four at a time", async () => {
  const tips = [20, 2, 4, 6, 8, 10, 12];
  const nodes = Object.fromEntries(tips.map((tip, i) => [`n${i}`, at(tip)]));
  const lab = labOf(nodes);
  expect((await standing(lab)).height).toBe(20);
  expect(lab.asked.get("n0")).toHaveLength(3);
});

test("a node ten blocks behind is named as lagging, one nine behind is not", async () => {
  const lab = labOf({ a: at(20), b: at(11), c: at(10) });
  const { findings } = await standing(lab);
  expect(findings.map(({ kind }) => kind)).toEqual(["proven", "proven", "lagging"]);
  expect(findings[2]).toMatchObject({ behind: 10, than: "others" });
});

const lies: readonly (readonly [string, Partial<Told>])[] = [
  ["signature_invalid", { alter: withForgedSignature }],
  [
    "quorum_missing",
    {
      alter: (proof) => {
        const { chainId } = world;
        const certificate = certify(proof.header, {
          chainId,
          validators: world.setOf(0),
          signers: [0, 1],
        });
        return { ...proof, finality: { ...proof.finality, certificate } };
      },
    },
  ],
  [
    "finalizes_another",
    {
      alter: (proof) => ({
        ...proof,
        header: { ...proof.header, timestampMs: proof.header.timestampMs + 1 },
      }),
    },
  ],
  [
    "state_not_shown",
    {
      alter: (proof) => ({
        ...proof,
        items: proof.items.map((item) =>
          item.kind === "state"
            ? { ...item, end: { kind: "leaf", value: new Uint8Array(8) } as const }
            : item,
        ),
      }),
    },
  ],
  ["wrong_subject", { alter: (proof) => ({ ...proof, items: [] }) }],
  ["garbled", { instead: () => new Response("{}") }],
  [
    "proof_malformed",
    { instead: () => Response.json({ proof: "00", tip: { height: 9, id: "00".repeat(32) } }) },
  ],
];

test.each(lies)(
  "%s: the node is named, its words are kept, and others are shown",
  async (code, told) => {
    const lab = labOf({ liar: at(9, told), a: at(7), b: at(7) });
    const found = await standing(lab);
    expect(found.height).toBe(7);
    expect(found.findings[0]).toMatchObject({
      node: "http://liar",
      kind: "lying",
      code,
      evidence: "evidence-1",
    });
    const [evidence] = lab.kept;
    expect(evidence).toMatchObject({ kind: "quorate-evidence", code, nodes: ["http://liar"] });
    const [answer] = evidence?.answers ?? [];
    expect(answer?.url).toContain("http://liar/v1/proofs/state");
    expect(answer?.body).not.toBe("");
  },
);

test("a liar alone: nothing is shown", async () => {
  const lab = labOf({ liar: at(9, { alter: withForgedSignature }) });
  expect(await failure(lab)).toMatchObject({
    kind: "nothing-proven",
    findings: [{ kind: "lying" }],
  });
  expect(lab.remembered).toBeUndefined();
});

test("a node of another network is called that", async () => {
  const chainId = "cd".repeat(32) as ChainId;
  const elsewhere = worldOf({ chainId });
  const lab = labOf({ a: at(7), stranger: { world: elsewhere, tip: 9 } });
  const { findings } = await standing(lab);
  expect(findings[1]).toMatchObject({ kind: "lying", code: "wrong_chain" });
});

test("two proven histories are a fork: nothing is shown, both proofs are kept", async () => {
  const lab = labOf({ a: at(9), b: { world: forked, tip: 7 } });
  expect(await failure(lab)).toMatchObject({ kind: "fork", evidence: "evidence-1" });
  expect(lab.kept[0]).toMatchObject({ code: "fork", nodes: ["http://a", "http://b"] });
  expect(lab.kept[0]?.answers).toHaveLength(2);
  expect(lab.remembered).toBeUndefined();
});

test("two blocks of one height are a fork without any further question", async () => {
  const lab = labOf({ a: at(9), b: { world: forked, tip: 9 } });
  expect((await failure(lab)).kind).toBe("fork");
  expect(lab.asked.get("a")).toHaveLength(1);
});

test("one that does not show its history is passed over and named; the others are shown", async () => {
  const hiding: Partial<Told> = {
    alter: (proof, path) => (path.startsWith("/v1/blocks/") ? { ...proof, items: [] } : proof),
  };
  const lab = labOf({ liar: at(20, hiding), a: at(7), b: at(7) });
  const found = await standing(lab);
  expect(found.height).toBe(7);
  expect(found.findings[0]).toMatchObject({ kind: "lying", code: "history_withheld" });
});

test("one that does not answer the question for its history is not waited for as long as it likes", async () => {
  const hangs = (path: string): boolean => path.startsWith("/v1/blocks/");
  const lab = labOf({ liar: at(20, { hangs }), a: at(7) }, { clock: new WaitingClock() });
  const found = await standing(lab);
  expect(found.height).toBe(7);
  expect(found.findings.map(({ kind }) => kind)).toEqual(["silent", "proven"]);
});

test("the newest proven block is remembered, and every proof is asked about it", async () => {
  const lab = labOf({ a: at(9), b: at(8) });
  await standing(lab);
  expect(lab.remembered).toMatchObject({ height: 9, blockId: idAt(world, 9) });
  await standing(lab);
  expect(lab.asked.get("a")?.at(-1)).toContain("known=9");
});

test("no node is as far as what was seen: asked again for three seconds, then nothing is shown", async () => {
  const lab = labOf({ a: at(7), b: at(6) }, { remembered: tipAt(world, 12) });
  expect(await failure(lab)).toMatchObject({ kind: "rolled-back", newestHeight: 7 });
  expect(lab.remembered?.height).toBe(12);
  expect(lab.asked.get("a")?.length).toBeGreaterThan(10);
});

test("one node below what was seen is named, and the figure is the newer one", async () => {
  const lab = labOf({ a: at(13), old: at(7) }, { remembered: tipAt(world, 12) });
  const found = await standing(lab);
  expect(found.height).toBe(13);
  expect(found.findings[1]).toEqual({
    node: "http://old",
    kind: "lagging",
    height: 7,
    behind: 5,
    than: "remembered",
  });
});

test("a node that proves another block where one was seen is a fork, whatever others say", async () => {
  const remembered = tipAt(world, 6);
  const lab = labOf({ a: at(9), b: { world: forked, tip: 9 } }, { remembered });
  expect((await failure(lab)).kind).toBe("fork");
  expect(lab.kept[0]).toMatchObject({ code: "fork", nodes: ["http://b"] });
  expect(lab.remembered).toBe(remembered);
});

test("a checkpoint: whoever has another block there is not believed", async () => {
  const checkpoint = { height: height(5), blockId: idAt(world, 5) };
  const lab = labOf({ a: at(9), b: { world: forked, tip: 9 } }, { checkpoint });
  const found = await standing(lab);
  expect(found.blockId).toBe(idAt(world, 9));
  expect(found.findings[1]).toMatchObject({ kind: "lying", code: "checkpoint_contradicted" });
});

test("a checkpoint above every node: nothing is shown", async () => {
  const checkpoint = { height: height(50), blockId: idAt(world, 50) };
  const lab = labOf({ a: at(9) }, { checkpoint });
  expect(await failure(lab)).toMatchObject({
    kind: "nothing-proven",
    findings: [{ kind: "lagging", than: "checkpoint" }],
  });
});

test("one that does not say what it has at a known height is not believed", async () => {
  const silent: Partial<Told> = {
    alter: (proof) => ({ ...proof, items: proof.items.filter(({ kind }) => kind === "state") }),
  };
  const lab = labOf({ a: at(9), b: at(9, silent) }, { remembered: tipAt(world, 3) });
  const { findings } = await standing(lab);
  expect(findings[1]).toMatchObject({ kind: "lying", code: "history_withheld" });
});

test("across changes of the set: a remembered tip makes the proof short; a node from before is lagging, no liar", async () => {
  const sets = [
    [1, 2, 3, 4],
    [2, 3, 4, 5],
    [5, 6, 7, 8],
    [5, 6, 7, 9],
  ];
  const changing = worldOf({ sets });
  const hops: number[] = [];
  const counted: Partial<Told> = {
    alter: (proof) => {
      hops.push(proof.hops.length);
      return proof;
    },
  };
  const fresh = labOf({ a: { world: changing, tip: 35, ...counted } });
  expect((await standing(fresh)).height).toBe(35);
  const remembered = tipAt(changing, 24, 2);
  const nodes = { a: { world: changing, tip: 35, ...counted }, old: { world: changing, tip: 8 } };
  const found = await standing(labOf(nodes, { remembered }));
  expect(hops).toEqual([3, 1]); // From the genesis; from the remembered tip.
  expect(found.findings[1]).toMatchObject({ kind: "lagging", height: 8, than: "remembered" });
});

test("nobody there, and nobody able to prove", async () => {
  expect((await failure(labOf({ a: at(9, { isDead: true }) }))).kind).toBe("unreachable");
  let waited = 0;
  const whenWaiting = (): void => {
    waited += 1;
  };
  const never = labOf({ a: at(9, { instead: unready }) }, { whenWaiting });
  expect(await failure(never)).toMatchObject({
    kind: "nothing-proven",
    findings: [{ kind: "unready" }],
  });
  expect(waited).toBe(1);
  let questions = 0;
  const instead = (): Response | undefined => {
    questions += 1;
    return questions < 4 ? unready() : undefined;
  };
  expect((await standing(labOf({ a: at(9, { instead }) }))).height).toBe(9);
});

test("more keys than one question takes are asked for in several, and all are proven", async () => {
  const lab = labOf({ a: at(9) });
  const keys = Array.from(
    { length: 33 },
    (_, i) => `00${i.toString(16).padStart(64, "0")}` as StateKey,
  );
  const proven = await proveState(lab.client, keys);
  expect(proven.ok && keys.every((key) => proven.value.entries.has(key))).toBe(true);
  const counts = lab.asked.get("a")?.map((path) => path.split("%2C").length);
  expect(counts).toEqual([32, 1]);
});

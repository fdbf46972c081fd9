/**
 * The light client against whoever has the keys of former validators: they can sign a block whose history has every
 * true block so far, and any state.
 * @module
 */
import { expect, test } from "vitest";
import { proveInclusion } from "../../../src/client/inclusion.ts";
import { proveState } from "../../../src/client/proven-state.ts";
import { height } from "../../../src/protocol/ids.ts";
import { blockAt, idOfHeader } from "../../fixtures/proof-world.ts";
import { bought, changing, forger, payment } from "./forger.ts";
import { labOf, someKey, type Told } from "./told-nodes.ts";

const honest: Told = { world: changing, tip: 26 };
const checkpoint = { height: height(24), blockId: blockAt(changing, 24).id };

test("nothing is shown, and nothing remembered, where an honest node proves other validators", async () => {
  const lab = labOf({ forger, honest });
  const shown = await proveState(lab.client, [someKey]);
  expect(shown).toMatchObject({ ok: false, reason: { kind: "fork" } });
  expect(lab.remembered).toBeUndefined();
  expect(lab.kept[0]).toMatchObject({ nodes: ["http://forger", "http://honest"] });
});

test("a checkpoint decides which validators there were: whoever has others below it is a liar", async () => {
  const lab = labOf({ forger, honest }, { checkpoint });
  const shown = await proveState(lab.client, [someKey]);
  expect(shown).toMatchObject({
    ok: true,
    value: {
      standing: {
        height: 26,
        findings: [{ kind: "lying", code: "checkpoint_contradicted" }, { kind: "proven" }],
      },
    },
  });
  expect(lab.remembered?.height).toBe(26);
});

test("a payment that former validators sign is not final for whoever has a checkpoint", async () => {
  const lab = labOf({ forger }, { checkpoint });
  const ask = { timeoutMs: 1_000 };
  const reply = await proveInclusion(lab.client, "http://forger", payment.id, ask);
  expect(reply).toMatchObject({ kind: "lying", code: "checkpoint_contradicted" });
  expect(lab.remembered).toBeUndefined();
});

test("a header that is not the checkpoint's says nothing, and without it nothing is proven", async () => {
  const { header } = blockAt(bought, 24);
  const lying: Told = {
    ...forger,
    instead: (path, url) =>
      path === "/v1/headers"
        ? Response.json({
            items: [{ height: 24, id: checkpoint.blockId, header: "00" }],
            tip: { height: 30, id: idOfHeader(header) },
          })
        : forger.instead?.(path, url),
  };
  const lab = labOf({ lying }, { checkpoint });
  expect(await proveState(lab.client, [someKey])).toMatchObject({
    ok: false,
    reason: { kind: "nothing-proven", findings: [{ kind: "unready" }] },
  });
  expect(lab.remembered).toBeUndefined();
});

test("without a tip that was seen, one node alone does not decide where others prove otherwise", async () => {
  const lab = labOf({ forger, honest });
  const ask = { timeoutMs: 1_000 };
  const reply = await proveInclusion(lab.client, "http://forger", payment.id, ask);
  expect(reply.kind).toBe("forked");
  expect(lab.remembered).toBeUndefined();
});

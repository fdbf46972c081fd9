/**
 * The routes of membership say what the members have decided and what they vote for.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";
import { joiner } from "./listed-membership.ts";
import { genesis, idOf } from "./sample.ts";
import { type Serving, serve } from "./serving.ts";

let serving: Serving;
beforeAll(async () => {
  serving = await serve({ blocks: 3 });
});
afterAll(async () => await serving.close());

async function valueIn<Value>(
  answer: Promise<{ readonly ok: true; readonly value: Value } | { readonly ok: false }>,
): Promise<Value> {
  const result = await answer;
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
}

const operatorAddress = (n: number): string => formatAddress("quo", idOf(0x10 + n) as AccountId);

test("a request to join stands with who voted, how many count, and how far its node is", async () => {
  const membership = await valueIn(serving.client.membership());
  expect(membership.quorum).toBe(3);
  const [join] = membership.changes;
  expect(join?.change).toEqual({
    kind: "put",
    validator: { ...joiner, operator: formatAddress("quo", joiner.operator) },
    replaces: null,
    possession: toHex(new Uint8Array(64).fill(0x55)),
  });
  expect(join?.votes.map(({ name, operator }) => [name, operator])).toEqual([
    ["validator-1", operatorAddress(1)],
    ["validator-2", operatorAddress(2)],
  ]);
  expect(join).toMatchObject({ counted: 2, candidate: { linked: true, finalHeight: 3 } });
});

test("a vote says when it ends to count: 30 days after its block", async () => {
  const { changes } = await valueIn(serving.client.membership());
  const vote = changes[0]?.votes[0];
  expect((vote?.expiresMs ?? 0) - (vote?.timestampMs ?? 0)).toBe(30 * 24 * 3_600_000);
});

test("who is to leave is named, and a parameter stands beside its present value", async () => {
  const { changes } = await valueIn(serving.client.membership());
  expect(changes.slice(1).map(({ change }) => change)).toEqual([
    { kind: "remove", operator: operatorAddress(4), name: "validator-4" },
    { kind: "parameter", name: "baseFee", value: "25", current: "0" },
  ]);
  expect(changes.slice(1).map(({ candidate }) => candidate)).toEqual([null, null]);
});

test("the epoch says how long it lasts and when its votes are counted", async () => {
  const { epoch, tip } = await valueIn(serving.client.membership());
  expect(epoch).toEqual({
    number: 0,
    length: 1_000,
    lastHeight: 1_000,
    countingHeight: 900,
    endsAboutMs: genesis.timestampMs + 100_000,
  });
  expect(tip.height).toBe(3);
});

test("parameters are told for this epoch and for the next, with the height where that begins", async () => {
  const { current, next, nextHeight } = await valueIn(serving.client.parameters());
  expect([current["baseFee"], next["baseFee"]]).toEqual(["0", "25"]);
  expect(nextHeight).toBe(1_001);
});

test("the validators of an earlier height are those of its epoch", async () => {
  const first = await valueIn(serving.client.validators(0));
  expect(first.items.map(({ name }) => name)).toEqual(genesis.validators.map(({ name }) => name));
  const later = await valueIn(serving.client.validators(3));
  expect(later.items.map(({ name, index }) => [name, index])).toEqual([
    ["validator-1", 0],
    ["validator-2", 1],
    ["validator-3", 2],
    ["joiner", 3],
  ]);
  // What is seen now is told of those that are still there, and nothing of the others.
  expect(later.items.map(({ isSelf, connected }) => [isSelf, connected])).toEqual([
    [true, true],
    [false, true],
    [false, true],
    [false, false],
  ]);
});

test("proven faults are listed, the newest first, with the name where a set has it", async () => {
  expect((await valueIn(serving.client.faults())).items).toEqual([]);
  serving.node.membership.accuse(1, { epoch: 0, height: 2 });
  serving.node.membership.accuse(9, { epoch: 0, height: 3 });
  expect((await valueIn(serving.client.faults())).items).toEqual([
    { consensusKey: idOf(9), name: null, epoch: 0, height: 3 },
    { consensusKey: idOf(2), name: "validator-2", epoch: 0, height: 2 },
  ]);
});

/**
 * The routes of proofs, over HTTP: whoever has the genesis verifies what they answer, and every refusal has its code.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import type { ClientFailure, NodeClient } from "../../../src/api/client.ts";
import type { ProofJson } from "../../../src/api/proof-json.ts";
import { fromHex, toHex } from "../../../src/base/bytes.ts";
import type { Result } from "../../../src/base/result.ts";
import { decode } from "../../../src/codec/codec.ts";
import { leafHash, verifyConsistency, verifyInclusion } from "../../../src/crypto/merkle.ts";
import { decodeProof, hopCodec } from "../../../src/proof/proof.ts";
import { verifyReceipt } from "../../../src/proof/receipt.ts";
import { type Proven, verifyProof } from "../../../src/proof/verify.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { blockIdOf, headerCodec } from "../../../src/protocol/block.ts";
import { height } from "../../../src/protocol/ids.ts";
import { accountKey, parametersKey } from "../../../src/protocol/state.ts";
import type { NamedTransaction } from "../../../src/protocol/transaction.ts";
import { validatorsCodec, validatorsHash } from "../../../src/protocol/validator-set.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { epochLength, ProvingNode, payee, stranger } from "../../fixtures/proving-node.ts";
import { type Serving, serve } from "./serving.ts";

let proving: ProvingNode;
let serving: Serving;
let client: NodeClient;
let paid: NamedTransaction;
let waiting: NamedTransaction;

beforeAll(async () => {
  proving = await ProvingNode.open(new MemoryStore());
  paid = proving.payment(5n);
  await proving.grow([paid]);
  await proving.growTo(epochLength);
  await proving.change({ joins: "v5" });
  await proving.growTo(2 * epochLength + 4);
  waiting = proving.payment(1n);
  // The routes are over real proofs; what else a node says is listed.
  const { proofs } = proving;
  const tip = () => proving.chain.tip;
  serving = await serve();
  Object.assign(serving.node, { proofs, tip });
  client = serving.client;
  serving.node.rule(waiting.id, { kind: "pending", transaction: waiting });
});
afterAll(async () => await serving.close());

async function valueIn<Value>(answer: Promise<Result<Value, ClientFailure>>): Promise<Value> {
  const result = await answer;
  if (!result.ok) throw new Error(JSON.stringify(result.reason));
  return result.value;
}

async function problemIn(answer: Promise<Result<unknown, ClientFailure>>) {
  const result = await answer;
  if (result.ok || result.reason.kind !== "problem") throw new Error("a problem was expected");
  const { status, code, field } = result.reason.problem;
  return { status, code, field };
}

async function provenBy(answer: Promise<Result<ProofJson, ClientFailure>>): Promise<Proven> {
  const { proof, tip } = await valueIn(answer);
  expect(tip).toEqual({ height: proving.chain.tip.height, id: proving.chain.tip.id });
  const decoded = decodeProof(fromHex(proof));
  if (!decoded.ok) throw new Error(decoded.reason.message);
  const ports = { hasher: nativeHasher, verifier: nativeVerifier };
  const verified = verifyProof(decoded.value, proving.trust, ports);
  if (!verified.ok) throw new Error(verified.reason);
  return verified.value;
}

const addressOf = (holder: typeof payee): string => formatAddress("quo", holder.account);

test("an account is proven, present or absent, with the blocks that the asker remembers", async () => {
  const known = [0, 3, 24];
  const found = await provenBy(client.accountProof(addressOf(payee), { known }));
  expect(found.header.height).toBe(24);
  const blocks = found.facts.filter(({ kind }) => kind === "block");
  // Height 24 is the tip itself.
  expect(blocks).toEqual(
    [0, 3].map((at) => ({
      kind: "block",
      height: at,
      blockId: proving.chain.proofs.idAt(height(at)),
    })),
  );
  const [fact] = found.facts;
  expect(fact).toMatchObject({ kind: "state", key: accountKey(payee.account) });
  const absent = await provenBy(client.accountProof(addressOf(stranger)));
  const key = accountKey(stranger.account);
  expect(absent.facts).toEqual([{ kind: "state", key, value: undefined }]);
});

test("state entries are proven in the order of the keys, each once", async () => {
  const keys = [parametersKey, accountKey(stranger.account), parametersKey];
  const { facts } = await provenBy(client.stateProof(keys));
  expect(
    facts.map((fact) => fact.kind === "state" && [fact.key, fact.value !== undefined]),
  ).toEqual([
    [keys[0], true],
    [keys[1], false],
  ]);
});

test("a block is proven by its height and by its id, also below the one that was changed to", async () => {
  for (const at of [0, 1, 9, 10, 11, 20, 24]) {
    const { blockId, header } = await provenBy(client.blockProof(at));
    expect(header.height).toBe(at);
    expect((await provenBy(client.blockProof(blockId))).blockId).toBe(blockId);
  }
});

test("a receipt is the file that verifies with the genesis alone", async () => {
  const receipt = await valueIn(client.receipt(paid.id));
  const ports = { hasher: nativeHasher, verifier: nativeVerifier };
  const verified = verifyReceipt(JSON.stringify(receipt), proving.genesis, ports);
  if (!verified.ok) throw new Error(verified.reason);
  expect(verified.value.transaction.id).toBe(paid.id);
});

test("headers hash to their ids and follow one another, as far as there are final blocks", async () => {
  const { items, tip } = await valueIn(client.headers(20, 119));
  expect(items.map(({ height: at }) => at)).toEqual([20, 21, 22, 23, 24]);
  expect(tip.height).toBe(24);
  let parent: string | undefined;
  for (const { id, header: hex } of items) {
    const header = decode(headerCodec, fromHex(hex));
    if (!header.ok) throw new Error(header.reason.message);
    expect(blockIdOf(nativeHasher, header.value)).toBe(id);
    if (parent !== undefined) expect(header.value.parent).toBe(parent);
    parent = id;
  }
});

test("an epoch tells its set, and what brought it in where it changed", async () => {
  const { validators } = proving.genesis;
  const first = await valueIn(client.epoch(0));
  expect(first).toMatchObject({ epoch: 0, first: 1, last: 10, hop: null });
  expect(first.boundary).toEqual({ height: 0, id: proving.chain.proofs.idAt(height(0)) });
  expect(first.validatorsHash).toBe(validatorsHash(nativeHasher, validators));
  expect((await valueIn(client.epoch(1))).hop).toBeNull();
  const changed = await valueIn(client.epoch(2));
  expect(changed).toMatchObject({ first: 21, last: 30 });
  const hop = decode(hopCodec, fromHex(changed.hop ?? ""));
  const set = decode(validatorsCodec, fromHex(changed.set));
  if (!hop.ok || !set.ok) throw new Error("the epoch decodes");
  expect(hop.value.nextSet).toEqual(set.value);
  expect(set.value.map(({ name }) => name).toSorted()).toEqual(["v1", "v2", "v3", "v4", "v5"]);
  expect(hop.value.header.height).toBe(20);
});

test("history is shown to have only grown, and to hold each block", async () => {
  for (const [from, to] of [
    [1, 24],
    [7, 8],
    [10, 21],
    [24, 24],
  ] as const) {
    const shown = await valueIn(client.consistency(from, to));
    expect(shown.from.historyRoot).toBe(proving.chain.headerAt(height(from))?.historyRoot);
    const isShown = verifyConsistency(nativeHasher, {
      first: shown.from.height,
      firstRoot: fromHex(shown.from.historyRoot),
      second: shown.to.height,
      secondRoot: fromHex(shown.to.historyRoot),
      path: shown.path.map(fromHex),
    });
    expect(isShown).toBe(true);
  }
  expect((await valueIn(client.consistency(0, 5))).path).toEqual([]);
  const shown = await valueIn(client.inclusion(3, 22));
  const isIn = verifyInclusion(nativeHasher, {
    leaf: leafHash(nativeHasher, fromHex(shown.id)),
    index: shown.height,
    size: shown.at.height,
    path: shown.path.map(fromHex),
    root: fromHex(shown.at.historyRoot),
  });
  expect(isIn).toBe(true);
  expect(shown.id).toBe(proving.chain.proofs.idAt(height(3)));
});

const nowhere = "ab".repeat(32);

test.each([
  ["an unknown block", () => client.blockProof(nowhere), 404, "block_unknown", "path.reference"],
  ["a block above the tip", () => client.blockProof(25), 404, "block_unknown", "path.reference"],
  ["an unknown transaction", () => client.receipt(nowhere), 404, "transaction_unknown", null],
  ["one that waits", () => client.receipt(waiting.id), 404, "transaction_not_final", null],
  [
    "a remembered height above the tip",
    () => client.blockProof(1, { known: [1, 25] }),
    404,
    "height_unknown",
    "query.known",
  ],
  [
    "an epoch that has not begun",
    () => client.stateProof([parametersKey], { from: 3 }),
    404,
    "epoch_unknown",
    "query.from",
  ],
  ["an epoch without a block", () => client.epoch(3), 404, "epoch_unknown", "path.number"],
  [
    "more remembered heights than are shown",
    () => client.blockProof(1, { known: [1, 2, 3, 4, 5] }),
    400,
    "bad_request",
    "query.known",
  ],
  ["no keys", () => client.stateProof([]), 400, "bad_request", "query.keys"],
  ["a key that is no hex", () => client.stateProof(["0X"]), 400, "bad_request", "query.keys"],
  [
    "33 keys",
    () => client.stateProof(Array.from({ length: 33 }, (_, i) => toHex(Uint8Array.of(i)))),
    400,
    "bad_request",
    "query.keys",
  ],
  ["101 headers", () => client.headers(0, 100), 400, "bad_request", "query.to"],
  ["headers above the tip", () => client.headers(25, 26), 404, "height_unknown", "query.from"],
  ["a history that goes back", () => client.consistency(4, 3), 400, "bad_request", "query.to"],
  ["a history above the tip", () => client.consistency(4, 25), 404, "height_unknown", "query.to"],
  ["a block below itself", () => client.inclusion(4, 4), 400, "bad_request", "query.at"],
  [
    "another network's address",
    () => client.accountProof("xyz1"),
    400,
    "bad_address",
    "path.address",
  ],
] as const)("%s is refused with its code", async (_, ask, status, code, field) => {
  expect(await problemIn(ask())).toEqual({ status, code, field });
});

test("a ledger that has only its genesis proves nothing yet, and says to ask again", async () => {
  const young = await ProvingNode.open(new MemoryStore());
  const other = await serve();
  other.node.proofs = young.proofs;
  const response = await fetch(`${other.url}/v1/blocks/0/proof`);
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
  expect(await problemIn(other.client.accountProof(addressOf(payee)))).toEqual({
    status: 503,
    code: "proof_not_ready",
    field: null,
  });
  await other.close();
});

test("the routes are in the description of the interface", async () => {
  const response = await fetch(`${serving.url}/openapi.json`);
  const { paths } = (await response.json()) as {
    readonly paths: Readonly<Record<string, unknown>>;
  };
  for (const path of [
    "/v1/accounts/{address}/proof",
    "/v1/proofs/state",
    "/v1/blocks/{reference}/proof",
    "/v1/transactions/{id}/receipt",
    "/v1/headers",
    "/v1/epochs/{number}",
    "/v1/history/consistency",
    "/v1/history/inclusion",
  ]) {
    expect(Object.keys(paths)).toContain(path);
  }
});

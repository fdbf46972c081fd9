/**
 * Faults over HTTP and in the commands: submitted, shown, and found in their block.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { transactionText } from "../../../node/commands/query-text.ts";
import { isFaultJson } from "../../../src/api/fault-words.ts";
import { listOf, transactionSchema } from "../../../src/api/schemas.ts";
import { toHex } from "../../../src/base/bytes.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { NamedFault } from "../../../src/protocol/transaction.ts";
import { faultBy, finalize, notarize, nullify, signatories } from "../../fixtures/faults.ts";
import { alice } from "./sample.ts";
import { type Serving, serve } from "./serving.ts";

let serving: Serving;
let fault: NamedFault;

beforeAll(async () => {
  serving = await serve({ blocks: 2 });
  fault = faultBy(serving.node.chainId, signatories([1, 2]), 1, [finalize(), nullify()]);
});
afterAll(async () => {
  expect(serving.errors).toEqual([]);
  await serving.close();
});

const get = async (path: string): Promise<unknown> =>
  await (await fetch(`${serving.url}${path}`)).json();

test("a submitted fault is pending, then final, under its content hash", async () => {
  const response = await fetch(`${serving.url}/v1/transactions`, {
    method: "POST",
    body: fault.bytes.slice(),
    headers: { "content-type": "application/octet-stream" },
  });
  expect(response.status).toBe(202);
  const { first, second } = fault.signed;
  const body = {
    id: fault.contentHash,
    contentHash: fault.contentHash,
    fault: {
      epoch: 0,
      view: 5,
      signer: 1,
      first: {
        kind: "nullify",
        parentView: null,
        blockId: null,
        signature: toHex(first.signature),
      },
      second: {
        kind: "finalize",
        parentView: 4,
        blockId: "aa".repeat(32),
        signature: toHex(second.signature),
      },
    },
  };
  expect(await response.json()).toEqual({ status: "pending", ...body });
  const { block } = serving.node.makeBlock();
  const final = await get(`/v1/transactions/${fault.id}`);
  const { height, timestampMs } = block.header;
  const place = { height, index: 0, blockId: block.id, timestampMs };
  expect(final).toEqual({ status: "final", ...body, ...place });
  expect(transactionSchema.parse(final)).toEqual(final);
});

test("a block lists it beside payments, and the client reads both", async () => {
  const other = faultBy(serving.node.chainId, signatories([1, 2]), 0, [
    notarize(),
    notarize({ block: 0xbb }),
  ]);
  const payment = serving.node.transfer({ nonce: 500 });
  const { block } = serving.node.makeBlock([other, payment]);
  const path = `/v1/blocks/${block.header.height}/transactions`;
  const { items } = listOf.transactions.parse(await get(path));
  expect(items.map((item) => [item.id, isFaultJson(item)])).toEqual([
    [other.id, true],
    [payment.id, false],
  ]);
  const read = await serving.client.transaction(other.id);
  expect(read).toMatchObject({ ok: true, value: { status: "final", id: other.id } });
});

test("it is in nobody's history", async () => {
  const path = `/v1/accounts/${formatAddress("quo", alice)}/transactions?limit=100`;
  const { items } = listOf.transactions.parse(await get(path));
  expect(items.length).toBeGreaterThan(0);
  expect(items.some(isFaultJson)).toBe(false);
});

test("people are told who did what", async () => {
  const text = transactionText(transactionSchema.parse(await get(`/v1/transactions/${fault.id}`)));
  expect(text).toContain("validator 1 of epoch 0 signed two conflicting votes in view 5");
  expect(text).toContain("to nullify the view");
  expect(text).toContain(`to finalize block ${"aa".repeat(32)}, on the parent of view 4`);
});

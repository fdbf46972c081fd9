/**
 * `quorate query fees`, `mempool` and `search` ask a real server, and what others have written is shown, never obeyed.
 * @module
 */
import { Command } from "commander";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { queryCommand } from "../../../node/commands/query.ts";
import { Refusal } from "../../../node/refusal.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { isSigned } from "../../../src/protocol/transaction.ts";
import { alice } from "../http/sample.ts";
import { type Serving, serve } from "../http/serving.ts";

let serving: Serving;

beforeAll(async () => {
  serving = await serve({ blocks: 3 });
  const waiting = serving.node.transfer({ nonce: 3 });
  if (!isSigned(waiting)) throw new Error("a transfer is signed");
  serving.node.pool = {
    page: () => ({
      items: [{ transaction: waiting, rate: 0.05, receivedMs: 1_000, missingNonce: 2 }],
      next: 7,
      prev: undefined,
      transactions: 12,
      bytes: 3_456,
      transactionsMax: 30_000,
      bytesMax: 1_000_000,
      faults: 1,
      nowMs: 3_500,
    }),
  };
});
afterAll(() => serving.close());

async function quorate(...words: string[]): Promise<string> {
  let out = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const program = new Command("quorate").option("--json").addCommand(queryCommand());
  try {
    await program.parseAsync(["query", ...words, "--node", serving.url], { from: "user" });
    return out;
  } finally {
    write.mockRestore();
  }
}

async function dataOf(...words: string[]): Promise<unknown> {
  return (JSON.parse(await quorate(...words, "--json")) as { readonly data: unknown }).data;
}

test("fees are told with the least fee of a payment", async () => {
  expect(await dataOf("fees")).toMatchObject({ examples: [{ kind: "payment" }, {}, {}, {}, {}] });
  const text = await quorate("fees");
  expect(text).toMatch(/payment +0 QRT for \d+ bytes/);
  expect(text).toMatch(/last blocks +this node has seen none yet/);
});

test("what waits is told with its size, its age and what it waits for", async () => {
  expect(await dataOf("mempool", "--limit", "5")).toMatchObject({ transactions: 12, next: "7" });
  const text = await quorate("mempool");
  expect(text).toMatch(/waiting here +12 transactions, 3456 bytes/);
  expect(text).toContain(`transfer of ${formatAddress("quo", alice)}`);
  expect(text).toContain("nonce 3, waits for nonce 2, fee 0.1 QRT, 2.5 s ago");
  expect(text).toContain("more: --cursor 7");
});

test("what a text stands for is told, and that it stands for nothing is an answer of its own", async () => {
  expect(await dataOf("search", "2")).toMatchObject({ hits: [{ kind: "block", reference: "2" }] });
  expect(await quorate("search", "validator-1")).toMatch(/^validator validator-1\n {2}quo1/);
  const refused = quorate("search", "nothing");
  await expect(refused).rejects.toThrow(Refusal);
  await expect(refused).rejects.toMatchObject({ exitCode: 3, code: "nothing_found" });
});

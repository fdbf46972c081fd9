/**
 * `quorate query` asks real servers, fails over, and ends with the documented exit codes.
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { queryCommand } from "../../../node/commands/query.ts";
import { Refusal } from "../../../node/refusal.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { alice, bob } from "../http/sample.ts";
import { type Serving, serve } from "../http/serving.ts";

/** Nothing listens there: port 1 belongs to nobody. */
const nowhere = "http://127.0.0.1:1";
let serving: Serving;
let behind: Serving;
let folder: string;

beforeAll(async () => {
  serving = await serve({ blocks: 12 });
  behind = await serve({ blocks: 3 });
  folder = mkdtempSync(join(tmpdir(), "query-"));
});
afterAll(async () => {
  await Promise.all([serving.close(), behind.close()]);
  rmSync(folder, { recursive: true });
});

interface Ending {
  readonly out: string;
  readonly exitCode: number;
  readonly code: string | undefined;
}

async function quorate(...words: string[]): Promise<Ending> {
  let out = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const program = new Command("quorate").option("--json").addCommand(queryCommand());
  try {
    await program.parseAsync(["query", ...words], { from: "user" });
    return { out, exitCode: 0, code: undefined };
  } catch (error) {
    if (error instanceof Refusal) return { out, exitCode: error.exitCode, code: error.code };
    throw error;
  } finally {
    write.mockRestore();
  }
}

async function dataOf(...words: string[]): Promise<Record<string, unknown>> {
  const { out, exitCode } = await quorate(...words, "--json", "--node", serving.url);
  expect(exitCode).toBe(0);
  const envelope = JSON.parse(out) as { ok: boolean; data: Record<string, unknown> };
  expect(envelope.ok).toBe(true);
  return envelope.data;
}

test("a block is found by height, by id, and as the newest", async () => {
  const newest = await dataOf("block");
  expect(newest["height"]).toBe(12);
  expect(await dataOf("block", "12")).toEqual(newest);
  expect(await dataOf("block", String(newest["id"]))).toEqual(newest);
});

test("a transaction, an account and figures are found", async () => {
  const { block } = serving.node.blockAt(serving.node.tip().height) ?? {};
  const id = block?.transactions[0]?.id ?? "";
  expect(await dataOf("tx", id)).toMatchObject({ status: "final", id, height: 12 });
  const account = await dataOf("account", formatAddress("quo", bob));
  expect(account).toMatchObject({ balances: [{ amount: "123456" }] });
  expect(account["transactions"]).toHaveLength(10);
  expect(await dataOf("stats", "--window", "10m")).toMatchObject({ windowMs: 600_000 });
});

test("people get text, with ids and addresses in full", async () => {
  const { out } = await quorate("account", formatAddress("quo", alice), "--node", serving.url);
  expect(out).toContain(formatAddress("quo", bob));
  expect(out).toContain("1234.56 QRT");
  expect(() => JSON.parse(out)).toThrow();
});

test("a network file names the nodes and the accounts", async () => {
  const path = join(folder, "network.json");
  const accounts = [{ name: "alice", address: formatAddress("quo", alice) }];
  writeFileSync(path, JSON.stringify({ nodes: [{ http: serving.url }], accounts }));
  const { out, exitCode } = await quorate("account", "alice", "--network", path);
  expect(exitCode).toBe(0);
  expect(out).toContain(formatAddress("quo", alice));
});

test("what one node does not have, the next is asked for", async () => {
  const { out, exitCode } = await quorate(
    ...["block", "12", "--node", nowhere, behind.url, serving.url],
  );
  expect(exitCode).toBe(0);
  expect(out).toContain(serving.node.tip().id);
});

test.each([
  [3, "block_unknown", ["block", "99"]],
  [3, "transaction_unknown", ["tx", "0".repeat(64)]],
  [2, "bad_request", ["block", "x"]],
  [2, "bad_request", ["stats", "--window", "x"]],
  [2, "bad_address", ["account", "nobody"]],
])("exit code %i, %s: %j", async (exitCode, code, words) => {
  const ending = await quorate(...words, "--node", serving.url, nowhere);
  expect(ending).toEqual({ out: "", exitCode, code });
});

test("exit code 4 when no node answers, or none is known", async () => {
  const dead = await quorate("stats", "--node", nowhere, "--timeout", "2s");
  expect(dead).toMatchObject({ exitCode: 4, code: "no_node_reachable" });
});

test("a network file that is none is a named error", async () => {
  const path = join(folder, "wrong.json");
  writeFileSync(path, "[]");
  const wrong = await quorate("stats", "--network", path);
  expect(wrong).toMatchObject({ exitCode: 2, code: "network_file_unusable" });
});

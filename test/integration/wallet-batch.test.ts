/**
 * A batch on a real local network: a process that is killed again and again, and still each row is paid exactly once.
 * @module
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LocalNet, until } from "./support/local-net.ts";
import { WalletCommand, type WalletProcess } from "./wallet/command.ts";

let net: LocalNet;
let wallet: WalletCommand;

beforeAll(async () => {
  net = await LocalNet.start();
  wallet = new WalletCommand({ folder: net.dir, networkFile: join(net.dir, "network.json") });
});

afterAll(async () => await net?.dispose());

interface FinalPayment {
  readonly memo: { readonly text: string | null };
  readonly nonce: number;
  readonly operations: readonly { readonly amount: string }[];
}

/** Every final transaction of the account, by the word of one node. */
async function finalOf(name: string): Promise<readonly FinalPayment[]> {
  const { nodes, accounts } = net.network;
  const address = accounts.find((account) => account.name === name)?.address ?? "";
  const found: FinalPayment[] = [];
  let cursor = "";
  for (;;) {
    const url = `${nodes[0]?.http}/v1/accounts/${address}/transactions?limit=100${cursor}`;
    const page = (await (await fetch(url)).json()) as {
      readonly items: readonly FinalPayment[];
      readonly next: string | null;
    };
    found.push(...page.items);
    if (page.next === null) return found;
    cursor = `&cursor=${page.next}`;
  }
}

async function writeCsv(name: string, rows: number, memo: string, to = "bob"): Promise<string> {
  const path = join(net.dir, name);
  const lines = Array.from(
    { length: rows },
    (_, i) => `${to},0.0${i + 1},${memo} ${i + 1},r${i + 1}`,
  );
  await writeFile(path, `to,amount,memo,reference\n${lines.join("\n")}\n`);
  return path;
}

/** Resolves when it has begun to sign, or has ended. */
async function begun({ child, ended }: WalletProcess): Promise<void> {
  await Promise.race([
    ended,
    new Promise<void>((resolve) => {
      child.stderr?.on("data", (chunk) => {
        if (String(chunk).includes("continue with")) resolve();
      });
    }),
  ]);
}

const after = async (ms: number): Promise<void> =>
  await new Promise((wake) => setTimeout(wake, ms));

const rows = 1_000;
const kills = 7;

test("killed at any moment and resumed, every row of a batch is final exactly once", async () => {
  const csv = await writeCsv("payroll.csv", rows, "pay");
  const flags = ["send", "--csv", csv, "--from", "alice", "--yes"];
  const resumed = [...flags, "--resume"];
  expect(await wallet.json(...resumed)).toMatchObject({
    ...{ exit: 3, error: { code: "nothing_to_resume" } },
  });
  let killed = 0;
  for (let attempt = 0; attempt < kills; attempt += 1) {
    const running = wallet.start(...(attempt === 0 ? flags : resumed));
    await begun(running);
    await after(Math.random() * 800);
    if (running.child.kill("SIGKILL")) killed += 1;
    await running.ended;
  }
  expect(killed).toBeGreaterThan(2); // Else it is done too soon to be killed, and needs more rows.
  const last = await wallet.json(...resumed);
  expect(last).toMatchObject({ exit: 0, data: { status: "final", rows, final: rows } });

  const paid = (await finalOf("alice")).filter(({ memo }) => memo.text?.startsWith("pay "));
  const memos = paid.map(({ memo }) => memo.text);
  expect(new Set(memos).size).toBe(rows);
  expect(memos).toHaveLength(rows);
  expect(new Set(paid.map(({ nonce }) => nonce)).size).toBe(rows);

  const [header, ...lines] = (await readFile(last.data.results, "utf8")).trimEnd().split("\n");
  expect(header).toBe("row,reference,to,asset,amount,id,status,height");
  expect(lines).toHaveLength(rows);
  expect(lines.every((line) => /,[0-9a-f]{64},final,\d+$/.test(line))).toBe(true);
}, 110_000);

const send = async (csv: string, ...flags: readonly string[]) =>
  await wallet.json("send", "--csv", csv, "--from", "bob", "--yes", ...flags);

test("a plan of the whole file: totals and fees, nothing signed, no journal begun", async () => {
  const csv = await writeCsv("planned.csv", 3, "plan", "carol");
  const { data } = await send(csv, "--dry-run");
  expect(data).toMatchObject({ op: "batch", rows: 3, unsigned: 3, open: 0, final: 0 });
  const amounts = 10_000n + 20_000n + 30_000n; // 0.01 + 0.02 + 0.03, six decimals.
  expect(data.spend).toMatchObject([{ asset: "QRT", amount: String(amounts + BigInt(data.fee)) }]);
  expect(await send(csv, "--dry-run")).toMatchObject({ data: { planSha256: data.planSha256 } });
});

test("a file that was paid is not paid again by accident, nor after it was changed", async () => {
  const csv = await writeCsv("once.csv", 3, "once", "carol");
  const count = async () =>
    (await finalOf("bob")).filter(({ memo }) => memo.text?.startsWith("once")).length;
  expect(await send(csv)).toMatchObject({ exit: 0, data: { final: 3 } });
  expect(await send(csv)).toMatchObject({ exit: 2, error: { code: "batch_done" } });
  expect(await send(csv, "--resume")).toMatchObject({ exit: 0, data: { final: 3 } });
  expect(await count()).toBe(3);
  expect(await send(csv, "--new")).toMatchObject({ exit: 0, data: { final: 3 } });
  expect(await count()).toBe(6);
});

test("a batch that was begun is gone on with by --resume alone, and its file must stay as it was", async () => {
  const csv = await writeCsv("begun.csv", 200, "begun", "carol");
  const running = wallet.start("send", "--csv", csv, "--from", "bob", "--yes");
  await begun(running);
  const journals = join(wallet.home, "batches");
  await until("a row is signed", 20_000, async () => {
    for (const name of await readdir(journals)) {
      const text = await readFile(join(journals, name), "utf8");
      if (text.includes(csv) && text.includes('"signed"')) return true;
    }
    return false;
  });
  expect(await send(csv, "--resume")).toMatchObject({ exit: 2, error: { code: "batch_running" } });
  running.child.kill("SIGKILL");
  await running.ended;
  expect(await send(csv)).toMatchObject({ exit: 2, error: { code: "batch_unfinished" } });
  expect(await send(csv, "--new")).toMatchObject({ exit: 2, error: { code: "batch_unfinished" } });
  const text = await readFile(csv, "utf8");
  await writeFile(csv, `${text}carol,1,one more,\n`);
  expect(await send(csv, "--resume")).toMatchObject({ exit: 2, error: { code: "csv_changed" } });
  await writeFile(csv, text);
  const byAlice = ["send", "--csv", csv, "--from", "alice", "--yes"];
  expect(await wallet.json(...byAlice)).toMatchObject({
    ...{ exit: 2, error: { code: "batch_of_another_payer" } },
  });
  expect(await send(csv, "--resume")).toMatchObject({ exit: 0, data: { final: 200 } });
});

test("a damaged journal stops its file, and is left as it is", async () => {
  const csv = await writeCsv("damaged.csv", 2, "damaged", "carol");
  expect(await send(csv)).toMatchObject({ exit: 0, data: { final: 2 } });
  const folder = join(wallet.home, "batches");
  const paths = (await readdir(folder)).map((name) => join(folder, name));
  const texts = await Promise.all(paths.map(async (path) => await readFile(path, "utf8")));
  const path = paths[texts.findIndex((text) => text.includes(csv))] ?? "";
  await writeFile(path, "\0\0\0\0");
  for (const flags of [[], ["--resume"], ["--new"], ["--dry-run"]]) {
    expect(await send(csv, ...flags)).toMatchObject({
      ...{ exit: 2, error: { code: "batch_journal_malformed" } },
    });
  }
  expect(await readFile(path, "utf8")).toBe("\0\0\0\0");
  const paid = (await finalOf("bob")).filter(({ memo }) => memo.text?.startsWith("damaged"));
  expect(paid).toHaveLength(2);
});

test("rows that expired unpaid are signed again once that is proven, and paid once", async () => {
  const csv = await writeCsv("late.csv", 3, "late", "carol");
  const late = await send(csv, "--expires-in", "1ms", "--timeout", "3s");
  expect([6, 7]).toContain(late.exit); // It depends on whether a later block is there to prove it.
  await wallet.json("send", "1", "bob", "--from", "alice", "--yes", "--new"); // So there is one.
  expect(await send(csv, "--resume")).toMatchObject({ exit: 0, data: { final: 3 } });
  const memos = (await finalOf("bob")).map(({ memo }) => memo.text);
  expect(memos.filter((memo) => memo?.startsWith("late")).toSorted()).toEqual([
    ...["late 1", "late 2", "late 3"],
  ]);
});

test.each([
  {
    why: "every wrong line is named",
    text: "to,amount\nnobody,1\ncarol,1.0000001\ncarol,0\nbob,1\n",
    exit: 2,
    code: "csv_invalid",
    parts: ["line 2", "line 3", "line 4", "line 5"],
  },
  {
    why: "the total is more than there is",
    text: "to,amount\ncarol,900_000\nalice,900_000\n",
    exit: 5,
    code: "insufficient_balance",
    parts: ["needed"],
  },
  {
    why: "an unknown asset",
    text: "to,amount,asset\ncarol,1,SILVER\n",
    exit: 2,
    code: "csv_invalid",
    parts: ["SILVER"],
  },
])("nothing is signed: $why", async ({ text, exit, code, parts }) => {
  const csv = join(net.dir, "wrong.csv");
  await writeFile(csv, text);
  const before = (await finalOf("bob")).length;
  const answer = await send(csv);
  expect(answer).toMatchObject({ exit, error: { code } });
  for (const part of parts) expect(answer.error.message).toContain(part);
  expect((await finalOf("bob")).length).toBe(before);
});

test("a file that is not UTF-8, or whose results would overwrite it, is not paid", async () => {
  const csv = join(net.dir, "latin.csv");
  await writeFile(csv, Buffer.from("to,amount,memo\ncarol,1,M\xfcller\n", "latin1"));
  expect(await send(csv)).toMatchObject({ exit: 2, error: { code: "csv_not_utf8" } });
  const own = await writeCsv("own.csv", 2, "own", "carol");
  const text = await readFile(own, "utf8");
  const over = await send(own, "--results", own);
  expect(over).toMatchObject({ exit: 2, error: { code: "file_exists" } });
  expect(await readFile(own, "utf8")).toBe(text);
  expect((await finalOf("bob")).filter(({ memo }) => memo.text?.startsWith("own"))).toEqual([]);
});

test("rows that the same file has paid before are named before they are paid again", async () => {
  const csv = await writeCsv("grown.csv", 3, "grown", "carol");
  expect((await send(csv)).stderr).not.toContain("warning");
  const text = await readFile(csv, "utf8");
  await writeFile(csv, `${text}carol,1,grown new,r4\n`);
  const grown = await send(csv, "--dry-run");
  expect(grown.stderr).toContain("what row 1, 2, 3 pays was paid from it then");
});

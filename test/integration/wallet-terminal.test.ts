/**
 * The wallet at a real terminal: what is asked, what is shown, and what is not. Needs python3.
 * @module
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatAddress } from "../../src/protocol/address.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { play, type Step } from "./wallet/pseudo-terminal.ts";
import { otherPassword, password, publishedWords } from "./wallet/secrets.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quorate-terminal-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const enter = "\r";
const chosen: readonly Step[] = [
  ["New password for main", password + enter],
  ["The same again", password + enter],
];
const made = async (): Promise<void> => {
  const { exit } = await play(["create"], chosen, { folder });
  expect(exit).toBe(0);
};
const keyFiles = async () => await readdir(join(folder, "wallet", "keys")).catch(() => []);

describe.each([["xterm-256color"], ["dumb"]])("TERM=%s", (term) => {
  const place = () => ({ folder, term });

  test("create asks for a password twice, shows nothing of it, and shows the words once", async () => {
    const { exit, screen, stdout, untyped } = await play(["create"], chosen, place());
    expect({ exit, untyped }).toEqual({ exit: 0, untyped: 0 });
    expect(screen).not.toContain(password);
    expect(screen).not.toContain(password.slice(0, 4));
    expect(stdout.trim()).toMatch(/^quo1\S{58}$/);
    const words = [...screen.matchAll(/\b(\d{1,2}) ([a-z]{3,8})\b/g)].map(([, , word]) => word);
    expect(words).toHaveLength(12);
    const steps: readonly Step[] = [
      ["Type its name to confirm", `main${enter}`],
      ["Password of main", password + enter],
    ];
    const exported = await play(["export", "main"], steps, place());
    expect(exported.exit).toBe(0);
    expect(exported.stdout.trim()).toBe(words.join(" "));
    expect(exported.screen).not.toContain(password.slice(0, 4));
  });

  test("a wrong password may be corrected", async () => {
    await made();
    const steps: readonly Step[] = [
      ["Type its name to confirm", `main${enter}`],
      ["Password of main", otherPassword + enter],
      ["Wrong (try 2 of 3). Password of main", password + enter],
    ];
    const { exit, stdout } = await play(["export", "main"], steps, place());
    expect(exit).toBe(0);
    expect(stdout.trim().split(" ")).toHaveLength(12);
  });

  test("Ctrl-C at a prompt does nothing and exits 2", async () => {
    const steps: readonly Step[] = [["New password for main", "\u0003"]];
    const { exit, screen, stdout } = await play(["create"], steps, place());
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(screen).toContain("cancelled");
    expect(await keyFiles()).toEqual([]);
  });
});

test("three wrong passwords exit 9", async () => {
  await made();
  const wrong = otherPassword + enter;
  const steps: readonly Step[] = [
    ["Type its name to confirm", `main${enter}`],
    ["Password of main", wrong],
    ["Wrong (try 2 of 3). Password of main", wrong],
    ["Wrong (try 3 of 3). Password of main", wrong],
  ];
  const { exit, screen, stdout } = await play(["export", "main"], steps, { folder });
  expect({ exit, stdout }).toEqual({ exit: 9, stdout: "" });
  expect(screen).toContain("wrong_password");
});

test("two passwords that differ, or a short one, are asked for again", async () => {
  const steps: readonly Step[] = [
    ["New password for main", `short 7${enter}`],
    ["at least 8 characters", ""],
    ["New password for main", password + enter],
    ["The same again", otherPassword + enter],
    ["The two differ", ""],
    ...chosen,
  ];
  const { exit, untyped } = await play(["create"], steps, { folder });
  expect({ exit, untyped }).toEqual({ exit: 0, untyped: 0 });
});

test("with --json stdout has one object and no words; the prompts go to the terminal", async () => {
  const { exit, stdout, screen } = await play(["create", "--json"], chosen, { folder });
  expect(exit).toBe(0);
  const { ok, data } = JSON.parse(stdout);
  expect({ ok, words: data.words }).toEqual({ ok: true, words: undefined });
  expect(screen).toContain("New password");
});

test("import asks for the words and shows none of them", async () => {
  const steps: readonly Step[] = [["The words", publishedWords + enter], ...chosen];
  const { exit, screen, stdout } = await play(["import"], steps, { folder });
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^quo1/);
  expect(screen).not.toMatch(/winner|sausage/);
});

test("delete wants the name, and nothing else will do", async () => {
  await made();
  const refused = await play(["delete", "main"], [["to confirm", `yes${enter}`]], { folder });
  expect(refused.exit).toBe(2);
  expect(await keyFiles()).toEqual(["main.json"]);
  const deleted = await play(["delete", "main"], [["to confirm", `main${enter}`]], { folder });
  expect(deleted.exit).toBe(0);
  expect(await keyFiles()).toEqual([]);
});

test("password asks for the old one once and for the new one twice", async () => {
  await made();
  const path = join(folder, "wallet", "keys", "main.json");
  const before = await readFile(path, "utf8");
  const steps: readonly Step[] = [
    ["Password of main", password + enter],
    ["New password for main", otherPassword + enter],
    ["The same again", otherPassword + enter],
  ];
  const { exit } = await play(["password", "main"], steps, { folder });
  expect(exit).toBe(0);
  expect(await readFile(path, "utf8")).not.toBe(before);
});

test("a contact that looks like another is added only after a clear yes", async () => {
  const address = formatAddress("quo", "ab".repeat(32) as AccountId);
  const twin = formatAddress("quo", `${"ab".repeat(30)}cdcd` as AccountId);
  await play(["contacts", "add", "carl", address], [], { folder });
  const add = ["contacts", "add", "cora", twin];
  const refused = await play(add, [["what its owner has told you?", enter]], { folder });
  expect(refused.exit).toBe(2);
  expect(refused.screen).toContain('"carl"');
  const added = await play(add, [["what its owner has told you?", "y"]], { folder });
  expect(added.exit).toBe(0);
});

/**
 * Seeds, words and passwords are in nothing that another process, a log or a passer-by could read.
 *
 * Real commands run while a watcher reads what the system tells everybody about each of their processes:
 * /proc/PID/cmdline, and /proc/PID/environ. Linux only.
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { otherPassword, password, publishedWords, SecretFiles } from "./wallet/secrets.ts";
import { TwinNetwork } from "./wallet/twin-network.ts";

let network: TwinNetwork;

beforeEach(async () => {
  network = await TwinNetwork.start(1);
});

afterEach(async () => {
  await network.stop();
});

/** Everything that a command said, and that the system said about its process and those it started. */
async function runWatched(...flags: readonly string[]) {
  const { child, ended } = network.wallet.start(...flags);
  const seen = new Set<string>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      for (const pid of await withChildren(child.pid)) {
        for (const file of ["cmdline", "environ"]) {
          seen.add(await readFile(`/proc/${pid}/${file}`, "latin1").catch(() => ""));
        }
      }
      await new Promise(setImmediate);
    }
  })();
  const { exit, stdout, stderr } = await ended;
  isOver = true;
  await watching;
  return { exit, stdout, all: [...seen, stdout, stderr].join("\n") };
}

async function withChildren(pid: number | undefined): Promise<readonly number[]> {
  if (pid === undefined) return [];
  const path = `/proc/${pid}/task/${pid}/children`;
  const children = await readFile(path, "utf8").catch(() => "");
  return [pid, ...children.split(" ").filter(Boolean).map(Number)];
}

async function filesBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => await readFile(join(entry.parentPath, entry.name), "latin1"));
  return (await Promise.all(texts)).join("\n");
}

const forms = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString("hex"),
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
];

test("made, imported, listed, paid from, renamed, mistyped and deleted, a key leaves no secret behind", async () => {
  const files = new SecretFiles(network.folder);
  const right = await files.password();
  const wrong = ["--password-file", await files.file("wrong", otherPassword)];
  const next = await files.newPassword(otherPassword);
  const words = await files.words();
  const pay = ["send", "5", "--yes"];
  const commands: readonly (readonly string[])[] = [
    ["create", "made", ...right],
    ["import", "anna", ...words, ...right],
    ["import", "twice", ...words, ...right],
    ["import", "bad", ...(await badWords(files)), ...right],
    ["list"],
    ["show", "anna", "--qr"],
    [...pay, "anna", "--from", "alice"],
    [...pay.with(1, "1"), "bob", "--from", "anna", ...right],
    [...pay.with(1, "1"), "bob", "--from", "anna", ...wrong],
    [...pay.with(1, "1"), "bob", "--from", "anna"],
    ["export", "anna", "--confirm", "anna", ...wrong],
    ["export", "anna", "--confirm", "wrong", ...right],
    ["password", "anna", ...right, ...next],
    ["rename", "anna", "anne", "--json"],
    ["delete", "made", "--confirm", "made", "--json"],
  ];
  const exits: (number | null)[] = [];
  const said: string[] = [];
  for (const command of commands) {
    const { exit, all } = await runWatched(...command);
    exits.push(exit);
    said.push(all);
    // That the watcher sees processes at all.
    expect(all).toContain(command[0]);
    expect(all).toContain("QUORATE_NETWORK=");
  }
  expect(exits).toEqual([0, 0, 2, 2, 0, 0, 0, 0, 9, 2, 9, 2, 0, 0, 0]);

  const kept = await filesBelow(network.wallet.home);
  const exported = await runWatched(
    ...["export", "anne", "--key", "--confirm", "anne"],
    ...wrong, // The password by now.
  );
  expect(exported.exit).toBe(0);
  const { seed, words: mnemonic } = JSON.parse(exported.stdout) as Record<string, string>;
  expect(mnemonic).toBe(publishedWords);
  const secrets = [password, otherPassword, publishedWords, seed ?? ""].flatMap(forms);
  const seedBytes = Buffer.from(seed ?? "", "hex");
  expect(seedBytes).toHaveLength(32);
  const places = [...said, kept, exported.all.replaceAll(exported.stdout, "")];
  for (const secret of [...secrets, seedBytes.toString("base64"), seedBytes.toString("latin1")]) {
    expect(places.filter((place) => place.includes(secret))).toEqual([]);
  }
  for (const word of ["sausage", "yellow"]) {
    expect(said.filter((place) => place.includes(word))).toEqual([]);
  }
});

async function badWords(files: SecretFiles): Promise<readonly [string, string]> {
  const path = await files.file("bad-words", publishedWords.replace("yellow", "sausage"));
  return ["--words-file", path];
}

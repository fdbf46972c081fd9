/**
 * Keystore files survive `kill -9` at any moment of being rewritten: the old one or the new one is there, whole.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openKeystore, parseKeystore, sealKeystore } from "../../wallet-cli/keys/keystore.ts";
import { WalletCommand } from "./wallet/command.ts";
import { otherPassword, password, SecretFiles } from "./wallet/secrets.ts";

let folder: string;
let wallet: WalletCommand;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quorate-rewriting-"));
  wallet = new WalletCommand({ folder, networkFile: undefined });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const built = resolve(import.meta.dirname, "../../dist/wallet-cli/keys");

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((settle) => {
    child.once("close", settle);
  });
}

/** The one whole key file there is, by name. Fails when there is none, or two. */
async function onlyKey(): Promise<{ readonly name: string; readonly text: string }> {
  const keys = join(wallet.home, "keys");
  const names = (await readdir(keys)).filter((file) => file.endsWith(".json"));
  expect(names).toHaveLength(1);
  const [name = ""] = names;
  return { name, text: await readFile(join(keys, name), "utf8") };
}

/** Rewrites without end, as fast as it can, through the functions behind `password` and `rename`. */
const rewriter = `
  import { readFile } from "node:fs/promises";
  const [home, first, second] = process.argv.slice(2);
  const { loadStored } = await import(${JSON.stringify(join(built, "key-files.js"))});
  const changes = await import(${JSON.stringify(join(built, "key-changes.js"))});
  const texts = [await readFile(first, "utf8"), await readFile(second, "utf8")];
  let name = (await loadStored(home, "main")) === undefined ? "anna" : "main";
  process.stdout.write("ready");
  for (let i = 0; ; i += 1) {
    const from = await loadStored(home, name);
    await changes.replaceKey(home, name, { from, text: texts[i % 2] });
    const other = name === "main" ? "anna" : "main";
    await changes.renameKey(home, name, other);
    name = other;
  }
`;

test("killed 60 times while it is rewritten and renamed without pause, the key is whole and opens", async () => {
  const seed = new Uint8Array(32).fill(7);
  const sealed = [
    await sealKeystore("main", { seed, words: undefined }, password),
    await sealKeystore("main", { seed, words: undefined }, otherPassword),
  ];
  const paths = [join(folder, "first"), join(folder, "second")];
  for (const [i, path] of paths.entries()) await writeFile(path, sealed[i] ?? "");
  const script = join(folder, "rewriter.mjs");
  await writeFile(script, rewriter);
  await wallet.run("create", "--plain");
  await writeFile(join(wallet.home, "keys", "main.json"), sealed[0] ?? "");
  const secrets = new Set(sealed.map((text) => parsed(text).secret));

  const seen = new Set<string>();
  for (let kill = 0; kill < 60; kill += 1) {
    const child = spawn(process.execPath, [script, wallet.home, ...paths], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((settle) => {
      child.stdout.once("data", settle);
    });
    // From 0 to 30 ms: rewriting and renaming take some milliseconds each.
    const until = performance.now() + (kill % 20) * 1.5;
    while (performance.now() < until) await new Promise(setImmediate);
    child.kill("SIGKILL");
    await ended(child);
    const { name, text } = await onlyKey();
    const { secret } = parsed(text);
    expect(secrets).toContain(secret);
    seen.add(`${name} ${secret}`);
  }
  expect(seen.size).toBeGreaterThan(1); // Else nothing was being rewritten.
  const { text } = await onlyKey();
  const opened = await Promise.all(
    [password, otherPassword].map(async (each) => (await openKeystore(parsed(text), each)).ok),
  );
  expect(opened.toSorted()).toEqual([false, true]);
});

function parsed(text: string) {
  const keystore = parseKeystore(text);
  if (!keystore.ok) throw new Error(keystore.reason);
  return keystore.value;
}

test("`password` killed at twelve moments leaves a key that one of the two passwords opens", async () => {
  const files = new SecretFiles(folder);
  const old = await files.password();
  const made = await wallet.json("create", ...old);
  const changing = ["password", "main", ...old, ...(await files.newPassword(otherPassword))];
  const begun = performance.now();
  await wallet.run(...changing);
  const wholeMs = performance.now() - begun;
  const back = await files.file("back", password);
  const names = { [password]: old[1], [otherPassword]: await files.file("other", otherPassword) };

  for (let moment = 1; moment <= 12; moment += 1) {
    const { text } = await onlyKey();
    const isOld = (await openKeystore(parsed(text), password)).ok;
    if (!isOld) expect((await openKeystore(parsed(text), otherPassword)).ok).toBe(true);
    const [from, to] = isOld
      ? [names[password], names[otherPassword]]
      : [names[otherPassword], back];
    const { child, ended: over } = wallet.start(
      ...["password", "main", "--password-file", from ?? "", "--new-password-file", to ?? ""],
    );
    const timer = setTimeout(() => child.kill("SIGKILL"), (wholeMs * (moment + 1)) / 12);
    await over;
    clearTimeout(timer);
    expect(parsed((await onlyKey()).text).account).toBe(made.data.account);
  }
  const after = await wallet.json("rename", "main", "anna");
  expect(after.exit).toBe(0);
  expect(await readdir(join(wallet.home, "keys"))).toEqual(["anna.json"]);
});

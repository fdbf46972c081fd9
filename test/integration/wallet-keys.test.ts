/**
 * The wallet's own keys through the real process: exit codes, --json, and what lies on the disk.
 * @module
 */
import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { createNobleSigner } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { formatAddress } from "../../src/protocol/address.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { accountIdOf, singleKeyPolicy } from "../../src/protocol/policy.ts";
import { WalletCommand } from "./wallet/command.ts";
import { otherPassword, password, publishedWords, SecretFiles } from "./wallet/secrets.ts";

let folder: string;
let wallet: WalletCommand;
let files: SecretFiles;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quorate-keys-"));
  wallet = new WalletCommand({ folder, networkFile: undefined });
  files = new SecretFiles(folder);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const keyFile = (name: string): string => join(wallet.home, "keys", `${name}.json`);
const readKey = async (name: string) => JSON.parse(await readFile(keyFile(name), "utf8"));

describe("create", () => {
  test("makes an encrypted key that only its owner can read", async () => {
    const made = await wallet.json("create", ...(await files.password()));
    expect(made).toMatchObject({
      exit: 0,
      data: { name: "main", encrypted: true, path: "m/44'/5330255'/0'" },
    });
    expect(made.data.words).toBeUndefined();
    expect((await stat(keyFile("main"))).mode & 0o777).toBe(0o600);
    const stored = await readKey("main");
    expect(stored).toMatchObject({
      kind: "quorate-keystore",
      version: 1,
      encryption: "age-scrypt",
    });
    expect(stored.seed).toBeUndefined();
    const listed = await wallet.json("list");
    const { name, address } = made.data;
    expect(listed.data.accounts).toEqual([{ name, address, origin: "own", encrypted: true }]);
  });

  test("shows the words with --json only when asked, and they give the same key", async () => {
    const flags = await files.password();
    const made = await wallet.json("create", "main", "--words", "24", "--show-words", ...flags);
    expect(made.data.words.split(" ")).toHaveLength(24);
    expect(made.stderr).not.toContain(made.data.words.split(" ")[0]);
    const elsewhere = new WalletCommand({ folder: join(folder), networkFile: undefined });
    await rm(wallet.home, { recursive: true });
    const words = await files.words(made.data.words);
    const again = await elsewhere.json("import", "again", ...words, ...flags);
    expect(again.data.publicKey).toBe(made.data.publicKey);
  });

  test("where stderr is no terminal, the words are not shown, but can be had", async () => {
    const flags = await files.password();
    const made = await wallet.run("create", ...flags);
    expect(made.exit).toBe(0);
    const { data } = await wallet.json("export", "main", "--confirm", "main", ...flags);
    expect(data.words.split(" ")).toHaveLength(12);
    expect(made.stderr).toContain("quorate-wallet export main");
    expect(`${made.stdout}${made.stderr}`).not.toContain(data.words);
    const shown = await wallet.run("create", "two", "--show-words", ...flags);
    expect(shown.stderr).toMatch(/ 1 [a-z]+ +2 [a-z]+/);
    expect(shown.stdout.trim()).toMatch(/^quo1\S{58}$/);
  });

  test("--plain stores it unencrypted, and says so even with --quiet", async () => {
    const made = await wallet.json("create", "--plain", "--quiet");
    expect(made).toMatchObject({ exit: 0, data: { encrypted: false } });
    expect(made.stderr).toContain("NOT encrypted");
    const { seed } = await readKey("main");
    const signer = createNobleSigner(fromHex(seed));
    expect(toHex(signer.publicKey)).toBe(made.data.publicKey);
    const account = accountIdOf(nobleHasher, singleKeyPolicy(signer.publicKey));
    expect(made.data.address).toBe(formatAddress("quo", account));
  });

  test.each([
    ["without a terminal and a password", [], "password_needed"],
    ["with --plain and a password", ["--plain", "--password-fd", "0"], "plain_with_password"],
    ["with a password file that is not there", ["--password-file", "nowhere"], "secret_unreadable"],
    ["with two passwords", ["--password-file", "a", "--password-fd", "0"], "two_sources"],
    ["with stdout as the password's source", ["--password-fd", "1"], "bad_descriptor"],
    ["with a descriptor that is closed", ["--password-fd", "77"], "secret_unreadable"],
    ["with 13 words", ["--words", "13", "--plain"], "bad_word_count"],
    ["with a path as a name", ["../a", "--plain"], "bad_name"],
  ])("%s exits 2 and makes nothing", async (_what, flags, code) => {
    const made = await wallet.json("create", ...flags);
    expect(made).toMatchObject({ exit: 2, ok: false, error: { code } });
    expect(made.error.fix).not.toBe("");
    await expect(readdir(join(wallet.home, "keys"))).rejects.toThrow();
  });

  test("a short password is refused", async () => {
    const made = await wallet.json("create", ...(await files.password("short 7")));
    expect(made).toMatchObject({ exit: 2, error: { code: "password_unfit" } });
  });

  test("never takes the name of a key, a contact or an account of the local network", async () => {
    await wallet.json("create", "anna", "--plain");
    const address = formatAddress("quo", "ab".repeat(32) as AccountId);
    await wallet.json("contacts", "add", "carl", address);
    for (const name of ["anna", "carl"]) {
      const again = await wallet.json("create", name, "--plain");
      expect(again).toMatchObject({ exit: 2, error: { code: "name_taken" } });
    }
  });
});

describe("import", () => {
  test("takes the published words, by index, each with its own address", async () => {
    const words = await files.words(`  ${publishedWords.toUpperCase().replaceAll(" ", "\n")}`);
    const first = await wallet.json("import", "a", ...words, "--plain");
    const second = await wallet.json("import", "b", ...words, "--index", "1", "--plain");
    expect(first.data.path).toBe("m/44'/5330255'/0'");
    expect(second.data.path).toBe("m/44'/5330255'/1'");
    expect(second.data.address).not.toBe(first.data.address);
    const same = await wallet.json("import", "c", ...words, "--plain");
    expect(same).toMatchObject({ exit: 2, error: { code: "key_known" } });
  });

  test.each([
    ["yellow", "yelow", "words_unknown", "word 12"],
    [" yellow", "", "words_count", "has 11"],
    ["yellow", "zoo", "words_checksum", "checksum"],
  ])(
    "words with %j as %j are refused as %s, without repeating one",
    async (from, to, code, says) => {
      const words = await files.words(publishedWords.replace(from, to));
      const { exit, error, stderr, stdout } = await wallet.json("import", ...words, "--plain");
      expect({ exit, code: error.code }).toEqual({ exit: 2, code });
      expect(error.message).toContain(says);
      expect(`${stdout}${stderr}`).not.toMatch(/winner|sausage|yel/);
    },
  );

  test("without a terminal and words exits 2 and names the flags", async () => {
    const { exit, error } = await wallet.json("import");
    expect({ exit, code: error.code }).toEqual({ exit: 2, code: "words_needed" });
    expect(error.fix).toContain("--words-file");
  });

  test.each([["-1"], ["2147483648"], ["1.5"], ["one"]])("index %s exits 2", async (index) => {
    const words = await files.words();
    const imported = await wallet.json("import", ...words, "--plain", `--index=${index}`);
    expect(imported).toMatchObject({ exit: 2, error: { code: "bad_index" } });
  });

  test("takes words and password from descriptors", async () => {
    const command = resolve(import.meta.dirname, "../../bin/quorate-wallet.js");
    const flags = ["import", "main", "--words-fd", "3", "--password-fd", "4", "--json"];
    const child = spawn(process.execPath, [command, ...flags, "--home", wallet.home], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit", "pipe", "pipe"],
    });
    const [, stdout, , words, secret] = child.stdio;
    if (!(words && "end" in words && secret && "end" in secret)) throw new Error("no pipes");
    words.end(`${publishedWords}\n`);
    secret.end(`${password}\nanother line\n`);
    let text = "";
    stdout?.on("data", (chunk) => {
      text += String(chunk);
    });
    const exit = await new Promise((settle) => {
      child.on("close", settle);
    });
    expect({ exit, ...JSON.parse(text) }).toMatchObject({ exit: 0, data: { encrypted: true } });
    const opened = await wallet.json(
      ...["export", "main", "--confirm", "main"],
      ...(await files.password()),
    );
    expect(opened.data.words).toBe(publishedWords);
  });

  test("takes a key file, plain or encrypted, and never a development key", async () => {
    const flags = await files.password();
    await wallet.json("import", "plain", ...(await files.words()), "--plain");
    await wallet.json("create", "sealed", ...flags);
    const keys = [keyFile("plain"), keyFile("sealed")] as const;
    const home = new WalletCommand({ folder: join(folder, "."), networkFile: undefined });
    await mkdir(join(folder, "kept"));
    for (const path of keys) {
      await writeFile(join(folder, "kept", path.split("/").at(-1) ?? ""), await readFile(path));
    }
    await rm(wallet.home, { recursive: true });
    const plain = await home.json("import", "a", "--key-file", "kept/plain.json", ...flags);
    expect(plain).toMatchObject({ exit: 0, data: { encrypted: true, path: "m/44'/5330255'/0'" } });
    const sealed = await home.json("import", "b", "--key-file", "kept/sealed.json", ...flags);
    expect(sealed).toMatchObject({ exit: 0, data: { encrypted: true } });
    const wrong = await home.json(
      ...["import", "c", "--key-file", "kept/sealed.json"],
      ...(await files.password(otherPassword)),
    );
    expect(wrong).toMatchObject({ exit: 9, error: { code: "wrong_password" } });
    const dev = {
      kind: "quorate-dev-key",
      warning: "",
      name: "alice",
      address: "",
      seed: "a1".repeat(32),
    };
    await writeFile(join(folder, "dev.json"), JSON.stringify(dev));
    const refused = await home.json("import", "d", "--key-file", "dev.json", "--plain");
    expect(refused).toMatchObject({ exit: 2, error: { code: "key_malformed" } });
  });
});

describe("a key", () => {
  test("is shown with everything but its secret, and as a QR code", async () => {
    const flags = await files.password();
    const made = await wallet.json("create", ...flags);
    const shown = await wallet.json("show", "main");
    const { name, address, account, publicKey, path } = made.data;
    expect(shown.data).toEqual({
      ...{ name, address, account, publicKey, path },
      ...{ origin: "own", encryption: "age-scrypt" },
    });
    const code = await wallet.run("show", "main", "--qr");
    expect(
      code.stdout.split("\n").filter((line) => /^[█▀▄ ]{20,}$/.test(line)).length,
    ).toBeGreaterThan(12);
  });

  test("is renamed without its password, and keeps it", async () => {
    const flags = await files.password();
    const made = await wallet.json("create", ...flags);
    expect(await wallet.json("rename", "main", "anna")).toMatchObject({ exit: 0 });
    expect(await readdir(join(wallet.home, "keys"))).toEqual(["anna.json"]);
    expect(await readKey("anna")).toMatchObject({ name: "anna" });
    const opened = await wallet.json("export", "anna", "--confirm", "anna", ...flags);
    expect(opened).toMatchObject({ exit: 0, data: { path: made.data.path } });
    expect(await wallet.json("rename", "main", "bert")).toMatchObject({ exit: 3 });
    await wallet.json("create", "bert", "--plain");
    const taken = await wallet.json("rename", "anna", "bert");
    expect(taken).toMatchObject({ exit: 2, error: { code: "name_taken" } });
  });

  test("gets another password; the old one is wrong then", async () => {
    const old = await files.password();
    await wallet.json("create", ...old);
    const changed = await wallet.json(
      "password",
      "main",
      ...old,
      ...(await files.newPassword(otherPassword)),
    );
    expect(changed).toMatchObject({ exit: 0, data: { encrypted: true } });
    const before = await wallet.json("export", "main", "--confirm", "main", ...old);
    expect(before).toMatchObject({ exit: 9, error: { code: "wrong_password" } });
    const now = await wallet.json(
      ...["export", "main", "--confirm", "main"],
      ...(await files.password(otherPassword)),
    );
    expect(now.exit).toBe(0);
  });

  test("that is plain gets its first password, and then its file holds no seed", async () => {
    await wallet.json("create", "--plain");
    const { seed } = await readKey("main");
    const changed = await wallet.json("password", "main", ...(await files.newPassword(password)));
    expect(changed.exit).toBe(0);
    expect(await readFile(keyFile("main"), "utf8")).not.toContain(seed);
    const opened = await wallet.json(
      ...["export", "main", "--key", "--confirm", "main"],
      ...(await files.password()),
    );
    expect(opened.data.keyFile.seed).toBe(seed);
  });

  test("is exported only after its name was typed, into a new file of its owner", async () => {
    const flags = await files.password();
    await wallet.json("create", ...flags);
    const unconfirmed = await wallet.json("export", "main", ...flags);
    expect(unconfirmed).toMatchObject({ exit: 2, error: { code: "confirmation_needed" } });
    const mistyped = await wallet.json("export", "main", "--confirm", "mian", ...flags);
    expect(mistyped).toMatchObject({ exit: 2, error: { code: "not_confirmed" } });
    const out = join(folder, "backup.json");
    const written = ["export", "main", "--key", "--out", out, "--confirm", "main", ...flags];
    expect(await wallet.json(...written)).toMatchObject({ exit: 0, data: { file: out } });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(await wallet.json(...written)).toMatchObject({
      exit: 2,
      error: { code: "file_exists" },
    });
  });

  test("is deleted only after its name was typed, with what a killed rewrite has left", async () => {
    await wallet.json("create", ...(await files.password()));
    await writeFile(`${keyFile("main")}.1-2.tmp`, "half");
    expect(await wallet.json("delete", "main")).toMatchObject({ exit: 2 });
    expect(await wallet.json("delete", "main", "--yes")).toMatchObject({ exit: 2 });
    expect(await wallet.json("delete", "main", "--confirm", "main")).toMatchObject({ exit: 0 });
    expect(await readdir(join(wallet.home, "keys"))).toEqual([]);
    const gone = await wallet.json("delete", "main", "--confirm", "main");
    expect(gone).toMatchObject({ exit: 3, error: { code: "key_unknown" } });
  });

  test("with unfinished payments is deleted only with --yes", async () => {
    const made = await wallet.json("create", "--plain");
    const id = "ab".repeat(32);
    await mkdir(join(wallet.home, "outbox"));
    const entry = join(wallet.home, "outbox", id);
    await writeFile(entry, JSON.stringify({ from: made.data.address }));
    const refused = await wallet.json("delete", "main", "--confirm", "main");
    expect(refused).toMatchObject({ exit: 2, error: { code: "payments_unfinished" } });
    expect(refused.error.fix).toContain(id);
    await writeFile(entry, "not even JSON");
    expect((await wallet.json("delete", "main", "--confirm", "main")).exit).toBe(2);
    const others = formatAddress("quo", "ab".repeat(32) as AccountId);
    await writeFile(entry, JSON.stringify({ from: others }));
    const [deleted] = [await wallet.json("delete", "main", "--confirm", "main")];
    expect(deleted.exit).toBe(0);
    await wallet.json("create", "--plain");
    await writeFile(entry, "not even JSON");
    expect((await wallet.json("delete", "main", "--confirm", "main", "--yes")).exit).toBe(0);
  });

  test("that others can read is refused, and one that is damaged is named", async () => {
    await wallet.json("create", ...(await files.password()));
    await chmod(keyFile("main"), 0o644);
    expect(await wallet.json("list")).toMatchObject({
      exit: 2,
      error: { code: "key_permissions" },
    });
    await chmod(keyFile("main"), 0o600);
    const text = await readFile(keyFile("main"), "utf8");
    await writeFile(keyFile("main"), text.slice(0, -20));
    const damaged = await wallet.json("show", "main");
    expect(damaged).toMatchObject({ exit: 2, error: { code: "key_malformed" } });
    expect(damaged.error.message).toContain(keyFile("main"));
    await writeFile(keyFile("main"), text.replace('"version": 1', '"version": 2'));
    const newer = await wallet.json("show", "main");
    expect(newer).toMatchObject({ exit: 2, error: { code: "keystore_version" } });
  });

  test("that asks for 2^30 of work is refused at once", async () => {
    const flags = await files.password();
    await wallet.json("create", ...flags);
    const stored = await readKey("main");
    const armored: readonly string[] = stored.secret.split("\n");
    const bytes = Buffer.from(armored.slice(1, -2).join(""), "base64").toString("latin1");
    const hostile = Buffer.from(bytes.replace(" 17\n", " 30\n"), "latin1").toString("base64");
    const lines = hostile.match(/.{1,64}/g) ?? [];
    const secret = [armored[0], ...lines, armored.at(-2), ""].join("\n");
    await writeFile(keyFile("main"), JSON.stringify({ ...stored, secret }));
    const opened = await wallet.json("export", "main", "--confirm", "main", ...flags);
    expect(opened).toMatchObject({ exit: 2, error: { code: "keystore_work_factor" } });
  });
});

describe("contacts", () => {
  const address = formatAddress("quo", "ab".repeat(32) as AccountId);

  test("are added, listed and removed", async () => {
    expect(await wallet.json("contacts", "list")).toMatchObject({ data: { contacts: [] } });
    const added = await wallet.json("contacts", "add", "carl", address.toUpperCase());
    expect(added).toMatchObject({ exit: 0, data: { name: "carl", address } });
    expect((await wallet.json("contacts", "list")).data).toEqual({
      contacts: [{ name: "carl", address }],
    });
    expect((await wallet.json("contacts", "add", "carl", address)).exit).toBe(0);
    expect((await wallet.json("contacts", "remove", "carl")).exit).toBe(0);
    const gone = await wallet.json("contacts", "remove", "carl");
    expect(gone).toMatchObject({ exit: 3, error: { code: "contact_unknown" } });
  });

  test("have names and addresses that are their own", async () => {
    await wallet.json("create", "anna", "--plain");
    await wallet.json("contacts", "add", "carl", address);
    const other = formatAddress("quo", "cd".repeat(32) as AccountId);
    for (const name of ["anna", "carl"]) {
      const added = await wallet.json("contacts", "add", name, other);
      expect(added).toMatchObject({ exit: 2, error: { code: "name_taken" } });
    }
    const foreign = formatAddress("acme", "cd".repeat(32) as AccountId);
    const refused = await wallet.json("contacts", "add", "dora", foreign);
    expect(refused).toMatchObject({ exit: 2, error: { code: "address_wrong_network" } });
    const wrong = await wallet.json("contacts", "add", "dora", `${address.slice(0, -1)}q`);
    expect(wrong).toMatchObject({ exit: 2, error: { code: "address_malformed" } });
  });

  test("that look like a known address are added only with --yes", async () => {
    await wallet.json("contacts", "add", "carl", address);
    // The same first 240 bits: only the end of the text and the checksum differ.
    const twin = formatAddress("quo", `${"ab".repeat(30)}cdcd` as AccountId);
    const warned = await wallet.json("contacts", "add", "cora", twin);
    expect(warned).toMatchObject({ exit: 2, error: { code: "looks_alike" } });
    expect(warned.stderr).toContain('"carl"');
    expect(warned.stderr).toContain(address);
    expect((await wallet.json("contacts", "add", "cora", twin, "--yes")).exit).toBe(0);
  });

  test("in a damaged file are refused, not lost", async () => {
    await wallet.json("contacts", "add", "carl", address);
    await writeFile(join(wallet.home, "contacts.json"), "{");
    const listed = await wallet.json("contacts", "list");
    expect(listed).toMatchObject({ exit: 2, error: { code: "contacts_malformed" } });
  });
});

test("list loads neither age, nor BIP-39, nor prompts", async () => {
  await wallet.json("create", ...(await files.password()));
  const hook = join(folder, "loaded.mjs");
  const log = join(folder, "loaded.txt");
  await writeFile(
    hook,
    `import { appendFileSync } from "node:fs";
     export async function load(url, context, next) {
       appendFileSync(${JSON.stringify(log)}, url + "\\n");
       return await next(url, context);
     }`,
  );
  await writeFile(
    join(folder, "register.mjs"),
    `import { register } from "node:module"; register(${JSON.stringify(`file://${hook}`)});`,
  );
  const command = resolve(import.meta.dirname, "../../bin/quorate-wallet.js");
  const flags = ["--import", join(folder, "register.mjs"), command, "list", "--home", wallet.home];
  const child = spawn(process.execPath, flags, { cwd: folder, stdio: "ignore" });
  const exit = await new Promise((settle) => {
    child.on("close", settle);
  });
  expect(exit).toBe(0);
  const loaded = await readFile(log, "utf8");
  expect(loaded).toContain("commander");
  expect(loaded).not.toMatch(/age-encryption|bip39|micro-key-producer|clack|uqr|noble\/curves/);
});

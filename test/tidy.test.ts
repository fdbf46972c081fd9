/**
 * Checks the shape of the code itself: who may import whom, what pure code may touch, and size.
 *
 * ARCHITECTURE.md draws the modules. The table below is the same drawing, made true.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { expect, test } from "vitest";

const floor01 = ["src/base", "src/codec", "src/crypto"];
const floor2 = [...floor01, "src/protocol", "src/keys"];
const floor3 = [...floor2, "src/ledger", "src/consensus", "src/proof", "src/api"];

const mayImport: Record<string, readonly string[]> = {
  "src/base": [],
  "src/codec": ["src/base"],
  "src/crypto": ["src/base"],
  "src/shell": ["src/base"],
  "src/protocol": floor01,
  "src/keys": floor01,
  "src/ledger": floor2,
  "src/consensus": ["src/base", "src/codec", "src/protocol"], // It is handed verified values; no crypto.
  "src/proof": floor2,
  "src/api": floor2,
  "src/storage": floor3,
  "src/network": floor3,
  "src/mempool": ["src/base", "src/crypto", "src/protocol", "src/ledger"], // It tries what the ledger would do.
  "src/client": [...floor2, "src/proof", "src/api"],
  "src/sdk": [...floor2, "src/proof", "src/api", "src/client"],
  "src/replica": [...floor3, "src/mempool", "src/storage", "src/network"],
  node: [...floor3, "src/shell", "src/mempool", "src/storage", "src/network", "src/replica"],
  "node/explorer": [...floor2, "src/proof", "src/api", "src/client"],
  "wallet-cli": [...floor2, "src/shell", "src/proof", "src/api", "src/client"],
};

/** The wallet's folders: each imports from those before it and from the files beside them. */
const walletFolders = [
  "terminal",
  "keys",
  "outbox",
  "accounts",
  "network",
  "trust",
  "ledger",
  "sending",
  "cosigning",
  "batch",
  "commands",
  "program",
];

/** All of src: same inputs, same outputs. No clock, no dice, no disk, no wire. */
const effects =
  /\b(Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask|process|console|fetch\s*(?=\()|Math\.random|randomBytes|getRandomValues)\b|["']node:/;
/** Floors 0 to 3 do not wait either. */
const still = [
  "base",
  "codec",
  "crypto",
  "shell",
  "protocol",
  "keys",
  "ledger",
  "mempool",
  "consensus",
  "proof",
];
const waiting = /\b(async|await|Promise)\b/;

/** Each third-party package has one door: a file, or where it shapes a whole folder, that folder. */
const doors: Record<string, readonly string[]> = {
  "@clack/prompts": ["wallet-cli/terminal/prompts.ts"],
  "@hono/node-server": ["node/http/"],
  "@hono/zod-openapi": ["node/http/"],
  "@noble/ed25519": ["src/crypto/ed25519.ts"],
  "@noble/hashes": ["src/crypto/hash.ts"],
  "@preact/signals": ["node/explorer/"],
  "@peculiar/x509": ["node/adapters/tls-identity.ts"],
  "@scure/base": ["src/protocol/address.ts"],
  "@scure/bip39": ["src/keys/mnemonic.ts"],
  "age-encryption": ["wallet-cli/keys/keystore.ts"],
  commander: ["node/main.ts", "node/commands/", "wallet-cli/"],
  hono: ["node/http/"],
  "micro-key-producer": ["src/keys/derivation.ts"],
  level: ["node/adapters/level-store.ts"],
  pino: ["node/adapters/logger.ts"],
  "pino-pretty": ["node/adapters/logger.ts"],
  preact: ["node/explorer/"],
  "prom-client": ["node/adapters/metrics.ts"],
  "smol-toml": ["node/config.ts"],
  vite: ["node/explorer/vite.config.ts"],
  uqr: ["wallet-cli/terminal/qr.ts"],
  "sodium-native": ["node/adapters/native-crypto.ts"],
  ws: ["node/adapters/websocket-"],
  zod: ["src/api/", "node/http/", "node/commands/query-targets.ts"],
};

/** What becomes part of the explorer's files when it is built; nobody installs it. */
const bundled = ["@preact/signals", "preact", "vite"];

const maxLines = 400;

interface SourceFile {
  readonly path: string;
  readonly module: string;
  readonly text: string;
  /** The same text without comments, so that prose may say what code may not. */
  readonly code: string;
  readonly imports: readonly string[];
}

const files = ["src", "node", "wallet-cli"].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => read(join(root, name))),
);

function read(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  const imports = [...code.matchAll(/\b(?:from\s+|import\s*\(?\s*)["']([^"'\s,]+)["']/g)].map(
    (match) => match[1] ?? "",
  );
  return { path, module: moduleOf(path), text, code, imports };
}

function moduleOf(path: string): string {
  const [root = "", folder = ""] = path.split("/");
  return root === "src" || folder === "explorer" ? `${root}/${folder}` : root;
}

test.each(files)("$path imports only what its module may", ({ path, module, imports }) => {
  if (path === "src/index.ts") return; // The public door opens on everything.
  const allowed = [module, ...(mayImport[module] ?? [])];
  const strangers = imports
    .filter((target) => target.startsWith("."))
    .map((target) => moduleOf(join(dirname(path), target)))
    .filter((target) => !allowed.includes(target));
  expect(strangers).toEqual([]);
});

/** "keys" for wallet-cli/keys/words.ts; undefined for a file beside the folders. */
const walletFolderOf = (path: string): string | undefined =>
  path.split("/").length > 2 ? path.split("/")[1] : undefined;

const walletFiles = files.filter(({ module }) => module === "wallet-cli");

test.each(walletFiles.filter(({ path }) => path !== "wallet-cli/main.ts"))(
  "$path imports from no folder below its own",
  ({ path, imports }) => {
    // The files beside the folders speak through the terminal, and use no other folder.
    const allowed = walletFolders.slice(
      0,
      walletFolders.indexOf(walletFolderOf(path) ?? "terminal") + 1,
    );
    const strangers = imports
      .filter((target) => target.startsWith("."))
      .map((target) => join(dirname(path), target))
      .filter((target) => moduleOf(target) === "wallet-cli")
      .map(walletFolderOf)
      .filter((folder) => folder !== undefined && !allowed.includes(folder));
    expect(strangers).toEqual([]);
  },
);

test("the wallet's folders are those that ARCHITECTURE.md draws, in its order", () => {
  const [, chapter = ""] = readFileSync("ARCHITECTURE.md", "utf8").split("## In the wallet");
  const rows = [...(chapter.split("\n## ")[0] ?? "").matchAll(/^\| `([a-z]+)` \|/gm)];
  expect(rows.map(([, folder]) => folder)).toEqual(walletFolders);
  const folders = new Set(walletFiles.map(({ path }) => walletFolderOf(path)));
  expect(new Set([undefined, ...walletFolders])).toEqual(folders);
});

test.each(files)("$path uses a package only through its door", ({ path, imports }) => {
  const trespasses = imports.filter((target) => {
    const name = packageOf(target);
    return name !== undefined && !(doors[name] ?? []).some((door) => path.startsWith(door));
  });
  expect(trespasses).toEqual([]);
});

/** The package that an import names; undefined for our own files and for Node's. */
function packageOf(target: string): string | undefined {
  if (target.startsWith(".") || target.startsWith("node:")) return undefined;
  return target.split("/", target.startsWith("@") ? 2 : 1).join("/");
}

test("every package that is installed for users has a door", () => {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const installed = [...Object.keys(dependencies), ...bundled];
  expect(Object.keys(doors).toSorted()).toEqual(installed.toSorted());
});

/** What the library takes from the machine that it runs on. */
const machine = "src/sdk/host.ts";

test.each(files.filter(({ path }) => path.startsWith("src/") && path !== machine))(
  "$path has no effects",
  ({ code }) => {
    expect(code.match(effects)?.[0]).toBeUndefined();
  },
);

test.each(files.filter(({ module }) => still.includes(module.slice("src/".length))))(
  "$path does not wait",
  ({ code }) => {
    expect(code.match(waiting)?.[0]).toBeUndefined();
  },
);

test.each(files)("$path opens with a header that says why it exists", ({ text }) => {
  expect(text).toMatch(/^(#![^\n]*\n)?\/\*\*\n \* \S[\s\S]*? \* @module\n \*\//);
});

test.each(files)("$path fits in one sitting", ({ text }) => {
  expect(text.split("\n").length).toBeLessThanOrEqual(maxLines);
});

test("every module is in the table", () => {
  const modules = new Set(files.map(({ module }) => module).filter((m) => m !== "src/index.ts"));
  expect([...modules].filter((module) => !(module in mayImport))).toEqual([]);
});

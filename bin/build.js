/**
 * Compiles the sources into dist/, and the explorer into dist/explorer, when they have changed, so that a fresh clone
 * runs without a build step.
 *
 * Node 20 cannot run TypeScript, and npm may be told to skip scripts; so the commands call this themselves.
 * `dist/.built` lists path, size and time of every source that the last build saw: any difference means a new build.
 * Several processes may come here at once: one compiles, the others wait for it. In an installed package there are no
 * sources, and nothing to do.
 * @module
 */
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const dist = join(root, "dist");
const stamp = join(dist, ".built");
const lock = join(dist, ".lock");

const sourceFolders = ["src", "node", "wallet-cli", "test/simulation", "test/exhaustive", "bench"];
const settings = ["package.json", "tsconfig.json", "bin/tsconfig.json"];
const lockAgeMsMax = 300_000;
const lockPollMs = 25;
const outputBytesMax = 16 * 1024 * 1024;
const compiled = /\.(js|d\.ts)(\.map)?$/;

/**
 * Returns when dist/ is up to date; ends the process with exit code 1, having said why, when it cannot be made so.
 * @param {{ force?: boolean }} [options] force: compile even when nothing has changed.
 */
export function ensureBuilt({ force = false } = {}) {
  const flaw = nodeFlaw() ?? bringUpToDate(force);
  if (flaw === undefined) return;
  process.stderr.write(`quorate: ${flaw}\n`);
  process.exit(1);
}

/** Says what went wrong, or undefined. */
function bringUpToDate(force) {
  const isFresh = () => readText(stamp) === sourceList();
  if (readKind(join(root, "src")) !== "folder" || (!force && isFresh())) return undefined;
  const release = takeLock();
  try {
    return !force && isFresh() ? undefined : build();
  } finally {
    release();
  }
}

function build() {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  if (readKind(tsc) !== "file") return "the compiler is not installed: run `npm ci` first";
  process.stderr.write("quorate: sources have changed, building …\n");
  const sources = sourceList(); // Listed first: what changes while we compile is built next time.
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const flaw =
    run(tsc, "-p", join(root, "bin/tsconfig.json")) ??
    run(vite, "build", "--config", join(root, "node/explorer/vite.config.ts"));
  if (flaw !== undefined) {
    rmSync(stamp, { force: true });
    return flaw;
  }
  removeOrphans();
  writeFileSync(`${stamp}.new`, sources);
  renameSync(`${stamp}.new`, stamp);
  return undefined;
}

/** Says what went wrong, or undefined. */
function run(script, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: outputBytesMax,
  });
  return status === 0 ? undefined : `the build failed\n${stdout ?? ""}${stderr ?? ""}`.trimEnd();
}

/** One line for each source: any edit, new, renamed, restored or deleted file changes the text. */
function sourceList() {
  const lines = [];
  const add = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined) lines.push(`${relative(root, path)} ${stat.size} ${stat.mtimeMs}`);
  };
  for (const folder of sourceFolders) {
    for (const path of filesBelow(join(root, folder))) if (isSource(path)) add(path);
  }
  for (const path of settings) add(join(root, path));
  return `${lines.sort().join("\n")}\n`;
}

const isSource = (path) => /\.(tsx?|css|html|svg)$/.test(path) && !path.endsWith(".test.ts");

/** Removes what was compiled from sources that no longer exist; other files in dist/ are left alone. */
function removeOrphans() {
  for (const folder of sourceFolders) {
    for (const path of filesBelow(join(dist, folder))) {
      if (!compiled.test(path)) continue;
      const source = join(root, relative(dist, path).replace(compiled, ""));
      const exists = [".ts", ".tsx"].some((ending) => readKind(source + ending) === "file");
      if (!exists) rmSync(path);
    }
  }
}

/** Waits for its turn; the result gives the lock back. */
function takeLock() {
  mkdirSync(dist, { recursive: true });
  const own = join(dist, `.lock-${process.pid}`);
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own);
  writeFileSync(join(own, "pid"), String(process.pid));
  while (!tryRename(own, lock)) {
    if (isStale(lock)) breakLock(own);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lockPollMs);
  }
  return () => rmSync(lock, { recursive: true, force: true });
}

/** A folder cannot be renamed onto one that has a file in it: so exactly one process gets the name. */
function tryRename(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (["ENOTEMPTY", "EEXIST", "EPERM", "ENOENT"].includes(error.code)) return false;
    throw error;
  }
}

function isStale(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  return Date.now() - stat.mtimeMs > lockAgeMsMax || !isAlive(Number(readText(join(path, "pid"))));
}

/** Takes the dead owner's lock away; gives it back if it was somebody else's by then. */
function breakLock(own) {
  const aside = `${own}-stale`;
  rmSync(aside, { recursive: true, force: true });
  if (!tryRename(lock, aside)) return;
  if (isStale(aside) || !tryRename(aside, lock)) rmSync(aside, { recursive: true, force: true });
}

function isAlive(pid) {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true; // Being removed: look again.
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function filesBelow(folder) {
  if (readKind(folder) !== "folder") return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function readKind(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "nothing";
  return stat.isDirectory() ? "folder" : "file";
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function nodeFlaw() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `needs Node 20.19 or newer, this is ${process.version}`;
}

const script = process.argv[1];
const isMain = script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
if (isMain) ensureBuilt({ force: process.argv.includes("--force") });

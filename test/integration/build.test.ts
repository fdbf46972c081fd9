import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = resolve(import.meta.dirname, "../..");
let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "quorate-build-"));
  for (const folder of ["bin", "src", "node/explorer"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  copyFileSync(join(repository, "bin/build.js"), join(root, "bin/build.js"));
  copyFileSync(join(repository, "bin/tsconfig.json"), join(root, "bin/tsconfig.json"));
  copyFileSync(join(repository, "tsconfig.json"), join(root, "tsconfig.json"));
  write("package.json", '{"type":"module"}');
  write("src/one.ts", "export const one: number = 1;\n");
  write("node/main.ts", 'import { one } from "../src/one.ts";\nconsole.log(one);\n');
  write("node/explorer/index.html", '<link rel="stylesheet" href="./style.css">\n');
  write("node/explorer/style.css", "p { color: #123456; }\n");
  write("node/explorer/vite.config.ts", `export default ${JSON.stringify(explorerSettings())};\n`);
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
});
afterEach(() => rmSync(root, { recursive: true }));

const explorerSettings = () => ({
  root: join(root, "node/explorer"),
  logLevel: "warn",
  build: { outDir: dist("explorer"), emptyOutDir: true, assetsDir: "." },
});

const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
const dist = (path: string): string => join(root, "dist", path);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, ...flags: readonly string[]): Promise<Ended> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, [join(root, script), ...flags]);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
    });
    child.on("close", (code) => settle({ code, stdout, stderr }));
  });
}

const build = (...flags: readonly string[]): Promise<Ended> => run("bin/build.js", ...flags);

test("the first build compiles and says so in one line; the second is silent", async () => {
  const first = await build();
  expect(first).toMatchObject({ code: 0, stdout: "" });
  expect(first.stderr.trim().split("\n")).toHaveLength(1);
  expect(existsSync(dist("node/main.js"))).toBe(true);
  expect(await build()).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("an edit is built even when its time is older than the build", async () => {
  await build();
  write("src/one.ts", "export const one: number = 12345;\n");
  utimesSync(join(root, "src/one.ts"), 1_000_000, 1_000_000);
  await build();
  expect(readFileSync(dist("src/one.js"), "utf8")).toContain("12345");
});

test("the explorer is built along, and again when only its style has changed", async () => {
  await build();
  expect(explorerStyle()).toContain("#123456");
  write("node/explorer/style.css", "p { color: #654321; }\n");
  await build();
  expect(explorerStyle()).toContain("#654321");
});

const explorerStyle = (): string =>
  readdirSync(dist("explorer"))
    .filter((name) => name.endsWith(".css"))
    .map((name) => readFileSync(dist(`explorer/${name}`), "utf8"))
    .join("");

test("what was compiled from a deleted source goes, what was not compiled stays", async () => {
  write("src/two.ts", "export const two: number = 2;\n");
  await build();
  expect(existsSync(dist("src/two.js"))).toBe(true);
  writeFileSync(dist("src/notes.txt"), "mine");
  rmSync(join(root, "src/two.ts"));
  await build();
  expect(existsSync(dist("src/two.js"))).toBe(false);
  expect(existsSync(dist("src/two.d.ts"))).toBe(false);
  expect(existsSync(dist("src/one.js"))).toBe(true);
  expect(existsSync(dist("src/notes.txt"))).toBe(true);
});

test("a type error is printed, ends with 1, and is met again until it is mended", async () => {
  await build();
  write("src/one.ts", 'export const one: number = "one";\n');
  for (const attempt of [await build(), await build()]) {
    expect(attempt.code).toBe(1);
    expect(attempt.stdout).toBe("");
    expect(attempt.stderr).toContain("src/one.ts(1,14): error TS2322");
  }
  write("src/one.ts", "export const one: number = 3;\n");
  expect((await build()).code).toBe(0);
});

test("of several processes that start together, one compiles", async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => build()));
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(all.filter(({ stderr }) => stderr.includes("building"))).toHaveLength(1);
  expect(existsSync(dist(".lock"))).toBe(false);
});

test("the lock of a process that died does not stop a build", async () => {
  mkdirSync(dist(".lock"), { recursive: true });
  const { pid } = await deadProcess();
  writeFileSync(dist(".lock/pid"), String(pid));
  expect((await build()).code).toBe(0);
  expect(existsSync(dist("src/one.js"))).toBe(true);
});

test("--force compiles though nothing has changed", async () => {
  await build();
  rmSync(dist("src/one.js"));
  await build();
  expect(existsSync(dist("src/one.js"))).toBe(false);
  await build("--force");
  expect(existsSync(dist("src/one.js"))).toBe(true);
});

test("an installed package, which has no sources, is left alone", async () => {
  rmSync(join(root, "src"), { recursive: true });
  expect(await build("--force")).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(existsSync(dist("."))).toBe(false);
});

test("the committed command builds and then runs what was built", async () => {
  copyFileSync(join(repository, "bin/quorate.js"), join(root, "bin/quorate.js"));
  expect(await run("bin/quorate.js")).toMatchObject({ code: 0, stdout: "1\n" });
});

/** A process id that no longer names a process. */
async function deadProcess(): Promise<{ readonly pid: number }> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  return { pid: child.pid ?? 0 };
}

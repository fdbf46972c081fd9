/**
 * The lock between processes.
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeIfDead, withLock } from "../../../wallet-cli/lock.ts";

let folder = "";
let lock = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "wallet-lock-"));
  lock = join(folder, "lock");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test("two holders are never inside at once", async () => {
  let inside = 0;
  let most = 0;
  let turns = 0;
  const enter = async (): Promise<void> =>
    await withLock(lock, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await readdir(folder); // Gives others a chance to come in.
      turns += 1;
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 8 }, enter));
  expect({ most, turns }).toEqual({ most: 1, turns: 8 });
  expect(await readdir(folder)).toEqual([]);
});

test("it is given back when the work inside fails", async () => {
  const failing = withLock(lock, async () => await Promise.reject(new Error("inside")));
  await expect(failing).rejects.toThrow("inside");
  expect(await withLock(lock, async () => await Promise.resolve("in"))).toBe("in");
});

test("while held, the file names the process", async () => {
  const text = await withLock(lock, async () => await readFile(lock, "utf8"));
  expect(text.split(" ")[0]).toBe(String(process.pid));
});

test("the lock of a dead process is taken over, by one of many", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]); // It has ended.
  await writeFile(lock, `${pid} 00112233\n`);
  let inside = 0;
  let most = 0;
  const enter = async (): Promise<void> =>
    await withLock(lock, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await readdir(folder);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 8 }, enter));
  expect(most).toBe(1);
});

test("a lock of ages ago is taken over, even if its number lives on in another process", async () => {
  await writeFile(lock, `${process.pid} 00112233\n`);
  const longAgo = Date.now() / 1_000 - 3_600;
  await utimes(lock, longAgo, longAgo);
  expect(await withLock(lock, async () => await Promise.resolve("in"))).toBe("in");
});

test("a holder that ended after it was seen does not cost a newcomer its lock", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const seen = `${pid} 00aa00aa00aa00aa\n`;
  await withLock(lock, async () => {
    const held = await readFile(lock, "utf8");
    expect(await removeIfDead(lock, seen)).toBe(true);
    expect(await readFile(lock, "utf8")).toBe(held);
  });
  expect(await readdir(folder)).toEqual([]);
});

const deadPid = (): number => spawnSync(process.execPath, ["--version"]).pid;

test.each([
  { what: "that names it", claim: () => `${deadPid()} 44556677\n` },
  { what: "of an older wallet, which names nobody", claim: () => "" },
])(
  "a lock is taken over though a finder died while it removed it: a claim $what",
  async ({ claim }) => {
    await writeFile(lock, `${deadPid()} 00112233\n`);
    await writeFile(`${lock}.00112233.dead`, claim());
    const longAgo = Date.now() / 1_000 - 3_600;
    await utimes(`${lock}.00112233.dead`, longAgo, longAgo);
    let inside = 0;
    let most = 0;
    const enter = async (): Promise<void> =>
      await withLock(
        lock,
        async () => {
          inside += 1;
          most = Math.max(most, inside);
          await readdir(folder);
          inside -= 1;
        },
        { waitMsMax: 2_000, isLong: true },
      );
    await Promise.all(Array.from({ length: 8 }, enter));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  },
);

test("while a living finder removes a dead one's lock, nobody else does", async () => {
  const seen = `${deadPid()} 00112233\n`;
  await writeFile(lock, seen);
  await writeFile(`${lock}.00112233.dead`, `${process.pid} 44556677\n`);
  expect(await removeIfDead(lock, seen)).toBe(false);
  expect(await readFile(lock, "utf8")).toBe(seen);
});

test("who does not wait is told in the caller's words who holds it", async () => {
  await withLock(lock, async () => {
    const busy = (holder: string) => new Error(`held by ${holder}`);
    const second = withLock(lock, async () => await Promise.resolve(), { waitMsMax: 0, busy });
    await expect(second).rejects.toThrow(`held by ${process.pid}`);
  });
});

test("a long lock of another machine is not taken over: whether its process lives cannot be seen here", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]); // No process of this machine has this number now.
  const busy = (holder: string): Error => new Error(holder);
  const long = { isLong: true, waitMsMax: 0, busy };
  await writeFile(lock, `${pid} 00112233 elsewhere\n`);
  const entered = withLock(lock, async () => await Promise.resolve("in"), long);
  await expect(entered).rejects.toThrow(`${pid} on elsewhere`);
  await writeFile(lock, `${pid} 00112233 ${hostname()}\n`);
  expect(await withLock(lock, async () => await Promise.resolve("in"), long)).toBe("in");
});

test("a short lock of another machine ends by its age", async () => {
  await writeFile(lock, "1 00112233 elsewhere\n");
  const minuteAgo = new Date(Date.now() - 61_000);
  await utimes(lock, minuteAgo, minuteAgo);
  expect(await withLock(lock, async () => await Promise.resolve("in"))).toBe("in");
});

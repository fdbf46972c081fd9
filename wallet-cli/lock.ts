/**
 * One at a time between processes of this machine: a file that names the process which holds it.
 *
 * The file appears whole (written aside, then linked), so a reader never sees half of one. A holder that died
 * leaves its file; whoever finds it claims, once and for all by its token, the right to remove it: two finders
 * cannot both remove, and so none removes the lock of a newcomer.
 * @module
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandFailure, exitCodes } from "./failure.ts";
import { hasCode, readIfExists } from "./files.ts";

/** Between attempts, longer each time: many waiters must not slow down the one that they wait for. */
const retryMsMin = 5;
const retryMsMax = 200;
const waitMsMax = 120_000;
/** Holders write a file or two. One this old is gone, even if its process id lives on in another program. */
const heldMsMax = 60_000;

export interface LockOptions {
  /** How long to wait for it: two minutes unless told otherwise. */
  readonly waitMsMax?: number;
  /** True: it may be held for long, so age alone says nothing; only a holder that has ended loses it. */
  readonly isLong?: boolean;
}

/** Waits for the lock; then fails with `wallet_busy`. */
export async function withLock<Value>(
  path: string,
  act: () => Promise<Value>,
  options: LockOptions = {},
): Promise<Value> {
  const token = randomBytes(8).toString("hex");
  await acquire(path, token, options);
  try {
    return await act();
  } finally {
    // Not ours any more if this process was suspended for so long that another one took over.
    if ((await readIfExists(path))?.includes(token)) await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string, options: LockOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.${token}`;
  await writeFile(aside, `${process.pid} ${token}\n`, { mode: 0o600, flag: "wx" });
  const startedMs = performance.now();
  try {
    for (let retryMs = retryMsMin; !(await linked(aside, path)); ) {
      if (await removedDead(path, options)) continue;
      if (performance.now() - startedMs > (options.waitMsMax ?? waitMsMax)) throw await busy(path);
      await pause(retryMs * (0.5 + Math.random()));
      retryMs = Math.min(2 * retryMs, retryMsMax);
    }
  } finally {
    await rm(aside, { force: true });
  }
}

async function linked(aside: string, path: string): Promise<boolean> {
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Whether the lock may be free now. */
async function removedDead(path: string, options: LockOptions): Promise<boolean> {
  const text = await readIfExists(path);
  return text === undefined || (await removeIfDead(path, text, options));
}

/**
 * Removes the lock if it still says `seen` and that holder is gone. It may have released it since and ended, and
 * another one may hold it now. Returns whether the lock may be free.
 */
export async function removeIfDead(
  path: string,
  seen: string,
  { isLong = false }: LockOptions = {},
): Promise<boolean> {
  const [pid = "", token = ""] = seen.trim().split(" ");
  if (isAlive(Number(pid)) && (isLong || !(await isOld(path)))) return false;
  const claim = `${path}.${token}.dead`;
  try {
    await writeFile(claim, "", { flag: "wx" });
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false; // Another one is removing it.
    throw error;
  }
  // Only whoever has the claim removes a dead holder's file, so what is read here cannot change before it goes.
  if ((await readIfExists(path)) === seen) await rm(path, { force: true });
  else await rm(claim, { force: true });
  return true;
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM"); // It lives, under another user.
  }
}

async function isOld(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > heldMsMax;
  } catch {
    return false; // Gone: the next attempt will see.
  }
}

async function busy(path: string): Promise<CommandFailure> {
  const holder = (await readIfExists(path))?.trim().split(" ")[0] ?? "unknown";
  return new CommandFailure(exitCodes.internal, {
    code: "wallet_busy",
    message: `another wallet command (process ${holder}) holds ${path}`,
    fix: "Wait for it to end and try again. If no such process runs, remove that file.",
  });
}

const pause = async (delayMs: number): Promise<void> =>
  await new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

/**
 * One at a time between processes: a file that names the process which holds it, and its machine.
 *
 * The file appears whole (written aside, then linked), so a reader never sees half of one. A holder that died
 * leaves its file; whoever finds it claims, by its token, the right to remove it: two finders cannot both remove, and
 * so none removes the lock of a newcomer. A claim is a lock itself: that of a finder that died is taken over likewise.
 *
 * The folder may be shared with another machine or container. Whether a process lives there cannot be seen from here,
 * so its lock ends by its age alone, and one that may be held for long does not end by itself.
 * @module
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { CommandFailure, exitCodes } from "./failure.ts";
import { hasCode, readIfExists } from "./files.ts";

/** Between attempts, longer each time: many waiters must not slow down the one that they wait for. */
const retryMsMin = 5;
const retryMsMax = 200;
const waitMsMax = 120_000;
/** Holders write a file or two. One this old is gone, even if its process id lives on in another program. */
const heldMsMax = 60_000;

/** One word, so that it can stand beside others in a line. */
const host: string = hostname().replaceAll(/\s/g, "_");

export interface LockOptions {
  /** How long to wait for it: two minutes unless told otherwise. */
  readonly waitMsMax?: number;
  /** True: it may be held for long, so age alone says nothing; only a holder that has ended loses it. */
  readonly isLong?: boolean;
  /** The failure when it stays held; left out: `wallet_busy`. */
  readonly busy?: (holder: string) => Error;
}

/** Waits for the lock; then fails with `wallet_busy`, or what `busy` makes. */
export async function withLock<Value>(
  path: string,
  act: () => Promise<Value>,
  options: LockOptions = {},
): Promise<Value> {
  const token = newToken();
  await acquire(path, token, options);
  try {
    return await act();
  } finally {
    await release(path, token);
  }
}

async function release(path: string, token: string): Promise<void> {
  // Not ours any more if this process was suspended for so long that another one took over.
  if ((await readIfExists(path))?.includes(token)) await rm(path, { force: true });
}

async function acquire(path: string, token: string, options: LockOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const aside = await writeAside(path, token);
  const startedMs = performance.now();
  try {
    for (let retryMs = retryMsMin; !(await linked(aside, path)); ) {
      if (await removedDead(path, options)) continue;
      if (performance.now() - startedMs > (options.waitMsMax ?? waitMsMax)) {
        throw await busy(path, options);
      }
      await pause(retryMs * (0.5 + Math.random()));
      retryMs = Math.min(2 * retryMs, retryMsMax);
    }
  } finally {
    await rm(aside, { force: true });
  }
}

async function writeAside(path: string, token: string): Promise<string> {
  const aside = `${path}.${token}`;
  await writeFile(aside, `${process.pid} ${token} ${host}\n`, { mode: 0o600, flag: "wx" });
  return aside;
}

/** Takes it if it is free, without waiting. */
async function taken(path: string, token: string): Promise<boolean> {
  const aside = await writeAside(path, token);
  try {
    return await linked(aside, path);
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
  options: LockOptions = {},
): Promise<boolean> {
  if (!(await isDead(path, seen, options))) return false;
  const claim = `${path}.${tokenIn(seen)}.dead`;
  const own = newToken();
  if (!(await taken(claim, own))) return await removedDead(claim, options);
  // Only whoever has the claim removes a dead holder's file, so what is read here cannot change before it goes.
  // After it went nobody else finds it, by this token that is never used again: so the claim may go too.
  if ((await readIfExists(path)) === seen) await rm(path, { force: true });
  await release(claim, own);
  return true;
}

async function isDead(path: string, seen: string, { isLong }: LockOptions): Promise<boolean> {
  const [pid = "", , at = host] = seen.trim().split(" ");
  if (pid === "") return await isOld(path); // An older wallet's claim, or what a power cut has left.
  if (at === host && !isAlive(Number(pid))) return true;
  return isLong !== true && (await isOld(path));
}

const tokenIn = (text: string): string => text.trim().split(" ")[1] ?? "";

const newToken = (): string => randomBytes(8).toString("hex");

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

async function busy(path: string, options: LockOptions): Promise<Error> {
  const [pid = "unknown", , at = host] = (await readIfExists(path))?.trim().split(" ") ?? [];
  const holder = at === host ? pid : `${pid} on ${at}`;
  if (options.busy !== undefined) return options.busy(holder);
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

/**
 * Files that must survive a crash: whole and on the disk, or not there at all.
 *
 * A rename is atomic but neither it nor the content is durable until the file and its directory are fsynced.
 * @module
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

const ownerOnly = 0o600;
const ownerOnlyDirectory = 0o700;

/** Writes the text with mode 0600 through a temporary file; returns after both fsyncs. Replaces. */
export async function writeDurably(path: string, text: string): Promise<void> {
  await replace(path, text, { isDurable: true });
  await syncDirectory(dirname(path));
}

/** Several files of one directory: as durable, and much faster than one after the other. */
export async function writeAllDurably(
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<void> {
  await Promise.all(
    files.map(async ({ path, text }) => await replace(path, text, { isDurable: true })),
  );
  const [first] = files;
  if (first !== undefined) await syncDirectory(dirname(first.path));
}

/** The same without fsync: a reader sees all of it or none, but a power cut may undo it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await replace(path, text, { isDurable: false });
}

async function replace(
  path: string,
  text: string,
  { isDurable }: { readonly isDurable: boolean },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: ownerOnlyDirectory });
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  const file = await open(temporary, "wx", ownerOnly);
  try {
    await file.writeFile(text, "utf8");
    if (isDurable) await file.sync();
  } finally {
    await file.close();
  }
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The file's text, or undefined when it does not exist. Other errors are thrown. */
export async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export const isMissing = (error: unknown): boolean => hasCode(error, "ENOENT");

/** Whether it is a system error with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

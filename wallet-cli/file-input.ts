/**
 * Files that a command is given, and `-` for what comes through a pipe; and files that it leaves behind.
 * @module
 */
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { usageFailure } from "./failure.ts";
import { readIfExists, writeWhole } from "./files.ts";

/** The text of a file, or of standard input for `-`; more bytes than `bytesMax` are refused. */
export async function readInput(given: string, bytesMax: number): Promise<string> {
  const bytes =
    given === "-" ? await readStandardInput(bytesMax) : await readFileTo(given, bytesMax);
  if (bytes === undefined) {
    throw usageFailure(
      "file_too_large",
      `${nameOf(given)} has more than ${bytesMax} bytes`,
      "Give the file that the wallet has written.",
    );
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes); // No byte vanishes.
}

/** How a message names it. */
export const nameOf = (given: string): string => (given === "-" ? "standard input" : given);

async function readStandardInput(bytesMax: number): Promise<Uint8Array | undefined> {
  if (process.stdin.isTTY === true) {
    throw usageFailure(
      "no_input",
      "- stands for what comes through a pipe, and nothing does",
      "Give a file, or put this command behind another: quorate-wallet tx build … | … -",
    );
  }
  return await gather(process.stdin, bytesMax);
}

async function readFileTo(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
  try {
    const file = await open(resolve(path), "r");
    try {
      return await gather(file.createReadStream({ autoClose: false }), bytesMax);
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageFailure("file_unreadable", reason, "Correct the path.");
  }
}

async function gather(
  chunks: AsyncIterable<Uint8Array | string>,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const part = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    length += part.length;
    if (length > bytesMax) return undefined;
    parts.push(part);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/**
 * Writes a file that --out names: all of it or none. One that exists is replaced only where `mayReplace` says so of its
 * text.
 */
export async function writeOutput(
  path: string,
  text: string,
  mayReplace: (present: string) => boolean,
): Promise<string> {
  const target = resolve(path);
  const present = await readOutput(target);
  if (present !== undefined && present !== text && !mayReplace(present)) {
    throw usageFailure(
      "file_exists",
      `${path} is there already and holds something else`,
      "Give another --out, or move that file away.",
    );
  }
  await writeWhole(target, text);
  return target;
}

async function readOutput(path: string): Promise<string | undefined> {
  try {
    return await readIfExists(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageFailure("file_unreadable", reason, "Give another --out.");
  }
}

/**
 * The SHA-256 of a file of any size, read as a stream.
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Digest } from "../src/protocol/ids.ts";
import { usageFailure } from "./failure.ts";
import { hasCode } from "./files.ts";

/** Exit 2 when it cannot be read. */
export async function fileHash(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    const reason = hasCode(error, "ENOENT")
      ? `there is no file ${path}`
      : error instanceof Error
        ? error.message
        : String(error);
    throw usageFailure("file_unreadable", reason, "Give a file that you can read.");
  }
  return hash.digest("hex") as Digest;
}

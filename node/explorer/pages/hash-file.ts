/**
 * The SHA-256 of a file of any size, piece by piece, with the page alive in between.
 * @module
 */
import { toHex } from "../../../src/base/bytes.ts";
import { piecewiseSha256 } from "../../../src/crypto/hash.ts";

/** @param tell hears the share that is done, 0 to 1. Throws when the file cannot be read, or `left` is aborted. */
export async function hashFile(
  file: Blob,
  left: AbortSignal,
  tell: (share: number) => void,
): Promise<string> {
  const hash = piecewiseSha256();
  const reader = file.stream().getReader();
  let bytesDone = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (left.aborted) {
      await reader.cancel();
      throw new Error("another file was chosen");
    }
    if (done) return toHex(hash.digest());
    hash.update(value);
    bytesDone += value.length;
    tell(file.size === 0 ? 1 : bytesDone / file.size);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

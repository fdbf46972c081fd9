import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { hashFile } from "../../../node/explorer/pages/hash-file.ts";

const unheard = new AbortController().signal;

test.each([0, 1, 63, 64, 65, 300_000])(
  "a file of %i bytes has the SHA-256 that Node says",
  async (size) => {
    const bytes = randomBytes(size);
    const shares: number[] = [];
    const hash = await hashFile(new Blob([bytes]), unheard, (share) => shares.push(share));
    expect(hash).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
    if (size > 0) expect(shares.at(-1)).toBe(1);
  },
);

test("another file ends the hashing of the first", async () => {
  const leave = new AbortController();
  const hashing = hashFile(new Blob([randomBytes(1_000)]), leave.signal, () => {});
  leave.abort();
  await expect(hashing).rejects.toThrow("another file");
});

import { expect, test } from "vitest";
import type { Web } from "../../../src/api/asking.ts";
import { submitting } from "../../../src/api/submitting.ts";

/** What every node accepts for `timeoutMs`. */
const nodesTakeMsMax = 60_000;

const { signal } = new AbortController();
const transaction = { id: "ab".repeat(32), bytes: Uint8Array.of(1) };

/** A node that notes what it is asked, and answers nothing that can be used. */
function notingWeb(): { readonly web: Web; readonly asked: URL[] } {
  const asked: URL[] = [];
  const httpFetch: Web["httpFetch"] = (url) => {
    asked.push(new URL(String(url)));
    return Promise.resolve(new Response("{}", { status: 503 }));
  };
  return { asked, web: { httpFetch, timeoutSignal: () => signal } };
}

test.each([1_500.7, 30_000, 120_000, 3_600_000])(
  "a node is never asked to hold a request longer than nodes do, with %i ms left",
  async (leftMs) => {
    const { web, asked } = notingWeb();
    await submitting(web, transaction, { isHeld: true })("http://node", leftMs, signal);
    const timeoutMs = Number(asked[0]?.searchParams.get("timeoutMs"));
    expect(timeoutMs).toBeGreaterThan(0);
    expect(timeoutMs).toBeLessThanOrEqual(Math.min(leftMs, nodesTakeMsMax));
    expect(Number.isInteger(timeoutMs)).toBe(true);
  },
);

test("a node that is to answer at once is not asked to wait", async () => {
  const { web, asked } = notingWeb();
  await submitting(web, transaction, { isHeld: false })("http://node", 120_000, signal);
  expect(asked[0]?.search).toBe("");
});

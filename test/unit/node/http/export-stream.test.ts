/**
 * Exports: pages are read when there is room for them, and every way to end frees the place.
 */
import { describe, expect, test } from "vitest";
import { Exports, type Row } from "../../../../node/http/export-stream.ts";

const limits = { exportsMax: 3, exportsPerClientMax: 2, stallMs: 60_000 };
const never = (): never => {
  throw new Error("nobody stalls");
};

/** Pages of one row each, and what became of them. */
function pagesOf(rows: readonly (Row | "empty")[], end?: Error) {
  const seen = { read: 0, ended: false };
  async function* pages(): AsyncGenerator<readonly Row[], void, undefined> {
    try {
      for (const row of rows) {
        seen.read += 1;
        yield row === "empty" ? [] : [row];
      }
      if (end !== undefined) throw end;
    } finally {
      seen.ended = true;
    }
  }
  return { seen, pages: pages() };
}

const columns = ["a", "b"];

describe("an export", () => {
  test("is its columns and all its rows, empty pages left out", async () => {
    const exports = new Exports(limits);
    const { pages } = pagesOf([[1, "x"], "empty", "empty", [2, "y"]]);
    const stream = exports.open({ client: "c", columns, pages, cutOff: never });
    expect(await new Response(stream).text()).toBe("a,b\r\n1,x\r\n2,y\r\n");
    expect(exports.running).toBe(0);
  });

  test("reads one page for each that is taken", async () => {
    const { seen, pages } = pagesOf([[1], [2], [3], [4]]);
    const stream = new Exports(limits).open({ client: "c", columns, pages, cutOff: never });
    const reader = stream?.getReader();
    await reader?.read();
    await reader?.read();
    expect(seen.read).toBeLessThanOrEqual(2);
    await reader?.cancel();
  });

  test("whose client leaves reads no more, and frees its place", async () => {
    const exports = new Exports(limits);
    const { seen, pages } = pagesOf([[1], [2], [3]]);
    const stream = exports.open({ client: "c", columns, pages, cutOff: never });
    const reader = stream?.getReader();
    await reader?.read();
    await reader?.read();
    expect(exports.running).toBe(1);
    await reader?.cancel();
    expect([exports.running, seen.ended]).toEqual([0, true]);
  });

  test("that fails breaks off, and frees its place", async () => {
    const exports = new Exports(limits);
    const { pages } = pagesOf([[1]], new Error("the disk is gone"));
    const stream = exports.open({ client: "c", columns, pages, cutOff: never });
    await expect(new Response(stream).text()).rejects.toThrow("the disk is gone");
    expect(exports.running).toBe(0);
  });

  test.each([0, 1, 2])(
    "of which nothing is taken after %i chunks is cut off, and frees its place",
    async (chunks) => {
      const exports = new Exports({ ...limits, stallMs: 5 });
      const { pages } = pagesOf([[1], [2], [3], [4]]);
      let cutOff = (): void => {};
      const isCutOff = new Promise<void>((resolve) => {
        cutOff = resolve;
      });
      const stream = exports.open({ client: "c", columns, pages, cutOff: () => cutOff() });
      const reader = stream?.getReader();
      for (let i = 0; i < chunks; i += 1) await reader?.read();
      await isCutOff;
      expect(exports.running).toBe(0);
    },
  );
});

test("there are a few at a time, and fewer of one client", () => {
  const exports = new Exports(limits);
  const open = (client: string) =>
    exports.open({ client, columns, pages: pagesOf([]).pages, cutOff: never }) !== undefined;
  expect(["a", "a", "a", "b", "b", "c"].map(open)).toEqual([true, true, false, true, false, false]);
});

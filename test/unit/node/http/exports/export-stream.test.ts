/**
 * Exports: pages are read when there is room for them, and every way to end frees the place.
 */
import { describe, expect, test } from "vitest";
import { Exports, type Row } from "../../../../../node/http/exports/export-stream.ts";
import { silentLog } from "../../../../../src/base/log.ts";

const limits = { exportsMax: 3, exportsPerClientMax: 2, stallMs: 60_000, yieldMs: 60_000 };
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
    const exports = new Exports(silentLog, limits);
    const { pages } = pagesOf([[1, "x"], "empty", "empty", [2, "y"]]);
    const stream = exports.open({ client: "c", columns, pages, cutOff: never });
    expect(await new Response(stream).text()).toBe("a,b\r\n1,x\r\n2,y\r\n");
    expect(exports.running).toBe(0);
  });

  test("reads one page for each that is taken", async () => {
    const { seen, pages } = pagesOf([[1], [2], [3], [4]]);
    const stream = new Exports(silentLog, limits).open({
      client: "c",
      columns,
      pages,
      cutOff: never,
    });
    const reader = stream?.getReader();
    await reader?.read();
    await reader?.read();
    expect(seen.read).toBeLessThanOrEqual(2);
    await reader?.cancel();
  });

  test("whose client leaves reads no more, and frees its place", async () => {
    const exports = new Exports(silentLog, limits);
    const { seen, pages } = pagesOf([[1], [2], [3]]);
    const stream = exports.open({ client: "c", columns, pages, cutOff: never });
    const reader = stream?.getReader();
    await reader?.read();
    await reader?.read();
    expect(exports.running).toBe(1);
    await reader?.cancel();
    expect([exports.running, seen.ended]).toEqual([0, true]);
  });

  test("that fails is cut off, frees its place, and only the node's own log says why", async () => {
    const errors: unknown[] = [];
    const log = { ...silentLog, error: (...said: unknown[]) => void errors.push(said) };
    const exports = new Exports(log, limits);
    const { pages } = pagesOf([[1]], new Error("the disk is gone"));
    let read = "";
    await new Promise<void>((cutOff) => {
      const reader = exports.open({ client: "c", columns, pages, cutOff })?.getReader();
      const decoder = new TextDecoder();
      const goOn = async (): Promise<void> => {
        for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
          read += decoder.decode(part.value);
        }
      };
      void goOn();
    });
    expect(read).toBe("a,b\r\n1\r\n");
    expect(exports.running).toBe(0);
    expect(JSON.stringify(errors)).toContain("the disk is gone");
  });

  test.each([0, 1, 2])(
    "of which nothing is taken after %i chunks is cut off, and frees its place",
    async (chunks) => {
      const exports = new Exports(silentLog, { ...limits, stallMs: 5 });
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

test("however many run, one page is read in a turn of the loop", async () => {
  const exports = new Exports(silentLog, { ...limits, exportsMax: 8, exportsPerClientMax: 8 });
  let read = 0;
  async function* pages(): AsyncGenerator<readonly Row[], void, undefined> {
    for (let i = 0; i < 5; i += 1) {
      read += 1;
      yield [[i]];
    }
  }
  const texts = Array.from({ length: 8 }, () =>
    new Response(exports.open({ client: "c", columns, pages: pages(), cutOff: never })).text(),
  );
  let most = 0;
  for (let before = 0; read < 40; ) {
    await new Promise((resolve) => setImmediate(resolve));
    most = Math.max(most, read - before);
    before = read;
  }
  await Promise.all(texts);
  // The look may lie between two turns.
  expect(most).toBeLessThanOrEqual(2);
});

test("however many run, one page is made at a time", async () => {
  const exports = new Exports(silentLog, { ...limits, exportsMax: 8, exportsPerClientMax: 8 });
  let [making, most] = [0, 0];
  async function* pages(): AsyncGenerator<readonly Row[], void, undefined> {
    for (let i = 0; i < 5; i += 1) {
      making += 1;
      most = Math.max(most, making);
      for (let wait = 0; wait < 5; wait += 1) await new Promise((resolve) => setImmediate(resolve));
      making -= 1;
      yield [[i]];
    }
  }
  const texts = Array.from({ length: 8 }, () =>
    new Response(exports.open({ client: "c", columns, pages: pages(), cutOff: never })).text(),
  );
  expect(new Set(await Promise.all(texts))).toEqual(new Set(["a,b\r\n0\r\n1\r\n2\r\n3\r\n4\r\n"]));
  expect(most).toBe(1);
});

test("a place whose client takes nothing is free for another when all are taken", async () => {
  const exports = new Exports(silentLog, { ...limits, exportsMax: 2, yieldMs: 5 });
  const cutOff: string[] = [];
  const open = (client: string) =>
    exports.open({
      client,
      columns,
      pages: pagesOf([[1], [2], [3]]).pages,
      cutOff: () => cutOff.push(client),
    });
  const [first] = [open("a"), open("b")];
  expect(open("c")).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await first?.getReader().read();
  expect(open("c")).toBeDefined();
  expect(exports.running).toBe(2);
  expect(cutOff).toEqual(["b"]);
});

test("there are a few at a time, and fewer of one client", () => {
  const exports = new Exports(silentLog, limits);
  const open = (client: string) =>
    exports.open({ client, columns, pages: pagesOf([]).pages, cutOff: never }) !== undefined;
  expect(["a", "a", "a", "b", "b", "c"].map(open)).toEqual([true, true, false, true, false, false]);
});

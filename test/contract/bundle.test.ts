/**
 * The library in a bundle, as a web page has it: nothing of Node, and it works with what a browser has.
 * @module
 */
import { createContext, Script } from "node:vm";
import { build, type Rollup } from "vite";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url).pathname;

async function bundle(): Promise<string> {
  const built = (await build({
    root,
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      lib: { entry: `${root}src/index.ts`, formats: ["iife"], name: "quorate" },
    },
  })) as Rollup.RollupOutput | readonly Rollup.RollupOutput[];
  const [first] = Array.isArray(built) ? built : [built as Rollup.RollupOutput];
  const [chunk] = first?.output ?? [];
  if (chunk?.type !== "chunk") throw new Error("one script comes out");
  return chunk.code;
}

test("it bundles into one script that asks for nothing of Node, and signs what the wallet would", async () => {
  const code = await bundle();
  expect(code).not.toMatch(/["']node:|\brequire\(/);
  const { TextEncoder, TextDecoder, URL, AbortController, AbortSignal, crypto, setTimeout } =
    globalThis;
  const page = createContext({
    ...{ TextEncoder, TextDecoder, URL, AbortController, AbortSignal, crypto, setTimeout },
    Uint8Array, // One for both sides: noble looks at the class of what it is given.
  });
  new Script(code).runInContext(page);
  // The words of BIP-39's first test vector; the account follows from them alone.
  const words = `${"abandon ".repeat(11)}about`;
  const inPage = new Script(`quorate.keyFromMnemonic(${JSON.stringify(words)}).account`);
  const { keyFromMnemonic } = await import("../../src/index.ts");
  expect(inPage.runInContext(page)).toBe(keyFromMnemonic(words).account);
});

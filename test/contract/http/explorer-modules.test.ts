/**
 * The explorer's script runs in a browser: whatever it imports outside of its own folder must be served as well.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sharedModules } from "../../../node/http/static-files.ts";

const root = new URL("../../../", import.meta.url);
/** What the compiled file imports: types are gone by then. */
const importsOf = (path: string): readonly string[] =>
  [
    ...readFileSync(new URL(path, root), "utf8").matchAll(
      /^import (?!type )[^;]*? from "(.+)";$/gm,
    ),
  ].map(([, from = ""]) => from);

test("what the explorer shares with the commands is on the list, and nothing else", () => {
  const scripts = readdirSync(new URL("node/explorer/", root)).filter((name) =>
    name.endsWith(".ts"),
  );
  const outside = scripts
    .flatMap((name) => importsOf(`node/explorer/${name}`))
    .filter((from) => !from.startsWith("./"));
  const expected = sharedModules.map((module) => `../../src/api/${module}.ts`);
  expect([...new Set(outside)].toSorted()).toEqual(expected.toSorted());
});

test.each([...sharedModules])("%s imports nothing", (module) => {
  expect(importsOf(`src/api/${module}.ts`)).toEqual([]);
});

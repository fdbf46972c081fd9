/**
 * The explorer's script runs in a browser: whatever it imports outside of its own folder must be served as well.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
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

const shared = sharedModules.map((module) => `src/${module}.ts`);

test("what the explorer shares with the commands is on the list, and nothing else", () => {
  const scripts = readdirSync(new URL("node/explorer/", root)).filter((name) =>
    name.endsWith(".ts"),
  );
  const outside = scripts
    .flatMap((name) => importsOf(`node/explorer/${name}`))
    .filter((from) => !from.startsWith("./"))
    .map((from) => join("node/explorer", from));
  const inside = shared.flatMap((path) => importsOf(path).map((from) => join(dirname(path), from)));
  expect([...new Set([...outside, ...inside])].toSorted()).toEqual(shared.toSorted());
});

/**
 * The command line that is shown to be repeated, as a real shell reads it.
 * @module
 */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandLine, flag } from "../../../wallet-cli/command-line.ts";
import { settingsOf } from "../../../wallet-cli/settings.ts";

const wordsOf = (line: string): readonly string[] => {
  const script = line.replace(/^quorate-wallet/, "printf '%s\\0'");
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
};

test("a shell reads back every word as it was", () => {
  const words = [
    ...["send", "1_000.25", "bob", "it's", "a b", "", "$HOME", "`id`", '"', "\\", "!x", "*", "~"],
    ...["line\nbreak", "é→", "--memo=x", "#", "a;b", "a|b&c", "(d)", "[e]", "{f,g}"],
  ];
  expect(wordsOf(commandLine(settingsOf({}, {}), words))).toEqual(words);
});

test("global flags that choose another network or wallet are repeated; the usual ones are not", () => {
  expect(commandLine(settingsOf({}, {}), ["list"])).toBe("quorate-wallet list");
  const flags = { node: ["http://127.0.0.1:1"], home: "/x y", network: "/n.json", yes: true };
  expect(commandLine(settingsOf(flags, {}), ["list"])).toBe(
    "quorate-wallet list --node http://127.0.0.1:1 --network /n.json --home '/x y'",
  );
});

test("the profile and the checkpoint are repeated: without them it would be another network or another trust", () => {
  const checkpoint = `7:${"ab".repeat(32)}`;
  const words = wordsOf(commandLine(settingsOf({ profile: "main", checkpoint }, {}), ["list"]));
  expect(words).toEqual(["list", "--profile", "main", "--checkpoint", checkpoint]);
});

test("a flag without a value is left out", () => {
  expect([...flag("memo", undefined), ...flag("asset", "GOLD")]).toEqual(["--asset", "GOLD"]);
});

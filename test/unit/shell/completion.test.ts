/**
 * Completion scripts, read by the shells themselves: what is offered is what the command line takes.
 * @module
 */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { completionScript, shells } from "../../../src/shell/completion.ts";
import { buildProgram } from "../../../wallet-cli/program/program.ts";

const program = buildProgram(async () => {});
const scripts = new Map(shells.map((shell) => [shell, completionScript(shell, program)]));
const bashScript = scripts.get("bash") ?? "";

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const typed = ["quorate-wallet", ...words].map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _quorate_wallet
for reply in "\${COMPREPLY[@]}"; do echo "$reply"; done`;
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", `${bashScript}\n${ask}`], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

test("bash registers the script for the command", () => {
  const { stdout } = spawnSync(
    "bash",
    ["--norc", "-c", `${bashScript}\ncomplete -p quorate-wallet`],
    {
      encoding: "utf8",
    },
  );
  expect(stdout.trim()).toBe("complete -o default -F _quorate_wallet quorate-wallet");
});

test("an empty word offers every command", () => {
  expect(offered("")).toEqual(program.commands.map((command) => command.name()));
});

test.each([
  [["sw"], ["swap"]],
  [
    ["tx", "s"],
    ["show", "sign", "send"],
  ],
  [["tx", "build", "m"], ["mint"]],
  [
    ["completion", ""],
    ["bash", "zsh", "fish"],
  ],
  [
    ["--node", "http://127.0.0.1:1", "rec"],
    ["receipt", "record"],
  ],
  [
    ["--node", "tx", "rec"],
    ["receipt", "record"],
  ],
])("%j offers %j", (words, expected) => {
  expect(offered(...words).toSorted()).toEqual(expected.toSorted());
});

test("options of the command and those of all commands are offered after a dash, and others are not", () => {
  const options = offered("tx", "sign", "-");
  expect(options).toEqual(
    expect.arrayContaining(["--key", "--out", "--offline", "--home", "--json", "--help"]),
  );
  expect(options).not.toContain("--threshold");
  expect(offered("policy", "set", "--th")).toEqual(["--threshold"]);
});

test("after an option that takes a value nothing but files is offered", () => {
  expect(offered("send", "--from", "")).toEqual([]);
  expect(offered("receipt", "verify", "")).toEqual([]);
});

test("every command and option of the program is in every script", () => {
  const names = (command: typeof program): readonly string[] => [
    command.name(),
    ...command.options.flatMap(({ long }) => (long == null ? [] : [long.replace(/^--/, "")])),
    ...command.commands.flatMap((each) => names(each as typeof program)),
  ];
  for (const script of scripts.values()) {
    for (const name of names(program)) expect(script).toContain(name);
  }
});

const isInstalled = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;

test.each(shells.filter(isInstalled))("%s finds no error in its script", (shell) => {
  const { status, stderr } = spawnSync(shell, ["-n"], {
    input: scripts.get(shell) ?? "",
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

/**
 * Shell completion as it is installed: bash reads what the commands print, and completes with it.
 * @module
 */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { runQuorate } from "./support/local-net.ts";
import { WalletHome } from "./wallet/wallet-home.ts";

function offered(script: string, command: string, ...words: readonly string[]): readonly string[] {
  const typed = [command, ...words].map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _${command.replace("-", "_")}
for reply in "\${COMPREPLY[@]}"; do echo "$reply"; done`;
  const { stderr, stdout } = spawnSync("bash", ["--norc", "-c", `${script}\n${ask}`], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

test("bash completes quorate with the script that quorate prints", async () => {
  const { code, stdout } = await runQuorate("completion", "bash");
  expect(code).toBe(0);
  expect(offered(stdout, "quorate", "netw")).toEqual(["network"]);
  expect(offered(stdout, "quorate", "network", "res")).toEqual(["resume", "restart"]);
  expect(offered(stdout, "quorate", "network", "pa")).toEqual(["pause", "partition"]);
  expect(offered(stdout, "quorate", "network", "partition", "--")).toContain("--for");
  expect(offered(stdout, "quorate", "query", "--he")).toEqual(["--help"]);
});

test("bash completes quorate-wallet with the script that quorate-wallet prints", async () => {
  const home = new WalletHome("/nowhere");
  const script = await home.text(["completion", "bash"]);
  expect(offered(script, "quorate-wallet", "tx", "build", "se")).toEqual(["send"]);
  const json = await home.json(["completion", "bash"]);
  expect(json.data.script.trim()).toBe(script.trim());
  const other = await home.json(["completion", "powershell"]);
  expect(other).toMatchObject({ exit: 2, error: { code: "usage" } });
  home.dispose();
});

/**
 * A local network for a benchmark: the real command, real processes, a folder of its own that is removed afterwards.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../bin/quorate.js", import.meta.url));

export interface BenchNetwork {
  readonly urls: readonly string[];
  readonly pids: readonly number[];
  readonly dir: string;
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;

/** Starts the network and resolves when it says that it is ready. */
export async function startBenchNetwork(nodes: number, basePort: number): Promise<BenchNetwork> {
  const dir = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  const args = ["network", "up", "--dir", dir, "--nodes", `${nodes}`, "--base-port", `${basePort}`];
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await readiness(child);
  } catch (error) {
    child.kill("SIGTERM");
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
  const file = JSON.parse(readFileSync(join(dir, "network.json"), "utf8")) as {
    readonly nodes: readonly { readonly http: string; readonly pid: number }[];
  };
  return {
    urls: file.nodes.map(({ http }) => http.replace(/\/+$/, "")),
    pids: file.nodes.map(({ pid }) => pid),
    dir,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function readiness(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the network did not start")), startTimeoutMs);
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (!/^ready/m.test(text)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once("exit", (code) => reject(new Error(`the network ended with code ${code}`)));
  });
}

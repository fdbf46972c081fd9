/**
 * A node of a test build: the program as it is, with some text of it replaced while it is loaded. The program itself
 * has no hook for that: Node is told to load the patches first.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Patch } from "../../simulation/mutants/mutant.ts";
import { isAlive, repository, untilGone } from "./local-net.ts";

const dist = join(repository, "dist/");
const patching = pathToFileURL(join(dist, "test/simulation/mutants/patching.js")).href;

export class PatchedNode {
  readonly #child: ChildProcess;
  #said = "";

  constructor(home: string, patches: readonly Patch[]) {
    const data = { root: pathToFileURL(dist).href, patches };
    const loader = `import { register } from "node:module";
register(${JSON.stringify(patching)}, { data: ${JSON.stringify(data)} });`;
    const first = `--import=data:text/javascript,${encodeURIComponent(loader)}`;
    this.#child = spawn(
      process.execPath,
      [first, join(dist, "node/main.js"), "start", "--home", home, "--stop-with-stdin"],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    const heard = (chunk: unknown): void => {
      this.#said = (this.#said + String(chunk)).slice(-10_000);
    };
    this.#child.stdout?.on("data", heard);
    this.#child.stderr?.on("data", heard);
  }

  /** What it has logged last. */
  get said(): string {
    return this.#said;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async stop(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined || !isAlive(pid)) return;
    this.#child.kill("SIGTERM");
    await untilGone(pid);
  }
}

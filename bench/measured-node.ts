/**
 * A node as a process of its own whose memory can be told: Node's inspector asks it to collect
 * what it does not need, and then what is left.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { WebSocket } from "ws";

/** Bytes after a full collection. */
export interface HeldMemory {
  readonly heap: number;
  /** Buffers and the like, which lie outside the heap. */
  readonly outside: number;
  /** Of the whole process: the database's caches, stacks, and room that the heap keeps for later. */
  readonly resident: number;
}

const startMsMax = 30_000;
const measuring: readonly string[] = ["--expose-gc", "--inspect=127.0.0.1:0"];
/** As `network up` starts its nodes. */
const heapFlags: readonly string[] = ["--max-semi-space-size=32"];

export class MeasuredNode {
  /** Base URL of its HTTP interface, without a slash at its end. */
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #inspector: WebSocket;
  #asked = 0;

  private constructor(child: ChildProcess, inspector: WebSocket, url: string) {
    this.#child = child;
    this.#inspector = inspector;
    this.url = url;
  }

  /**
   * Resolves when it answers.
   * @param main the program: dist/node/main.js.
   */
  static async start(main: string, home: string): Promise<MeasuredNode> {
    const flags = ["start", "--home", home, "--stop-with-stdin", "--json", "--log-level", "warn"];
    const args = [...heapFlags, ...measuring, main, ...flags];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
    try {
      const [inspectorUrl, text] = await Promise.all([
        saying(child, "stderr", /Debugger listening on (\S+)/),
        saying(child, "stdout", /"http":\s*"([^"]+?)\/?"/),
      ]);
      const inspector = new WebSocket(inspectorUrl);
      await once(inspector, "open");
      return new MeasuredNode(child, inspector, text);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  async memory(): Promise<HeldMemory> {
    // At once, so that nothing new is made between. What the first has freed may be all that held something else.
    const expression = "gc(); gc(); JSON.stringify(process.memoryUsage())";
    const { result } = await this.#ask("Runtime.evaluate", { expression, returnByValue: true });
    const { heapUsed, external, rss } = JSON.parse(String(result?.value)) as NodeJS.MemoryUsage;
    return { heap: heapUsed, outside: external, resident: rss };
  }

  async stop(): Promise<void> {
    this.#inspector.terminate();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }

  async #ask(method: string, params: object): Promise<Told> {
    this.#asked += 1;
    const id = this.#asked;
    const left = new AbortController();
    const { signal } = left;
    const gone = once(this.#inspector, "close", { signal }).then((): never => {
      throw new Error("the node is gone");
    });
    gone.catch(() => undefined); // It is, or it was not and nobody waits any more.
    this.#inspector.send(JSON.stringify({ id, method, params }));
    try {
      for (;;) {
        const [message] = await Promise.race([once(this.#inspector, "message", { signal }), gone]);
        const told = JSON.parse(String(message)) as { readonly id?: number; readonly result: Told };
        if (told.id === id) return told.result;
      }
    } finally {
      left.abort();
    }
  }
}

interface Told {
  readonly result?: { readonly value?: unknown };
}

/** Resolves with what stands at the pattern's first group, once the process has said it. */
function saying(child: ChildProcess, where: "stdout" | "stderr", pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(
      () => reject(new Error(`the node did not start: ${said}`)),
      startMsMax,
    );
    child[where]?.setEncoding("utf8").on("data", (chunk: string) => {
      said = (said + chunk).slice(-10_000);
      const found = pattern.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the node ended with code ${code}: ${said}`));
    });
  });
}

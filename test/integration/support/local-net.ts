/**
 * A local network for tests: real processes in a folder and on ports of their own, and no trace of them afterwards.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const repository: string = resolve(import.meta.dirname, "../../..");
/** What bin/quorate.js starts once it is built; support/build.ts has seen to that. */
const quorate = join(repository, "dist/node/main.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NetworkJson {
  readonly chainId: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly http: string;
    readonly p2p: string;
    readonly pid: number | null;
    readonly home: string;
  }[];
  readonly accounts: readonly { readonly name: string; readonly address: string }[];
}

export interface UpEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Runs `quorate` to its end. */
export function runQuorate(...args: readonly string[]): Promise<Ended> {
  return collect(
    spawn(process.execPath, [quorate, ...args], { stdio: ["ignore", "pipe", "pipe"] }),
  );
}

/** The object that a command with --json prints, with its exit code. */
export async function askQuorate(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly answer: Answer }> {
  const { code, stdout } = await runQuorate(...args, "--json");
  return { code, answer: JSON.parse(stdout) as Answer };
}

interface Answer {
  readonly ok: boolean;
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly fix: string };
}

function collect(child: ChildProcess): Promise<Ended> {
  return new Promise((settle) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (chunk) => {
      stdout += String(chunk);
    });
    child.stderr?.on("data", (chunk) => {
      stderr += String(chunk);
    });
    child.on("close", (code) => settle({ code, stdout, stderr }));
  });
}

export class LocalNet {
  readonly dir: string;
  readonly basePort: number;
  readonly events: UpEvent[] = [];
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #pids = new Set<number>();
  readonly #waiting = new Set<() => void>();

  private constructor(dir: string, basePort: number, flags: readonly string[]) {
    this.dir = dir;
    this.basePort = basePort;
    const ports = ["--base-port", String(basePort)];
    const args = [quorate, "network", "up", "--json", "--dir", dir, ...ports, ...flags];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.ended = collect(this.#child);
    let rest = "";
    this.#child.stdout?.on("data", (chunk) => {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#heard(line);
    });
    void this.ended.then(() => this.#wake());
  }

  /** Starts it and resolves when it says that it is ready. Rejects with what it said when it ends before. */
  static async start(
    options: { readonly dir?: string; readonly basePort?: number; readonly flags?: string[] } = {},
  ): Promise<LocalNet> {
    const dir = options.dir ?? temporaryDir();
    const net = new LocalNet(dir, options.basePort ?? (await freeBasePort()), options.flags ?? []);
    await net.event("ready");
    return net;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get network(): NetworkJson {
    const network = JSON.parse(readFileSync(join(this.dir, "network.json"), "utf8")) as NetworkJson;
    for (const { pid } of network.nodes) if (pid !== null) this.#pids.add(pid);
    return network;
  }

  /** The first event of that name that has been or will be heard. */
  async event(name: string): Promise<UpEvent> {
    let isOver = false;
    void this.ended.then(() => {
      isOver = true;
    });
    for (;;) {
      const found = this.events.find(({ event }) => event === name);
      if (found !== undefined) return found;
      if (isOver) {
        const { stdout, stderr } = await this.ended;
        throw new Error(`the network ended without "${name}":\n${stdout}${stderr}`);
      }
      await new Promise<void>((wake) => this.#waiting.add(wake));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends whatever still runs; `keep` leaves the folder for another start. */
  async dispose({ keep = false }: { readonly keep?: boolean } = {}): Promise<void> {
    if (existsSync(join(this.dir, "network.json"))) void this.network;
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.signal("SIGTERM");
    await this.ended;
    for (const pid of this.#pids) if (isAlive(pid)) await untilGone(pid);
    if (!keep) rmSync(this.dir, { recursive: true, force: true });
  }

  #heard(line: string): void {
    const { data } = JSON.parse(line) as { readonly data?: UpEvent };
    if (data !== undefined) this.events.push(data);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

export const temporaryDir = (): string => mkdtempSync(join(tmpdir(), "quorate-net-"));

/** A base port with room for eight nodes, P2P and HTTP, that nobody uses now. */
export async function freeBasePort(): Promise<number> {
  for (;;) {
    const base = 20_000 + 16 * Math.floor(Math.random() * 400);
    const ports = Array.from({ length: 8 }, (_, i) => [base + i, base + 1_000 + i]).flat();
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", () => settle(false));
    server.listen(port, "127.0.0.1", () => server.close(() => settle(true)));
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves with the milliseconds that it took. */
export async function untilGone(pid: number): Promise<number> {
  return await until(`process ${pid} is gone`, 20_000, async () => !isAlive(pid));
}

/** Asks again and again until it is so; rejects with the sentence when the time is over. */
export async function until(
  sentence: string,
  timeoutMs: number,
  isSo: () => Promise<boolean>,
): Promise<number> {
  const start = performance.now();
  for (;;) {
    if (await isSo()) return performance.now() - start;
    if (performance.now() - start > timeoutMs)
      throw new Error(`not within ${timeoutMs} ms: ${sentence}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function getJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return (await response.json()) as Record<string, unknown>;
}

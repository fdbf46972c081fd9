/**
 * One node of a local network as a process of its own: started, watched, stopped, killed, never started by itself.
 *
 * The child is given a pipe as stdin, hears its steering there, and stops when it closes: so it does not outlive this
 * process, even if that is killed. It has a process group of its own, so that a Ctrl-C in the terminal reaches it through us only.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { NodeId } from "../../src/protocol/ids.ts";
import { loadHome } from "../home.ts";
import { fetchReadiness, localClient, pollUntil } from "./readiness.ts";
import { formatSteering, type Steering } from "./steering.ts";
import { wakeOnOurDeath } from "./wake-on-our-death.ts";

export interface NodeSpec {
  readonly index: number;
  readonly name: string;
  /** Base URL of its HTTP interface. */
  readonly http: string;
  /** `host:port` of its peer address. */
  readonly p2p: string;
  readonly home: string;
}

export type NodeState =
  | { readonly kind: "running"; readonly pid: number }
  /** Stopped in its tracks: it holds its files and sockets, and does nothing. */
  | { readonly kind: "paused"; readonly pid: number }
  | { readonly kind: "down"; readonly reason: string };

/** What came of waiting for a node to become ready. */
export type Wait =
  | { readonly kind: "ready" }
  | { readonly kind: "down"; readonly reason: string }
  | { readonly kind: "late"; readonly reason: string };

const stopMsMax = 4_000;
const logBytesMax = 8 * 1024 * 1024;
const lastWordsBytes = 4_096;

/**
 * Room for a burst of transactions to die young in. With V8's own 16 MiB most of them grow old first, and a loaded node
 * spends a quarter of its time on collecting them.
 */
const heapFlags: readonly string[] = ["--max-semi-space-size=32"];

export class NodeProcess {
  readonly spec: NodeSpec;
  readonly #onChange: () => void;
  readonly #steering: () => Steering;
  #child: ChildProcess | undefined;
  #state: NodeState = { kind: "down", reason: "not started" };
  #exited: Promise<void> = Promise.resolve();
  #nodeId: NodeId | undefined;
  /** While it is paused: takes the guard off that would wake it. */
  #unguard: () => void = () => {};

  /**
   * `onChange` is called when the process has started and when it has ended, by whatever cause. `steering` says what the
   * node is to know now.
   */
  constructor(spec: NodeSpec, onChange: () => void, steering: () => Steering) {
    this.spec = spec;
    this.#onChange = onChange;
    this.#steering = steering;
  }

  get state(): NodeState {
    return this.#state;
  }

  get pid(): number | null {
    return this.#state.kind === "down" ? null : this.#state.pid;
  }

  /** Its name among its peers; undefined while its home cannot be read. */
  async nodeId(): Promise<NodeId | undefined> {
    this.#nodeId ??= await loadHome(this.spec.home).then(
      ({ identity }) => identity.nodeId,
      () => undefined,
    );
    return this.#nodeId;
  }

  start(): void {
    if (this.#state.kind !== "down") return;
    const log = openLog(this.#logPath);
    const main = fileURLToPath(new URL("../main.js", import.meta.url));
    const child = spawn(
      process.execPath,
      [...heapFlags, main, "start", "--home", this.spec.home, "--steered"],
      { stdio: ["pipe", log, log], detached: true },
    );
    closeSync(log);
    child.stdin?.on("error", () => {}); // It has ended: its exit says so.
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      const end = (reason: string): void => {
        if (this.#child !== child) return;
        this.#child = undefined;
        this.#state = { kind: "down", reason };
        this.#unguard();
        this.#onChange();
        resolve();
      };
      child.on("error", (error) => {
        if (child.pid === undefined) end(error.message); // Otherwise it lives on: a signal could not be sent.
      });
      child.once("exit", (code, signal) => end(this.#reasonOf(code, signal)));
    });
    if (child.pid === undefined) return; // "error" follows.
    this.steer();
    this.#state = { kind: "running", pid: child.pid };
    this.#onChange();
  }

  /** Tells the node its steering, as it is now. A paused one hears it when it goes on, one that is down when it starts. */
  steer(): void {
    const stdin = this.#child?.stdin;
    if (stdin?.writable !== true) return;
    // What a paused node has not read yet is overtaken: only the last of it counts.
    if (stdin.writableNeedDrain) this.#steerOnDrain(stdin);
    else stdin.write(formatSteering(this.#steering()));
  }

  #steerOnDrain(stdin: Writable): void {
    if (stdin.listenerCount("drain") === 0) stdin.once("drain", () => this.steer());
  }

  /** Resolves when the node says that it is ready, when it is gone, or when the time is over. */
  async untilReady(timeoutMs: number): Promise<Wait> {
    let wait: Wait = { kind: "late", reason: "it has not answered yet" };
    await pollUntil(async () => {
      const { ready, reason } = await fetchReadiness(this.spec.http);
      const stranger = ready ? await this.#stranger() : undefined;
      if (this.#state.kind === "down") wait = this.#state;
      else if (ready && stranger === undefined) wait = { kind: "ready" };
      else wait = { kind: "late", reason: stranger ?? reason };
      return wait.kind !== "late";
    }, timeoutMs);
    return wait;
  }

  /** Why what answers on its port is not this node; undefined when it is. */
  async #stranger(): Promise<string | undefined> {
    const [own, status] = await Promise.all([this.nodeId(), localClient(this.spec.http).status()]);
    if (!status.ok) return "what answers on its port is no node, or is slow";
    const isOther = own !== undefined && status.value.nodeId !== own;
    return isOther ? "another node answers on its port" : undefined;
  }

  /** SIGTERM, and SIGKILL when that has not helped in time. Resolves when the process is gone. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.kill("SIGCONT"); // A paused process would not hear the rest.
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
    await this.#exited;
    clearTimeout(timer);
  }

  /** SIGKILL, as a power cut would. Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#exited;
  }

  /** SIGSTOP: as a machine that hangs, or that sleeps. It is woken when this process dies, so that it ends as well. */
  pause(): void {
    if (this.#state.kind !== "running") return;
    this.#unguard = wakeOnOurDeath(this.#state.pid);
    this.#child?.kill("SIGSTOP");
    this.#state = { kind: "paused", pid: this.#state.pid };
    this.#onChange();
  }

  /** SIGCONT. */
  resume(): void {
    if (this.#state.kind !== "paused") return;
    this.#child?.kill("SIGCONT");
    this.#unguard();
    this.#state = { kind: "running", pid: this.#state.pid };
    this.#onChange();
  }

  get #logPath(): string {
    return join(this.spec.home, "node.log");
  }

  #reasonOf(code: number | null, signal: NodeJS.Signals | null): string {
    if (signal !== null) return `ended by ${signal}`;
    if (code === 0) return "stopped";
    return `exit code ${code}: ${lastWords(this.#logPath)}`;
  }
}

/** Appends to the log; the previous one is kept beside it when it has grown large. */
function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > logBytesMax) renameSync(path, `${path}.1`);
  return openSync(path, "a", 0o600);
}

/** What the process said last: its error with what to do about it, or else its last line. */
function lastWords(logPath: string): string {
  let log: Buffer;
  try {
    log = readFileSync(logPath);
  } catch {
    return `its log is gone (${logPath})`;
  }
  const lines = log.subarray(-lastWordsBytes).toString("utf8").trim().split("\n");
  const error = lines.findLastIndex((line) => line.startsWith("error "));
  const said = error < 0 ? lines.slice(-1) : lines.slice(error);
  return `${said.map((line) => line.trim()).join(" ")} (see ${logPath})`;
}

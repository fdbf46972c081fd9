/**
 * LocalNetwork: the nodes of one folder while they run, and the file that tells the wallet where they are.
 *
 * It starts a node only when it is told to. network.json appears when every node is ready (or is known to be down)
 * and is replaced, never edited, after each change.
 * @module
 */
import type { LocalNodeCommand } from "../../src/api/local-json.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import type { NodeProcess, Wait } from "./node-process.ts";
import { type Groups, mayReach } from "./partition.ts";
import { hasPeers, pollUntil } from "./readiness.ts";

export interface NetworkMember {
  readonly name: string;
  readonly http: string;
  readonly p2p: string;
  readonly pid: number | null;
  readonly home: string;
}

export interface MemberStatus extends NetworkMember {
  readonly state: "running" | "paused" | "down";
  /** Why it is down. */
  readonly reason: string | null;
}

const restartMsMax = 30_000;
const waitStepMs = 10_000;
const linkMsMax = 5_000;

export class LocalNetwork {
  readonly #nodes: NodeProcess[];
  readonly #publish: (members: readonly NetworkMember[]) => void;
  readonly #busy = new Set<number>();
  #isPublic = false;
  #groups: Groups | undefined;
  #stopping: Promise<void> | undefined;

  /** `publish` writes network.json. */
  constructor(nodes: readonly NodeProcess[], publish: (members: readonly NetworkMember[]) => void) {
    this.#nodes = [...nodes];
    this.#publish = publish;
  }

  get nodes(): readonly NodeProcess[] {
    return this.#nodes;
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Of the partition; undefined while every node may reach every other. */
  get groups(): Groups | undefined {
    return this.#groups;
  }

  /** Cuts the links between these groups, or heals them all, as soon as the nodes hear of it. */
  partition(groups: Groups | undefined): void {
    this.#groups = groups;
    for (const node of this.nodes) node.steer();
  }

  /** To be called by whoever watches the processes, after each change of one. */
  changed(): void {
    if (this.#isPublic) this.#publish(this.members());
  }

  members(): readonly NetworkMember[] {
    return this.nodes.map(({ spec, pid }) => ({
      name: spec.name,
      http: spec.http,
      p2p: spec.p2p,
      pid,
      home: spec.home,
    }));
  }

  status(): readonly MemberStatus[] {
    return this.members().map((member, index) => {
      const state = this.nodes[index]?.state;
      const reason = state?.kind === "down" ? state.reason : null;
      return { ...member, state: state?.kind ?? "down", reason };
    });
  }

  /**
   * Starts all nodes and resolves when each is ready or down, having published. `tell` hears every few seconds what
   * is still waited for.
   */
  async start(tell: (waiting: string) => void): Promise<readonly Wait[]> {
    for (const node of this.nodes) node.start();
    const waits = await Promise.all(this.nodes.map((node) => this.#untilSettled(node, tell)));
    await this.#untilLinked(this.nodes);
    if (!this.isStopping) this.#isPublic = true;
    this.changed();
    return waits;
  }

  /** Takes one more node, starts it, and resolves when it is ready or says why it is not. */
  async add(node: NodeProcess): Promise<MemberStatus & { readonly ready: boolean }> {
    const index = this.#nodes.length;
    this.#nodes.push(node);
    for (const other of this.nodes) other.steer(); // Its page may steer, too.
    return await this.restart(index);
  }

  async pause(index: number): Promise<MemberStatus> {
    const node = this.require(index, "pause");
    return await this.#alone(index, async () => node.pause());
  }

  async resume(index: number): Promise<MemberStatus> {
    const node = this.require(index, "resume");
    return await this.#alone(index, async () => node.resume());
  }

  async kill(index: number): Promise<MemberStatus> {
    const node = this.require(index, "kill");
    return await this.#alone(index, async () => await node.kill());
  }

  /** Stops the node if it runs, starts it, and resolves when it is ready or says why it is not. */
  async restart(index: number): Promise<MemberStatus & { readonly ready: boolean }> {
    const node = this.require(index, "restart");
    let wait: Wait = { kind: "ready" };
    const status = await this.#alone(index, async () => {
      await node.stop();
      if (this.isStopping) return;
      node.start();
      wait = await node.untilReady(restartMsMax);
      await this.#untilLinked([node]);
    });
    return answerOf(index, status, wait);
  }

  /** Stops every node; resolves when all are gone. */
  stop(): Promise<void> {
    this.#stopping ??= Promise.all(this.nodes.map((node) => node.stop())).then(() => {});
    return this.#stopping;
  }

  /** At once and without farewell. */
  killAll(): void {
    for (const node of this.nodes) void node.kill();
  }

  async #untilSettled(node: NodeProcess, tell: (waiting: string) => void): Promise<Wait> {
    for (;;) {
      const wait = await node.untilReady(waitStepMs);
      if (wait.kind !== "late" || this.isStopping) return wait;
      tell(`${node.spec.name} is not ready yet: ${wait.reason}`);
    }
  }

  /** Waits a moment for the links among running nodes, so that the first payment is as fast as the next. */
  async #untilLinked(nodes: readonly NodeProcess[]): Promise<void> {
    const reached = ({ spec }: NodeProcess): number =>
      this.nodes.filter(
        (other) =>
          other.state.kind === "running" && mayReach(this.#groups, spec.index, other.spec.index),
      ).length;
    const isLinked = async (node: NodeProcess): Promise<boolean> =>
      node.state.kind !== "running" ||
      this.isStopping ||
      (await hasPeers(node.spec.http, reached(node) - 1));
    await Promise.all(nodes.map((node) => pollUntil(() => isLinked(node), linkMsMax)));
  }

  /** The node, if this can be done to it now; otherwise throws the Refusal that the command would throw. */
  require(index: number, command: LocalNodeCommand): NodeProcess {
    const node = this.nodes[index];
    if (node !== undefined) {
      const { state } = node;
      if (command !== "restart" && state.kind === "down") throw nodeDown(index, state.reason);
      return node;
    }
    throw new Refusal({
      code: "node_unknown",
      message: `there is no node ${index}`,
      fix: `Give a number from 0 to ${this.nodes.length - 1}.`,
      exitCode: exitCodes.notFound,
    });
  }

  /** Two commands never change one node at the same time. */
  async #alone(index: number, change: () => Promise<void>): Promise<MemberStatus> {
    if (this.#busy.has(index) || this.isStopping) {
      throw new Refusal({
        code: "node_busy",
        message: `node ${index} is being started or stopped by another command`,
        fix: "Wait for that command, then repeat this one.",
      });
    }
    this.#busy.add(index);
    try {
      await change();
    } finally {
      this.#busy.delete(index);
    }
    const status = this.status()[index];
    if (status === undefined) throw new RangeError(`no node ${index}`);
    return status;
  }
}

const nodeDown = (index: number, reason: string): Refusal =>
  new Refusal({
    code: "node_down",
    message: `node ${index} is down already (${reason})`,
    fix: `Start it with: quorate network restart ${index}`,
  });

function answerOf(
  index: number,
  status: MemberStatus,
  wait: Wait,
): MemberStatus & { readonly ready: boolean } {
  if (wait.kind !== "down")
    return { ...status, ready: wait.kind === "ready", reason: whyNot(wait) };
  throw new Refusal({
    code: "node_failed",
    message: `node ${index} did not start: ${wait.reason}`,
    fix: "Mend what its log names, then restart it.",
  });
}

const whyNot = (wait: Wait): string | null => (wait.kind === "ready" ? null : wait.reason);

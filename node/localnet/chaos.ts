/**
 * Chaos on a local network: does one thing to it, watches what comes of that, and remembers the verdict.
 *
 * One action at a time for each node, and one partition or healing at a time; a partition that was given a time heals by
 * itself, and every partition ends with the network.
 * @module
 */
import type {
  LocalActionJson,
  LocalNodeJson,
  LocalNodesJson,
  LocalPartitionJson,
  LocalVerdictJson,
} from "../../src/api/local-json.ts";
import type { NodeId } from "../../src/protocol/ids.ts";
import { Refusal, refusalOf } from "../refusal.ts";
import { isGrowing } from "./add-node.ts";
import { Agreement, type Comparison } from "./agreement.ts";
import type { Order } from "./control-protocol.ts";
import type { LocalNetwork, MemberStatus } from "./local-network.ts";
import { completeGroups, type Groups, groupOf, mayReach } from "./partition.ts";
import { PartitionEnds } from "./partition-ends.ts";
import { within } from "./readiness.ts";
import { lookAt, type SeenNode } from "./sight.ts";
import type { Steering } from "./steering.ts";
import { type Watched, watch } from "./watch.ts";

export interface Outcome extends Watched {
  /** The node that it was about. */
  readonly member: (MemberStatus & { readonly ready?: boolean }) | undefined;
}

interface Begun {
  readonly action: LocalActionJson;
  readonly outcome: Promise<Outcome>;
}

interface Look {
  readonly seen: readonly SeenNode[];
  readonly agreeing: Comparison["agreeing"];
}

const verdictsMax = 10;
/** A look at all nodes serves whoever asks within this time. */
const lookMsMax = 250;
const compareMsMax = 500;

export class Chaos {
  readonly #network: LocalNetwork;
  readonly #controlSocket: string;
  readonly #tell: (verdict: LocalVerdictJson) => void;
  readonly #agreement = new Agreement();
  readonly #nodeIds = new Map<number, NodeId>();
  readonly #underWay = new Set<LocalActionJson>();
  readonly #ends = new PartitionEnds();
  #verdicts: readonly LocalVerdictJson[] = [];
  #partition: (LocalPartitionJson & { readonly number: number }) | undefined;
  #healing: NodeJS.Timeout | undefined;
  #actions = 0;
  #look: { readonly atMs: number; readonly taken: Promise<Look> } | undefined;

  /** `tell` hears every verdict. */
  constructor(
    network: LocalNetwork,
    controlSocket: string,
    tell: (verdict: LocalVerdictJson) => void,
  ) {
    this.#network = network;
    this.#controlSocket = controlSocket;
    this.#tell = tell;
  }

  /** What a node is to know now. */
  steeringOf(index: number): Steering {
    const { nodes, groups } = this.#network;
    const others = nodes.map(({ spec }) => spec.index);
    return {
      controlSocket: this.#controlSocket,
      pages: nodes.map(({ spec }) => spec.http),
      cutOff: others
        .filter((other) => !mayReach(groups, index, other))
        .flatMap((other) => this.#nodeIds.get(other) ?? []),
    };
  }

  /** What is said of the nodes is never older than the verdicts beside it. */
  async view(): Promise<LocalNodesJson> {
    const verdicts = this.#verdicts;
    const { seen, agreeing } = await this.#sharedLook();
    return {
      nodes: seen.map((node) => this.#nodeJson(node, agreeing.get(node.index) ?? null)),
      partition: this.#partitionJson,
      action: this.#actionOn(null) ?? null,
      verdicts,
    };
  }

  /**
   * Begins it, or throws the Refusal that says why it cannot be done. The outcome never rejects; what did not work is
   * in its verdict. `delayMs`: time for whoever asked to be answered, where it is about the node that answers.
   */
  begin(order: Order, delayMs = 0): Begun {
    const action = this.#actionOf(order);
    this.#underWay.add(action);
    const outcome = this.#carryOut(action, order, delayMs).finally(() => {
      this.#underWay.delete(action);
    });
    return { action, outcome };
  }

  /** Resolves with the verdict on the healing of the partition that the action of this number made. */
  async healed(number: number): Promise<Watched> {
    return await this.#ends.of(number);
  }

  /** A partition is being made or judged. */
  get isCutting(): boolean {
    return [...this.#underWay].some(({ command }) => command === "partition");
  }

  stop(): void {
    clearTimeout(this.#healing);
    this.#ends.stop();
  }

  #actionOf(order: Order): LocalActionJson {
    const node = "node" in order ? order.node : null;
    if (node !== null && order.command !== "heal" && order.command !== "partition") {
      this.#network.require(node, order.command);
    }
    const groups = order.command === "partition" ? this.#complete(order.groups) : null;
    if (groups !== null && isGrowing(this.#network)) throw growing();
    if (this.#actionOn(node) !== undefined || this.#network.isStopping) throw busy(node);
    this.#actions += 1;
    const { command } = order;
    return { number: this.#actions, command, node, groups, startedMs: Date.now() };
  }

  #complete(groups: Groups): Groups {
    const complete = completeGroups(groups, this.#network.nodes.length);
    if (complete.ok) return complete.value;
    throw new Refusal({
      code: "groups_invalid",
      message: complete.reason,
      fix: "Name each node at most once; those that are left out are one more group.",
    });
  }

  async #carryOut(action: LocalActionJson, order: Order, delayMs: number): Promise<Outcome> {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const beganMs = performance.now();
    const needless = this.#whyNeedless(order);
    let member: Outcome["member"];
    let failure: LocalVerdictJson["failure"] = null;
    try {
      member = await this.#do(action, order);
    } catch (error) {
      const { code, message, fix } = refusalOf(error);
      failure = { code, message, fix };
    }
    const watched = await watch({
      network: this.#network,
      agreement: this.#agreement,
      ...{ action, failure, needless, beganMs },
    });
    this.#look = undefined;
    this.#verdicts = [watched.verdict, ...this.#verdicts].slice(0, verdictsMax);
    if (!this.#network.isStopping) this.#tell(watched.verdict);
    if (action.command === "heal") this.#ends.healed(watched);
    return { ...watched, member };
  }

  async #do(action: LocalActionJson, order: Order): Promise<Outcome["member"]> {
    switch (order.command) {
      case "kill":
      case "pause":
      case "resume":
      case "restart":
        return await this.#network[order.command](order.node);
      case "partition":
        return await this.#cut(action, order.forMs);
      case "heal":
        return this.#heal();
    }
  }

  /** What is done already recovers from nothing. */
  #whyNeedless(order: Order): string | undefined {
    if (order.command === "heal") {
      return this.#network.groups === undefined ? "nothing was cut" : undefined;
    }
    if (order.command !== "resume") return undefined;
    const node = this.#network.nodes[order.node];
    return node?.state.kind === "running" ? `${node.spec.name} was not paused` : undefined;
  }

  async #cut({ number, groups }: LocalActionJson, forMs: number | null): Promise<undefined> {
    if (groups === null) return;
    clearTimeout(this.#healing); // An earlier partition's: from here on it must not heal this one.
    await this.#learnNodeIds();
    this.#ends.began(number);
    const sinceMs = Date.now();
    const healsAtMs = forMs === null ? null : sinceMs + forMs;
    this.#partition = { number, groups, sinceMs, healsAtMs };
    this.#network.partition(groups);
    if (forMs !== null) this.#healing = setTimeout(() => this.#healByTime(), forMs);
  }

  #heal(): undefined {
    clearTimeout(this.#healing);
    this.#partition = undefined;
    this.#network.partition(undefined);
  }

  /** The time counts, not whether a verdict is still being found. */
  #healByTime(): void {
    if (this.#network.isStopping) return;
    this.#actions += 1;
    const startedMs = Date.now();
    const action = {
      number: this.#actions,
      command: "heal",
      node: null,
      groups: null,
      startedMs,
    } as const;
    this.#underWay.add(action);
    void this.#carryOut(action, { command: "heal" }, 0).finally(() => {
      this.#underWay.delete(action);
    });
  }

  /** A home that cannot be read is of a node that does not run. */
  async #learnNodeIds(): Promise<void> {
    for (const node of this.#network.nodes) {
      const nodeId = await node.nodeId();
      if (nodeId !== undefined) this.#nodeIds.set(node.spec.index, nodeId);
    }
  }

  async #sharedLook(): Promise<Look> {
    const nowMs = performance.now();
    if (this.#look === undefined || nowMs - this.#look.atMs > lookMsMax) {
      this.#look = { atMs: nowMs, taken: this.#takeLook() };
    }
    return await this.#look.taken;
  }

  async #takeLook(): Promise<Look> {
    const seen = await lookAt(this.#network.nodes);
    const comparing = this.#agreement.compare(seen).then(({ agreeing }) => agreeing);
    // Whoever is slow to compare is compared with nobody: a page waits only so long for the whole view.
    return { seen, agreeing: await within(comparing, compareMsMax, new Map()) };
  }

  #actionOn(node: number | null): LocalActionJson | undefined {
    return [...this.#underWay].find((action) => action.node === node);
  }

  get #partitionJson(): LocalPartitionJson | null {
    if (this.#partition === undefined) return null;
    const { groups, sinceMs, healsAtMs } = this.#partition;
    return { groups, sinceMs, healsAtMs };
  }

  #nodeJson(
    { index, name, http, state, reason, status }: SeenNode,
    agrees: boolean | null,
  ): LocalNodeJson {
    const groups = this.#partition?.groups;
    const silence = state === "running" && status === undefined ? "it does not answer" : null;
    return {
      ...{ index, name, http, state, reason: reason ?? silence, agrees },
      tip: status === undefined ? null : { height: status.tip.height, id: status.tip.id },
      voting: status?.voting ?? null,
      sync: status?.sync ?? null,
      peers: status?.peers ?? null,
      quorumAgeMs: status?.quorumAgeMs ?? null,
      group: groups === undefined ? null : (groupOf(groups, index) ?? null),
      action: this.#actionOn(index) ?? null,
    };
  }
}

const busy = (node: number | null): Refusal =>
  new Refusal({
    code: "node_busy",
    message:
      node === null
        ? "the network is being cut or healed by another command"
        : `node ${node} is being started, stopped or watched by another command`,
    fix: "Wait for that command, then repeat this one.",
  });

const growing = (): Refusal =>
  new Refusal({
    code: "node_busy",
    message: "a node is being added: it would belong to no part of a partition",
    fix: "Wait for that command, then repeat this one.",
  });

/**
 * What a running network does when it is told to, through control.sock.
 * @module
 */
import type { LocalNodeJson, LocalNodesJson } from "../../src/api/local-json.ts";
import { localActionRate } from "../../src/api/local-limits.ts";
import { TokenBucket } from "../../src/network/token-bucket.ts";
import { Refusal } from "../refusal.ts";
import { addNode } from "./add-node.ts";
import type { Chaos } from "./chaos.ts";
import type { ChaosRequest, ControlRequest } from "./control-protocol.ts";
import type { Layout } from "./layout.ts";
import type { LocalNetwork, MemberStatus } from "./local-network.ts";
import type { NodeProcess } from "./node-process.ts";
import { takePulse } from "./pulse.ts";
import type { Watched } from "./watch.ts";

/** A network with what it takes to give it one more node. */
export interface SteeredNetwork {
  readonly layout: Layout;
  readonly basePort: number;
  readonly network: LocalNetwork;
  readonly chaos: Chaos;
  readonly newProcess: (index: number) => NodeProcess;
}

/** One node: what runs, and what it says of itself. */
export type ShownNode = MemberStatus & Omit<LocalNodeJson, "state" | "reason" | "action">;

/** What a chaos command ends with. Of the node that it was about, its state stands beside the verdict. */
export interface ChaosAnswer extends Watched {
  readonly nodes: readonly ShownNode[];
}

/** Whoever asks through a node that is about to end is answered first. */
const farewellMs = 100;

export class ControlAnswers {
  readonly #rate = new TokenBucket(localActionRate, performance.now());
  readonly #requestStop: () => void;
  readonly #ended: Promise<void>;
  /** To be called when every node has ended: whoever asked for that is told then. */
  ended: () => void = () => {};
  #steered: SteeredNetwork | undefined;

  constructor(requestStop: () => void) {
    this.#requestStop = requestStop;
    this.#ended = new Promise((resolve) => {
      this.ended = resolve;
    });
  }

  /** To be called when the network has been made; before, it is said to be starting. */
  steer(steered: SteeredNetwork): void {
    this.#steered = steered;
  }

  /** The data of the answer. */
  async answer(request: ControlRequest): Promise<unknown> {
    if (request.command === "stop") {
      this.#requestStop();
      await this.#ended;
      return { stopped: true };
    }
    const steered = this.#steered;
    if (steered === undefined) throw starting();
    const { network, chaos } = steered;
    switch (request.command) {
      case "status": {
        const [pulse, { partition, verdicts }] = await Promise.all([
          takePulse(network.nodes),
          chaos.view(),
        ]);
        return { nodes: network.status(), pulse, partition, verdict: verdicts[0] ?? null };
      }
      case "add-node":
        if (network.groups !== undefined || chaos.isCutting) throw cut();
        return await addNode(steered);
      case "nodes":
        return await chaos.view();
      case "healed":
        return await ended(steered, await chaos.healed(request.number));
      default:
        return await this.#chaos(steered, request);
    }
  }

  async #chaos(steered: SteeredNetwork, request: ChaosRequest): Promise<unknown> {
    const { chaos } = steered;
    if (request.background === true) {
      if (!this.#rate.take(1, performance.now())) throw tooMany();
      return { action: chaos.begin(request, "node" in request ? farewellMs : 0).action };
    }
    const { member, ...watched } = await chaos.begin(request).outcome;
    const { failure } = watched.verdict;
    // That nodes contradict each other is worse than whatever could not be done.
    if (failure !== null && watched.verdict.safe !== false) throw new Refusal(failure);
    return { ...member, ...(await ended(steered, watched)) };
  }
}

async function ended(
  { network, chaos }: SteeredNetwork,
  { verdict, isLate }: Watched,
): Promise<ChaosAnswer> {
  const view: LocalNodesJson = await chaos.view();
  const members = network.status();
  const nodes = view.nodes.flatMap(({ action: _, ...node }) => {
    const member = members[node.index];
    return member === undefined ? [] : [{ ...node, ...member }];
  });
  return { nodes, verdict, isLate };
}

const starting = (): Refusal =>
  new Refusal({
    code: "network_starting",
    message: "the network is being made",
    fix: "Repeat the command in a moment.",
  });

const cut = (): Refusal =>
  new Refusal({
    code: "network_partitioned",
    message: "a node that is added to a partitioned network would belong to no part of it",
    fix: "Heal it first: quorate network heal",
  });

const tooMany = (): Refusal =>
  new Refusal({
    code: "rate_exceeded",
    message: `Up to ${localActionRate.perS} actions a second are taken.`,
    fix: "Wait a second.",
  });

/**
 * What a running network does when it is told to, through control.sock.
 * @module
 */
import { Refusal } from "../refusal.ts";
import { addNode } from "./add-node.ts";
import type { ControlRequest, NodeRequest } from "./control-protocol.ts";
import type { Layout } from "./layout.ts";
import type { LocalNetwork } from "./local-network.ts";
import type { NodeProcess } from "./node-process.ts";
import { takePulse } from "./pulse.ts";

/** A network with what it takes to give it one more node. */
export interface SteeredNetwork {
  readonly layout: Layout;
  readonly basePort: number;
  readonly network: LocalNetwork;
  readonly newProcess: (index: number) => NodeProcess;
}

/** The data of the answer. `steered` is undefined while the network is being made. */
export async function answer(
  request: ControlRequest,
  steered: SteeredNetwork | undefined,
  requestStop: () => void,
): Promise<unknown> {
  if (request.command === "stop") {
    requestStop();
    await steered?.network.stop();
    return { stopped: true };
  }
  if (steered === undefined) {
    throw new Refusal({
      code: "network_starting",
      message: "the network is being made",
      fix: "Repeat the command in a moment.",
    });
  }
  const { network } = steered;
  switch (request.command) {
    case "status":
      return { nodes: network.status(), pulse: await takePulse(network.nodes) };
    case "add-node":
      return await addNode(steered);
    default:
      return await steerNode(network, request);
  }
}

async function steerNode(network: LocalNetwork, request: NodeRequest): Promise<unknown> {
  switch (request.command) {
    case "kill":
      return await network.kill(request.node);
    case "pause":
      return await network.pause(request.node);
    case "resume":
      return await network.resume(request.node);
    case "restart":
      return await network.restart(request.node);
  }
}

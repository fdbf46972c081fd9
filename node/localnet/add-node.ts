/**
 * One more node for a running local network, made as another organisation would make it: by an invitation of a running
 * node and a join, with an operator of its own.
 * @module
 */
import { formatInvite } from "../../src/protocol/invite.ts";
import { loadHome } from "../home.ts";
import { checkInvite, createInvite } from "../invitation.ts";
import { joinNetwork } from "../join-network.ts";
import { Refusal } from "../refusal.ts";
import type { SteeredNetwork } from "./control-answers.ts";
import { addOperatorKey, nodeConfig } from "./create-network.ts";
import { localHost, nodeName, nodesMax, p2pPort } from "./layout.ts";
import type { MemberStatus } from "./local-network.ts";
import { requireFreePorts } from "./ports.ts";
import { localClient } from "./readiness.ts";

export type AddedNode = MemberStatus & { readonly index: number; readonly ready: boolean };

/** Networks that are being given a node. */
const growing = new WeakSet<object>();

export const isGrowing = (network: object): boolean => growing.has(network);

/** Makes its home, starts it, and resolves when it is ready or says why it is not. It votes for nothing. */
export async function addNode(steered: SteeredNetwork): Promise<AddedNode> {
  const { network } = steered;
  const index = network.nodes.length;
  if (growing.has(network) || network.isStopping) {
    throw new Refusal({
      code: "node_busy",
      message: "another node is being added",
      fix: "Wait for that command, then repeat this one.",
    });
  }
  if (index >= nodesMax) {
    throw new Refusal({
      code: "too_many_nodes",
      message: `a local network has at most ${nodesMax} nodes`,
      fix: "Start another network with --dir and --base-port.",
    });
  }
  growing.add(network);
  try {
    await makeHome(steered, index);
    return { index, ...(await network.add(steered.newProcess(index))) };
  } finally {
    growing.delete(network);
  }
}

async function makeHome(
  { layout, basePort, network }: SteeredNetwork,
  index: number,
): Promise<void> {
  await requireFreePorts(basePort, 1, index);
  const inviter = network.nodes.find(({ state }) => state.kind === "running");
  if (inviter === undefined) {
    throw new Refusal({
      code: "no_node_running",
      message: "no node runs that could invite another",
      fix: "Start one: quorate network restart 0",
    });
  }
  const home = await loadHome(inviter.spec.home);
  const invite = await createInvite(home, localClient(inviter.spec.http));
  await joinNetwork({
    folder: layout.nodeHome(index),
    invite: checkInvite(formatInvite(invite), `the invitation of ${inviter.spec.name}`),
    config: nodeConfig({ index, nodes: index + 1, basePort }),
    applicant: {
      name: nodeName(index),
      endpoint: `${localHost}:${p2pPort(basePort, index)}`,
      operator: addOperatorKey(layout, index),
    },
  });
}

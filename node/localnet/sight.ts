/**
 * What can be seen of the nodes of a local network at one moment: their processes, and what they say of themselves.
 * @module
 */
import type { StatusJson } from "../../src/api/json.ts";
import type { NodeProcess } from "./node-process.ts";
import { localClient } from "./readiness.ts";

export interface SeenNode {
  readonly index: number;
  readonly name: string;
  readonly http: string;
  /** Undefined when its home cannot be read. */
  readonly nodeId: string | undefined;
  readonly state: "running" | "paused" | "down";
  /** Why it is down, or why what answers on its port is not heard. */
  readonly reason: string | null;
  /** Undefined when it does not answer. */
  readonly status: StatusJson | undefined;
  /** Ids of the nodes that it is linked to. */
  readonly peers: ReadonlySet<string>;
}

/** Asks all nodes that run at once. A node that does not answer within two seconds is seen as one that does not. */
export async function lookAt(nodes: readonly NodeProcess[]): Promise<readonly SeenNode[]> {
  return await Promise.all(nodes.map(lookAtOne));
}

async function lookAtOne(node: NodeProcess): Promise<SeenNode> {
  const { spec, state } = node;
  const { index, name, http } = spec;
  const nodeId = await node.nodeId();
  const reason = state.kind === "down" ? state.reason : null;
  const unheard: SeenNode = {
    ...{ index, name, http, nodeId, state: state.kind, reason },
    status: undefined,
    peers: new Set(),
  };
  if (state.kind !== "running") return unheard;
  const client = localClient(http);
  const [status, peers] = await Promise.all([client.status(), client.peers()]);
  if (!status.ok || !peers.ok) return unheard;
  // Whoever has taken the port of a node that is starting or ending does not speak for it.
  if (nodeId !== undefined && status.value.nodeId !== nodeId) {
    return { ...unheard, reason: "another node answers on its port" };
  }
  return {
    ...unheard,
    status: status.value,
    peers: new Set(peers.value.items.map(({ nodeId }) => nodeId)),
  };
}

/**
 * Whether another address leads to the very node that shows the page: then its agreement would say nothing.
 *
 * That is for mistakes. A node that means to deceive can give itself any name.
 * @module
 */
import { paths } from "../../../src/api/paths.ts";
import { ask } from "../asking/node-api.ts";
import { askOther } from "../asking/other-node.ts";

/** False where it cannot be told. */
export async function isThisNode(node: string): Promise<boolean> {
  const left = new AbortController().signal;
  try {
    const [own, other] = await Promise.all([
      ask(paths.status(), left),
      askOther(node, paths.status(), left),
    ]);
    return other.kind === "json" && nodeIdOf(other.value) === own.nodeId;
  } catch {
    return false;
  }
}

const nodeIdOf = (status: unknown): unknown =>
  typeof status === "object" && status !== null && "nodeId" in status ? status.nodeId : undefined;

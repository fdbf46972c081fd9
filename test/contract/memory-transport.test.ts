/**
 * The in-memory twin is a Transport.
 * @module
 */
import { systemClock } from "../../node/adapters/clock.ts";
import { MemoryHub } from "../../src/network/memory-transport.ts";
import type { NodeId } from "../../src/protocol/ids.ts";
import { LinkRecorder } from "./link-recorder.ts";
import { contractLimits, type TestNode, transportContract } from "./transport.contract.ts";

transportContract(() => {
  const deaf = new Set<NodeId>();
  const hub = new MemoryHub({
    clock: systemClock,
    limits: contractLimits,
    wire: {
      latencyMs: () => 0,
      bytesPerMs: (_, to) => (deaf.has(to) ? 0 : 1024 * 1024),
    },
  });
  const opened: TestNode[] = [];
  let nodes = 0;
  async function open(at?: string): Promise<TestNode> {
    nodes += 1;
    const nodeId = nodes.toString(16).padStart(64, "0") as NodeId;
    const address = at ?? `node-${nodes}:1`;
    const transport = hub.transport(nodeId, address);
    const events = new LinkRecorder();
    await transport.start(events);
    const node = { transport, nodeId, events, address };
    opened.push(node);
    return node;
  }
  return {
    open,
    async connectDeaf(node) {
      const reader = await open();
      deaf.add(reader.nodeId);
      await node.transport.dial(reader.address);
    },
    async close() {
      for (const { transport } of opened) await transport.stop();
    },
  };
});

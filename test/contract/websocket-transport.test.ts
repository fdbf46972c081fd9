/**
 * The wss transport is a Transport.
 * @module
 */
import { WebSocket } from "ws";
import { createNodeIdentity } from "../../node/adapters/tls-identity.ts";
import { WebSocketTransport } from "../../node/adapters/websocket-transport.ts";
import { LinkRecorder } from "./link-recorder.ts";
import { contractLimits, type TestNode, transportContract } from "./transport.contract.ts";

transportContract(() => {
  const opened: WebSocketTransport[] = [];
  const deaf: WebSocket[] = [];
  async function open(at = "127.0.0.1:0"): Promise<TestNode> {
    const identity = await createNodeIdentity();
    const port = Number(at.split(":")[1]);
    const transport = new WebSocketTransport({
      identity,
      host: "127.0.0.1",
      port,
      limits: contractLimits,
      loopbackExempt: true,
    });
    const events = new LinkRecorder();
    await transport.start(events);
    opened.push(transport);
    return { transport, nodeId: identity.nodeId, events, address: `127.0.0.1:${transport.port}` };
  }
  return {
    open,
    async connectDeaf({ address }) {
      const { keyPem, certificatePem } = await createNodeIdentity();
      const socket = new WebSocket(`wss://${address}`, {
        key: keyPem,
        cert: certificatePem,
        rejectUnauthorized: false,
      });
      deaf.push(socket);
      socket.on("error", () => {});
      await new Promise<void>((resolve) => socket.once("open", resolve));
      socket.pause();
    },
    async close() {
      for (const socket of deaf) socket.terminate();
      for (const transport of opened) await transport.stop();
    },
  };
});

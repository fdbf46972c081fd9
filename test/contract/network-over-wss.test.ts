/**
 * Network and wss together: real keys, real TLS, a real clock.
 * @module
 */
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../node/adapters/clock.ts";
import {
  createNativeSigner,
  nativeHasher,
  nativeVerifier,
} from "../../node/adapters/native-crypto.ts";
import { createNodeIdentity } from "../../node/adapters/tls-identity.ts";
import { WebSocketTransport } from "../../node/adapters/websocket-transport.ts";
import { toHex } from "../../src/base/bytes.ts";
import { silentLog } from "../../src/base/log.ts";
import { Network, type Peer } from "../../src/network/network.ts";
import { type ChainId, epoch, height, type NodeId, view } from "../../src/protocol/ids.ts";
import type { Message } from "../../src/protocol/message.ts";

const chainId = "aa".repeat(32) as ChainId;
const signer = createNativeSigner(new Uint8Array(32).fill(5));
const running: Network[] = [];

afterEach(async () => {
  for (const network of running.splice(0)) await network.stop();
});

interface Started {
  readonly network: Network;
  readonly nodeId: NodeId;
  readonly address: string;
  readonly joined: Promise<Peer>;
  readonly received: Promise<Message>;
}

async function start(addresses: readonly string[], isValidator: boolean): Promise<Started> {
  const identity = await createNodeIdentity();
  const transport = new WebSocketTransport({
    identity,
    host: "127.0.0.1",
    port: 0,
    loopbackExempt: true,
  });
  const network = new Network(
    {
      chainId,
      nodeId: identity.nodeId,
      agent: "quorate/test",
      addresses,
      consensusSigner: isValidator ? signer : undefined,
    },
    {
      transport,
      clock: systemClock,
      hasher: nativeHasher,
      verifier: nativeVerifier,
      log: silentLog,
      random: () => 0.5,
      standing: () => ({
        epoch: epoch(0),
        view: view(4),
        lastFinalView: view(3),
        finalHeight: height(3),
      }),
    },
  );
  running.push(network);
  let join: (peer: Peer) => void = () => {};
  let receive: (message: Message) => void = () => {};
  const joined = new Promise<Peer>((resolve) => {
    join = resolve;
  });
  const received = new Promise<Message>((resolve) => {
    receive = resolve;
  });
  await network.start({
    joined: (peer) => join(peer),
    left: () => {},
    received: (_, message) => receive(message),
    duplicated: () => {},
  });
  const address = `127.0.0.1:${transport.port}`;
  return { network, nodeId: identity.nodeId, address, joined, received };
}

test("two nodes join over TLS, the validator proves its key by the connection, and messages arrive", async () => {
  const observer = await start([], false);
  const validator = await start([observer.address], true);
  const peer = await observer.joined;
  expect([peer.nodeId, peer.outbound]).toEqual([validator.nodeId, false]);
  expect(peer.consensusKey).toBe(toHex(signer.publicKey));
  expect((await validator.joined).consensusKey).toBeUndefined();
  const message: Message = { kind: "blocks-request", from: height(1), count: 9 };
  validator.network.broadcast(message);
  expect(await observer.received).toEqual(message);
});

/**
 * A transport that was told to have nothing to do with some nodes: no link from either side, and prompt ones afterwards.
 * @module
 */
import { afterEach, expect, test } from "vitest";
import { createNodeIdentity } from "../../node/adapters/tls-identity.ts";
import { WebSocketTransport } from "../../node/adapters/websocket-transport.ts";
import type { NodeId } from "../../src/protocol/ids.ts";
import { LinkRecorder } from "./link-recorder.ts";

interface Open {
  readonly transport: WebSocketTransport;
  readonly events: LinkRecorder;
  readonly nodeId: NodeId;
  readonly address: string;
}

const opened: WebSocketTransport[] = [];
afterEach(async () => {
  for (const transport of opened.splice(0)) await transport.stop();
});

async function open(): Promise<Open> {
  const identity = await createNodeIdentity();
  const transport = new WebSocketTransport({
    identity,
    host: "127.0.0.1",
    port: 0,
    loopbackExempt: true,
  });
  const events = new LinkRecorder();
  await transport.start(events);
  opened.push(transport);
  return { transport, events, nodeId: identity.nodeId, address: `127.0.0.1:${transport.port}` };
}

test("links to those that are cut off end at once, and no other link does", async () => {
  const [own, cut, kept] = [await open(), await open(), await open()];
  await own.transport.dial(cut.address);
  await own.transport.dial(kept.address);
  const [, toKept] = [await own.events.links.next(), await own.events.links.next()];
  own.transport.cutOff([cut.nodeId]);
  const { link, reason } = await own.events.ends.next();
  expect([link.nodeId, reason]).toEqual([cut.nodeId, "cut_off"]);
  expect((await cut.events.ends.next()).link.nodeId).toBe(own.nodeId);
  toKept.send(Uint8Array.of(9));
  expect([...(await kept.events.frames.next()).frame]).toEqual([9]);
  expect(own.events.ends.size).toBe(0);
});

test("no link comes about from either side while the two have cut each other off", async () => {
  const [own, cut] = [await open(), await open()];
  own.transport.cutOff([cut.nodeId]);
  cut.transport.cutOff([own.nodeId]);
  expect(await own.transport.dial(cut.address)).not.toBeUndefined();
  expect(await cut.transport.dial(own.address)).not.toBeUndefined();
  expect([own, cut].map(({ events }) => events.links.size)).toEqual([0, 0]);
});

test("one that heard of it first neither dials nor lets in who has not heard of it yet", async () => {
  const [own, cut] = [await open(), await open()];
  own.transport.cutOff([cut.nodeId]);
  expect(await cut.transport.dial(own.address)).not.toBeUndefined();
  expect(await own.transport.dial(cut.address)).toBe("cut_off");
  await cut.events.ends.next();
  expect(own.events.links.size).toBe(0);
});

test("what was dialled in vain is dialled by itself when the cut ends", async () => {
  const [own, cut] = [await open(), await open()];
  own.transport.cutOff([cut.nodeId]);
  await own.transport.dial(cut.address);
  own.transport.cutOff([]);
  const link = await own.events.links.next();
  expect([link.nodeId, link.outbound, link.remoteAddress]).toEqual([cut.nodeId, true, cut.address]);
});

test("a link that was cut comes back by itself, though nobody dialled meanwhile", async () => {
  const [own, cut] = [await open(), await open()];
  await own.transport.dial(cut.address);
  await own.events.links.next();
  own.transport.cutOff([cut.nodeId]);
  await own.events.ends.next();
  own.transport.cutOff([]);
  expect((await own.events.links.next()).remoteAddress).toBe(cut.address);
});

test("a cut that goes on for others lets those back in who are left out of it", async () => {
  const [own, first, second] = [await open(), await open(), await open()];
  own.transport.cutOff([first.nodeId, second.nodeId]);
  await own.transport.dial(first.address);
  await own.transport.dial(second.address);
  own.transport.cutOff([second.nodeId]);
  expect((await own.events.links.next()).nodeId).toBe(first.nodeId);
  expect(await second.transport.dial(own.address)).not.toBeUndefined();
});

/**
 * What it means to be a Transport. Every implementation runs these same tests.
 * @module
 */
import { afterEach, expect, test } from "vitest";
import type { TransportLimits } from "../../src/network/limits.ts";
import { networkLimits } from "../../src/network/limits.ts";
import type { Link, Transport } from "../../src/network/transport.ts";
import type { NodeId } from "../../src/protocol/ids.ts";
import type { LinkRecorder } from "./link-recorder.ts";

export const contractLimits: TransportLimits = {
  ...networkLimits,
  frameBytesMax: 1024 * 1024,
  bufferedBytesMax: 4 * 1024 * 1024,
};

export interface TestNode {
  readonly transport: Transport;
  readonly nodeId: NodeId;
  readonly events: LinkRecorder;
  /** Where others dial it. */
  readonly address: string;
}

/** A place where transports under `contractLimits` can reach each other. */
export interface TransportLab {
  /** A started node. Rejects like Transport.start; without an address it takes any free one. */
  open(address?: string): Promise<TestNode>;
  /** Connects a peer to the node that never reads what it is sent. */
  connectDeaf(node: TestNode): Promise<void>;
  close(): Promise<void>;
}

export function transportContract(createLab: () => TransportLab): void {
  const labs: TransportLab[] = [];
  const lab = (): TransportLab => {
    const created = createLab();
    labs.push(created);
    return created;
  };
  afterEach(async () => {
    for (const opened of labs.splice(0)) await opened.close();
  });

  async function connect(
    place: TransportLab = lab(),
  ): Promise<{ dialler: TestNode; acceptor: TestNode; out: Link; into: Link }> {
    const dialler = await place.open();
    const acceptor = await place.open();
    expect(await dialler.transport.dial(acceptor.address)).toBeUndefined();
    const out = await dialler.events.links.next();
    const into = await acceptor.events.links.next();
    return { dialler, acceptor, out, into };
  }

  test("both ends of a link know the proven node id of the other, and who dialled", async () => {
    const { dialler, acceptor, out, into } = await connect();
    expect([out.nodeId, out.outbound]).toEqual([acceptor.nodeId, true]);
    expect([into.nodeId, into.outbound]).toEqual([dialler.nodeId, false]);
    expect(dialler.nodeId).not.toBe(acceptor.nodeId);
  });

  test("an outbound link has the address that was dialled", async () => {
    const { acceptor, out } = await connect();
    expect(out.remoteAddress).toBe(acceptor.address);
  });

  test("the exporter is 32 bytes, equal on both ends and different for each connection", async () => {
    const { dialler, acceptor, out, into } = await connect();
    expect(out.exporter).toHaveLength(32);
    expect([...into.exporter]).toEqual([...out.exporter]);
    expect(await dialler.transport.dial(acceptor.address)).toBeUndefined();
    const second = await dialler.events.links.next();
    expect([...second.exporter]).not.toEqual([...out.exporter]);
  });

  test("frames of all sizes arrive whole and in order, both ways", async () => {
    const { dialler, acceptor, out, into } = await connect();
    const sizes = [1, 125, 126, 65_535, 65_536, contractLimits.frameBytesMax, 2];
    const frames = sizes.map((size, at) => new Uint8Array(size).fill(at + 1));
    for (const frame of frames) {
      out.send(frame);
      into.send(frame);
    }
    for (const side of [dialler, acceptor]) {
      for (const [at, size] of sizes.entries()) {
        const { frame } = await side.events.frames.next();
        expect([frame.length, frame[0], frame.at(-1)]).toEqual([size, at + 1, at + 1]);
      }
    }
  });

  test("a received frame is a plain Uint8Array, so a slice of it is a copy", async () => {
    const { acceptor, out } = await connect();
    out.send(Uint8Array.of(1, 2, 3));
    const { frame } = await acceptor.events.frames.next();
    expect(Object.getPrototypeOf(frame)).toBe(Uint8Array.prototype);
  });

  test("a frame over the limit is not delivered and closes the link", async () => {
    const { dialler, acceptor, out } = await connect();
    out.send(new Uint8Array(contractLimits.frameBytesMax + 1));
    const { link } = await acceptor.events.ends.next();
    expect(link.outbound).toBe(false);
    await dialler.events.ends.next();
    expect(acceptor.events.frames.size).toBe(0);
  });

  test("a peer that does not read is dropped at the cap of the buffer", async () => {
    const place = lab();
    const node = await place.open();
    await place.connectDeaf(node);
    const link = await node.events.links.next();
    const frame = new Uint8Array(256 * 1024);
    let ended = false;
    let highest = 0;
    const end = node.events.ends.next().then((value) => {
      ended = true;
      return value;
    });
    // The kernel takes some; the bound on rounds is far above what it can.
    for (let round = 0; round < 4_096 && !ended; round += 1) {
      link.send(frame);
      highest = Math.max(highest, link.bufferedBytes());
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await end).reason).toBe("slow_reader");
    expect(highest).toBeGreaterThan(contractLimits.bufferedBytesMax / 2);
    expect(highest).toBeLessThanOrEqual(contractLimits.bufferedBytesMax + 2 * frame.length);
  });

  test("a link tells when everything that was queued has left", async () => {
    const { dialler, acceptor, out } = await connect();
    for (let count = 0; count < 3; count += 1) out.send(new Uint8Array(512 * 1024));
    expect(await dialler.events.drains.next()).toBe(out);
    expect(out.bufferedBytes()).toBe(0);
    for (let count = 0; count < 3; count += 1) await acceptor.events.frames.next();
  });

  test("closing tells both ends once, with the reason, and never from inside the call", async () => {
    const { dialler, acceptor, out, into } = await connect();
    out.close(4_007, "duplicate_link");
    expect(dialler.events.ends.size).toBe(0);
    out.close(4_008, "again");
    out.send(Uint8Array.of(1));
    expect(await dialler.events.ends.next()).toEqual({ link: out, reason: "duplicate_link" });
    expect(await acceptor.events.ends.next()).toEqual({ link: into, reason: "duplicate_link" });
    expect(acceptor.events.frames.size).toBe(0);
    expect([dialler.events.ends.size, acceptor.events.ends.size]).toEqual([0, 0]);
  });

  test("what was sent before a close arrives before it", async () => {
    const { acceptor, out } = await connect();
    out.send(Uint8Array.of(42));
    out.close(4_001, "stopping");
    await acceptor.events.ends.next();
    expect(acceptor.events.frames.size).toBe(1);
  });

  test("dialling an address where nobody listens resolves with the reason", async () => {
    const place = lab();
    const gone = await place.open();
    const node = await place.open();
    await gone.transport.stop();
    expect(await node.transport.dial(gone.address)).toBe("connection_refused");
    expect(node.events.links.size).toBe(0);
  });

  test("a second node on the same address is refused with port_in_use", async () => {
    const place = lab();
    const first = await place.open();
    await expect(place.open(first.address)).rejects.toMatchObject({ code: "port_in_use" });
  });

  test("stopping closes the links, tells the others, frees the address, and takes less than a second", async () => {
    const place = lab();
    const { dialler, acceptor } = await connect(place);
    const startedAtMs = performance.now();
    await acceptor.transport.stop();
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    expect((await dialler.events.ends.next()).link.outbound).toBe(true);
    expect(await acceptor.transport.dial(dialler.address)).toBe("stopped");
    const successor = await place.open(acceptor.address);
    expect(await dialler.transport.dial(successor.address)).toBeUndefined();
  });
}

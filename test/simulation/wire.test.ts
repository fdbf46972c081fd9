/**
 * The simulated wire and the links on it do what their qualities say, and the same each time.
 * @module
 */
import { describe, expect, test } from "vitest";
import { networkLimits } from "../../src/network/limits.ts";
import { MemoryHub, type MemoryTransport } from "../../src/network/memory-transport.ts";
import type { Link } from "../../src/network/transport.ts";
import { MachineClock, SimulatedClock } from "./world/clock.ts";
import { SimulatedLinks } from "./world/links.ts";
import { numberOfNode, simulatedNodeId } from "./world/network-of-nodes.ts";
import { Random } from "./world/random.ts";
import { Timeline } from "./world/timeline.ts";
import { goodLinks, type LinkQuality, SimulatedWire } from "./world/wire.ts";

/** Message kinds by the first byte of a frame: 1 is a ping. */
const pingKind = 1;

class Pair {
  readonly timeline = new Timeline();
  readonly wire = new SimulatedWire({
    random: new Random(7),
    timeline: this.timeline,
    numberOf: numberOfNode,
  });
  readonly #hub = new MemoryHub({
    clock: new SimulatedClock(new MachineClock({ timeline: this.timeline, startWallMs: 0 })),
    wire: this.wire,
    limits: networkLimits,
  });
  /** What arrived at node 1: the frame's second byte, and when. */
  readonly arrived: { readonly mark: number; readonly atMs: number }[] = [];
  readonly closed: string[] = [];
  readonly #ends = [0, 1].map((number) => this.#end(number));
  #link: Link | undefined;

  static async linked(quality: LinkQuality): Promise<Pair> {
    const pair = new Pair();
    pair.wire.quality = quality;
    const [first, second] = pair.#ends;
    await first?.start({
      opened: (link) => {
        pair.#link = link;
      },
      received: () => {},
      drained: () => {},
      closed: (_, reason) => pair.closed.push(`0: ${reason}`),
    });
    await second?.start({
      opened: () => {},
      received: (_, frame) => pair.arrived.push({ mark: frame[1] ?? 0, atMs: pair.timeline.nowMs }),
      drained: () => {},
      closed: (_, reason) => pair.closed.push(`1: ${reason}`),
    });
    first?.dial("node-1").catch(() => {});
    await pair.timeline.runUntil(1_000);
    return pair;
  }

  /** Frames that say 0 to count − 1, all at once. */
  async send(count: number, bytes = 2): Promise<readonly number[]> {
    for (let mark = 0; mark < count; mark += 1) {
      const frame = new Uint8Array(bytes);
      frame.set([pingKind, mark]);
      this.#link?.send(frame);
    }
    await this.timeline.runUntil(this.timeline.nowMs + 60_000);
    return this.arrived.map(({ mark }) => mark);
  }

  reset(): void {
    this.#ends[0]?.reset(1);
  }

  #end(number: number): SimulatedLinks {
    const transport: MemoryTransport = this.#hub.transport(
      simulatedNodeId(number),
      `node-${number}`,
    );
    const { timeline, wire } = this;
    return new SimulatedLinks({
      transport,
      timeline,
      wire,
      number,
      numberOf: numberOfNode,
      leaving: () => {},
    });
  }
}

const inOrder = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

describe("a link", () => {
  test("keeps the order of frames though each has its own delay", async () => {
    const pair = await Pair.linked({ latencyMs: 50, jitterMs: 40, loss: 0.2 });
    expect(await pair.send(100)).toEqual(inOrder(100));
  });

  test("makes loss a delay of at least a retransmission", async () => {
    const good = await Pair.linked(goodLinks);
    const lossy = await Pair.linked({ ...goodLinks, loss: 0.5 });
    const lastMs = async (pair: Pair): Promise<number> => {
      const startMs = pair.timeline.nowMs;
      expect(await pair.send(20)).toEqual(inOrder(20));
      return (pair.arrived.at(-1)?.atMs ?? 0) - startMs;
    };
    expect(await lastMs(good)).toBeLessThan(10);
    expect(await lastMs(lossy)).toBeGreaterThan(200);
  });

  test("that duplicates hands frames over twice, and loses none", async () => {
    const pair = await Pair.linked({ ...goodLinks, duplicate: 0.5 });
    const marks = await pair.send(100);
    expect(marks.length).toBeGreaterThan(120);
    expect([...new Set(marks)].toSorted((a, b) => a - b)).toEqual(inOrder(100));
  });

  test("that reorders lets frames overtake others, and loses none", async () => {
    const pair = await Pair.linked({ ...goodLinks, reorder: 0.3 });
    const marks = await pair.send(100);
    expect(marks).not.toEqual(inOrder(100));
    expect(marks.toSorted((a, b) => a - b)).toEqual(inOrder(100));
  });

  test("carries no more than its bandwidth, and what waits is late", async () => {
    const pair = await Pair.linked({ ...goodLinks, bytesPerS: 10_000 });
    const startMs = pair.timeline.nowMs;
    expect(await pair.send(10, 1_000)).toEqual(inOrder(10));
    const tookMs = (pair.arrived.at(-1)?.atMs ?? 0) - startMs;
    // 10 frames of 1,000 bytes at 10,000 bytes a second: a second, and the way.
    expect(tookMs).toBeGreaterThanOrEqual(1_000);
    expect(tookMs).toBeLessThan(1_000 + 10);
  });

  test("that is cut loses what is sent, this way only, until its time is over", async () => {
    const pair = await Pair.linked(goodLinks);
    pair.wire.cut(1, 0);
    expect(await pair.send(2)).toEqual([0, 1]);
    pair.wire.cut(0, 1, 61_000);
    expect(await pair.send(2)).toEqual([0, 1]);
    await pair.timeline.runUntil(pair.timeline.nowMs + 2_000);
    expect(await pair.send(2)).toEqual([0, 1, 0, 1]);
  });

  test("that is reset is closed at both ends", async () => {
    const pair = await Pair.linked(goodLinks);
    pair.reset();
    expect(await pair.send(1)).toEqual([]);
    expect(pair.closed.toSorted()).toEqual(["0: reset", "1: reset"]);
  });

  test("may be worse than the others, and is repaired", async () => {
    const pair = await Pair.linked(goodLinks);
    pair.wire.setLink(0, 1, { ...goodLinks, latencyMs: 5_000 });
    const slowMs = pair.timeline.nowMs;
    await pair.send(1);
    expect((pair.arrived[0]?.atMs ?? 0) - slowMs).toBeGreaterThan(4_900);
    pair.wire.repair();
    const quickMs = pair.timeline.nowMs;
    await pair.send(1);
    expect((pair.arrived[1]?.atMs ?? 0) - quickMs).toBeLessThan(10);
  });
});

/**
 * The outbox: urgent first, bounded, dropping from the bottom.
 * @module
 */
import { expect, test } from "vitest";
import type { Frame, Priority } from "../../../src/network/frames.ts";
import { priorities } from "../../../src/network/frames.ts";
import { Outbox } from "../../../src/network/outbox.ts";

class Wire {
  readonly sent: Uint8Array[] = [];
  buffered = 0;

  send(frame: Uint8Array): void {
    this.sent.push(frame);
    this.buffered += frame.length;
  }

  bufferedBytes(): number {
    return this.buffered;
  }
}

const limits = { outboxBytesMax: 100, outboxFramesMax: 8, flushBelowBytes: 10 };

const frame = (priority: Priority, mark: number, length = 10): Frame => ({
  priority,
  bytes: new Uint8Array(length).fill(mark),
});

function blocked(): { wire: Wire; outbox: Outbox } {
  const wire = new Wire();
  const outbox = new Outbox(limits, { link: wire });
  wire.buffered = limits.flushBelowBytes;
  return { wire, outbox };
}

const drain = ({ wire, outbox }: { wire: Wire; outbox: Outbox }): number[] => {
  while (outbox.frames > 0) {
    wire.buffered = 0;
    outbox.flush();
  }
  return wire.sent.map(([mark = 0]) => mark);
};

test("frames leave at once while the link has room", () => {
  const wire = new Wire();
  const outbox = new Outbox(limits, { link: wire });
  expect(outbox.push(frame("sync", 1))).toBe(true);
  expect([wire.sent.length, outbox.frames, outbox.bytes, outbox.bytesSent]).toEqual([1, 0, 0, 10]);
});

test("nothing more is given to a link that has enough to send", () => {
  const { wire, outbox } = blocked();
  outbox.push(frame("votes", 1));
  expect(wire.sent).toEqual([]);
  wire.buffered = limits.flushBelowBytes - 1;
  outbox.flush();
  expect(wire.sent).toHaveLength(1);
});

test("the most urgent leaves first, and equals leave in order", () => {
  const full = blocked();
  const order: Priority[] = ["sync", "transactions", "votes", "blocks", "proposals", "votes"];
  for (const [at, priority] of order.entries()) full.outbox.push(frame(priority, at));
  expect(drain(full)).toEqual([2, 5, 4, 3, 1, 0]);
});

test("a full outbox drops the oldest of the least urgent, and keeps every vote", () => {
  const full = blocked();
  for (let mark = 0; mark < 8; mark += 1) full.outbox.push(frame("transactions", mark));
  for (let mark = 10; mark < 13; mark += 1)
    expect(full.outbox.push(frame("votes", mark))).toBe(true);
  expect(full.outbox.dropped).toBe(3);
  expect(drain(full)).toEqual([10, 11, 12, 3, 4, 5, 6, 7]);
});

test("a frame that is less urgent than everything in a full outbox is refused", () => {
  const full = blocked();
  for (let mark = 0; mark < 8; mark += 1) full.outbox.push(frame("votes", mark));
  expect(full.outbox.push(frame("sync", 99))).toBe(false);
  expect(drain(full)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("bytes are bounded as well as frames", () => {
  const full = blocked();
  full.outbox.push(frame("sync", 1, 60));
  full.outbox.push(frame("blocks", 2, 60));
  expect([full.outbox.bytes, full.outbox.frames, full.outbox.dropped]).toEqual([60, 1, 1]);
  expect(full.outbox.push(frame("votes", 3, 100))).toBe(true);
  expect(full.outbox.bytes).toBe(100);
});

test("no mix of frames ever takes it over its bounds", () => {
  const full = blocked();
  for (let step = 0; step < 2_000; step += 1) {
    const priority = priorities[(step * 7) % priorities.length] ?? "sync";
    full.outbox.push(frame(priority, step % 256, 1 + ((step * 13) % 40)));
    if (step % 50 === 0) {
      full.wire.buffered = 0;
      full.outbox.flush();
    }
    expect(full.outbox.bytes).toBeLessThanOrEqual(limits.outboxBytesMax);
    expect(full.outbox.frames).toBeLessThanOrEqual(limits.outboxFramesMax);
  }
});

test("a closed outbox takes nothing and holds nothing", () => {
  const full = blocked();
  full.outbox.push(frame("votes", 1));
  full.outbox.close();
  expect(full.outbox.push(frame("votes", 2))).toBe(false);
  expect([full.outbox.frames, full.outbox.bytes]).toEqual([0, 0]);
  expect(drain(full)).toEqual([]);
});

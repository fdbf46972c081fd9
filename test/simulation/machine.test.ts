/**
 * The clocks and disks of a simulated machine fail in the ways that they are meant to, and in no other.
 * @module
 */
import { describe, expect, test } from "vitest";
import { createNativeSigner } from "../../node/adapters/native-crypto.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { MachineClock, SimulatedClock } from "./world/clock.ts";
import { DiskFull, newDisk, SimulatedStore } from "./world/disk.ts";
import { openJournal } from "./world/journal.ts";
import { MachineDisk } from "./world/machine-disk.ts";
import { Random } from "./world/random.ts";
import { Timeline } from "./world/timeline.ts";

const startWallMs = 1_000_000;

function newClocks() {
  const timeline = new Timeline();
  const machine = new MachineClock({ timeline, startWallMs });
  return { timeline, machine, clock: new SimulatedClock(machine, 500) };
}

describe("a machine's clock", () => {
  test("may be set back, and the monotonic one does not notice", async () => {
    const { timeline, machine, clock } = newClocks();
    await timeline.runUntil(1_000);
    machine.jump(-600_000);
    expect(clock.wallMs()).toBe(startWallMs + 1_000 - 600_000);
    expect(clock.monotonicMs()).toBe(500 + 1_000);
    machine.correct();
    expect(clock.wallMs()).toBe(startWallMs + 1_000);
  });

  test("that drifts goes faster from then on, and never back", async () => {
    const { timeline, machine, clock } = newClocks();
    await timeline.runUntil(1_000);
    machine.driftPpm = 100_000; // A tenth too fast.
    expect(clock.monotonicMs()).toBe(1_500);
    await timeline.runUntil(2_000);
    expect(clock.monotonicMs()).toBeCloseTo(1_500 + 1_100, 6);
    machine.driftPpm = 0;
    expect(clock.monotonicMs()).toBeCloseTo(1_500 + 1_100, 6);
    machine.correct();
    expect(clock.wallMs()).toBe(startWallMs + 2_000);
  });

  test("fires timers by its own count, never before their time, and none of a dead process", async () => {
    const { timeline, machine, clock } = newClocks();
    machine.driftPpm = 100_000;
    const fired: number[] = [];
    const dueMs = clock.monotonicMs() + 1_100;
    clock.after(1_100, () => fired.push(clock.monotonicMs()));
    clock.after(5_000, () => fired.push(-1));
    await timeline.runUntil(1_001);
    clock.kill();
    await timeline.runUntil(10_000);
    expect(fired).toHaveLength(1);
    expect(fired[0]).toBeGreaterThanOrEqual(dueMs);
    expect(fired[0]).toBeLessThan(dueMs + 1);
  });
});

function newStore(image?: ReturnType<SimulatedStore["snapshot"]>) {
  const timeline = new Timeline();
  const disk = newDisk();
  const points: string[] = [];
  const store = new SimulatedStore({
    timeline,
    random: new Random(5),
    disk,
    point: (point) => points.push(point),
    image,
  });
  const commit = (mark: number): Promise<void> =>
    store.commit([
      { kind: "put", key: Uint8Array.of(mark), value: Uint8Array.of(mark) },
      { kind: "put", key: Uint8Array.of(mark + 100), value: Uint8Array.of(mark) },
    ]);
  const marks = (left: ReturnType<SimulatedStore["snapshot"]>): readonly number[] =>
    [...left.keys()].map((key) => key.charCodeAt(0)).toSorted((a, b) => a - b);
  return { timeline, disk, store, points, commit, marks };
}

describe("a machine's store", () => {
  test("loses commits that were under way from some point on, each whole or not at all", () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 30; seed += 1) {
      const timeline = new Timeline();
      const store = new SimulatedStore({
        timeline,
        random: new Random(seed),
        disk: newDisk(),
        point: () => {},
        image: undefined,
      });
      for (const mark of [1, 2]) {
        const rows = [mark, mark + 100].map((key) => ({
          kind: "put" as const,
          key: Uint8Array.of(key),
          value: Uint8Array.of(mark),
        }));
        store.commit(rows).catch(() => {});
      }
      seen.add([...store.crash("some").keys()].map((key) => key.charCodeAt(0)).join());
    }
    expect([...seen].toSorted()).toEqual(["", "1,101", "1,101,2,102"]);
  });

  test("keeps what it said was durable, and what survives if it is told so", async () => {
    const { timeline, store, commit, marks } = newStore();
    let isDurable = false;
    commit(1).then(
      () => {
        isDurable = true;
      },
      () => {},
    );
    await timeline.runUntil(100);
    expect(isDurable).toBe(true);
    commit(2).catch(() => {});
    commit(3).catch(() => {});
    expect(marks(store.crash("none"))).toEqual([1, 101]);
    const other = newStore(store.snapshot());
    other.commit(2).catch(() => {});
    expect(other.marks(other.store.crash("all"))).toEqual([1, 2, 101, 102]);
  });

  test("that is full refuses, and takes more when there is room again", async () => {
    const { timeline, disk, commit, store, marks } = newStore();
    disk.isFull = true;
    await expect(commit(1)).rejects.toThrow(DiskFull);
    disk.isFull = false;
    commit(2).catch(() => {});
    await timeline.runUntil(100);
    expect(marks(store.crash("none"))).toEqual([2, 102]);
  });
});

const chainId = "ab".repeat(32) as ChainId;

function newJournal(change: (stored: MachineDisk) => void = () => {}) {
  const stored = new MachineDisk(chainId);
  stored.addKey(createNativeSigner(new Uint8Array(32).fill(1)));
  const [key] = stored.keys;
  if (key === undefined) throw new RangeError("there is a key");
  const timeline = new Timeline();
  const disk = newDisk();
  const points: string[] = [];
  const open = () =>
    openJournal(key.journal, {
      identity: key.identity,
      timeline,
      random: new Random(3),
      disk,
      point: (point) => points.push(point),
    });
  change(stored);
  return { stored, key, timeline, disk, points, open };
}

const entry = Uint8Array.of(1, 2, 3);
const position = { epoch: 0, view: 1 };

describe("a machine's journal", () => {
  test("passes every step of a write, and holds the entry after the last", async () => {
    const { key, timeline, points, open } = newJournal();
    const journal = open();
    journal.append([entry], position).catch(() => {});
    await timeline.runUntil(100);
    expect(points).toEqual(
      ["write", "sync", "write-mark", "sync-mark"].map((step) => `before journal ${step}`),
    );
    key.journal = journal.crash();
    expect(open().state).toEqual({ kind: "sound", entries: [entry] });
  });

  test("that is torn before its sync is sound, with the entry or without it", async () => {
    for (const [kept, entries] of [
      [0, []],
      [0.5, []],
      [1, [entry]],
    ] as const) {
      const { key, open } = newJournal();
      const journal = open();
      journal.append([entry], position).catch(() => {});
      await Promise.resolve(); // To the first step that takes time: written, not synced.
      await new Promise((resolve) => setImmediate(resolve));
      key.journal = journal.crash((unsynced) => Math.floor(unsynced * kept));
      expect(open().state).toEqual({ kind: "sound", entries });
    }
  });

  test("refuses to write on a full disk, and is not to be used after that", async () => {
    const { disk, open } = newJournal();
    const journal = open();
    disk.isFull = true;
    await expect(journal.append([entry], position)).rejects.toThrow(DiskFull);
    disk.isFull = false;
    await expect(journal.append([entry], position)).rejects.toThrow("a write to it failed");
  });

  test.each([
    [
      "a bit of the journal is flipped",
      (stored) => stored.flipJournalBit("journal", new Random(9)),
    ],
    ["synced bytes are gone", (stored) => stored.tearJournal(1)],
  ] as const satisfies readonly (readonly [string, (stored: MachineDisk) => void])[])(
    "knows that it is damaged when %s",
    (_, change) => {
      expect(newJournal(change).open().state.kind).toBe("damaged");
    },
  );

  test("is absent after its disk was replaced", () => {
    expect(newJournal((stored) => stored.wipe()).open().state.kind).toBe("absent");
  });
});

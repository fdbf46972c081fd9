/**
 * The vote journal on a simulated disk: the real format and the real order of writes, each step of which takes its
 * time, may find the disk full, and may be the last thing that the process does.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import type { JournalIdentity } from "../../../src/storage/journal-format.ts";
import {
  type JournalImage,
  type JournalStep,
  MemoryVoteJournal,
} from "../../../src/storage/memory-vote-journal.ts";
import { type Disk, DiskFull, type Point } from "./disk.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** What the creation of a key leaves on disk. */
export function newJournalImage(identity: JournalIdentity): JournalImage {
  return MemoryVoteJournal.create({ ...identity, hasher: nativeHasher });
}

/** Steps that need room on the disk; the mark's bytes are there already. */
const growing: ReadonlySet<JournalStep> = new Set(["write", "replace"]);
const waiting: ReadonlySet<JournalStep> = new Set(["sync", "sync-mark", "replace"]);

export function openJournal(
  image: JournalImage | undefined,
  options: {
    readonly identity: JournalIdentity;
    readonly timeline: Timeline;
    readonly random: Random;
    readonly disk: Disk;
    readonly point: Point;
  },
): MemoryVoteJournal {
  const { identity, timeline, random, disk, point } = options;
  return MemoryVoteJournal.open(image, {
    ...identity,
    hasher: nativeHasher,
    // A dead process's step never ends: the journal sees to that itself.
    beforeStep: async (step) => {
      if (disk.isFull && growing.has(step)) throw new DiskFull();
      if (waiting.has(step)) {
        const { syncMsMin, syncMsMax } = disk.speed;
        await new Promise<void>((resolve) => {
          timeline.after(random.between(syncMsMin, syncMsMax), resolve);
        });
      }
      point(`before journal ${step}`);
    },
  });
}

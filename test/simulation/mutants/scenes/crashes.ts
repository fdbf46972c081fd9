/**
 * Scenes around the journal: a validator votes, its process dies at each step of a write in turn, something may happen to
 * its disk, and then everybody does his best to make it contradict itself.
 * @module
 */
import type { ChainId } from "../../../../src/protocol/ids.ts";
import type { VoteBody } from "../../../../src/protocol/vote.ts";
import type { JournalImage } from "../../../../src/storage/memory-vote-journal.ts";
import type { Finding, FindingKind, Scene } from "./finding.ts";
import {
  doubleVote,
  Life,
  newJournal,
  nullify,
  otherKey,
  proposal,
  type StepFault,
} from "./machine.ts";

const first = [proposal(1, 1, 0), proposal(2, 1, 0), proposal(3, 1, 2)] as const;

/** Notarizes and nullifies view 1, notarizes and finalizes view 2, notarizes view 3; in one of two worlds. */
async function vote(life: Life, prunes: boolean, world: 1 | 3 = 1): Promise<void> {
  const [one, two, three] = first.map(({ view, parentView }) => proposal(view, world, parentView));
  if (one === undefined || two === undefined || three === undefined) return;
  await life.start();
  await life.announce(one);
  await life.pass(2_100);
  await life.certificate(nullify(1));
  await life.announce(two);
  await life.certificate({ kind: "notarize", ...two });
  if (prunes) await life.prune(0);
  await life.announce(three);
}

/** The journals that a copy of the machine had at one time or another, which ran in another world. */
async function journalsElsewhere(): Promise<readonly (Uint8Array | undefined)[]> {
  const journals: (Uint8Array | undefined)[] = [];
  for (const prunes of [false, true]) {
    for (let dies = 1; ; dies += 1) {
      const life = new Life(newJournal(), {
        fault: (_, count) => (count === dies ? "stops" : undefined),
      });
      await vote(life, prunes, 3);
      journals.push(life.crash((unsynced) => unsynced).journal);
      if (life.steps < dies) break;
    }
  }
  return journals;
}

/** Each tries to get another vote out of the validator than it has given; it may be in any of the views. */
const attacks: readonly ((life: Life) => Promise<void>)[] = [
  async (life) => {
    for (const { view, parentView } of first) {
      await life.announce(proposal(view, 2, parentView));
      await life.certificate(nullify(view));
    }
  },
  async (life) => {
    for (const given of first) {
      await life.certificate({ kind: "notarize", ...given });
      await life.certificate(nullify(given.view));
    }
  },
  async (life) => {
    for (const { view } of first) {
      await life.pass(2_500);
      await life.certificate(nullify(view));
    }
  },
];

const survivors: readonly ((unsynced: number) => number)[] = [
  () => 0,
  (unsynced) => unsynced,
  (unsynced) => Math.trunc(unsynced / 2),
];

/** What a disk makes of the files; several outcomes to be tried. */
type Damage = (image: JournalImage) => readonly JournalImage[] | Promise<readonly JournalImage[]>;

const whole: Damage = (image) => [image];

interface Crashes {
  readonly damage?: Damage;
  readonly prunes?: boolean;
  /** A crash alone must leave a sound journal. */
  readonly mustBeSound?: boolean;
  /** It starts once more, says its votes again, and dies, before the disk is damaged. */
  readonly twice?: boolean;
  /** How the disk fails at the chosen step; default: the process dies there. */
  readonly fault?: "stops" | "refuses";
}

function crashes(name: string, options: Crashes): Scene {
  const { damage = whole, prunes = false, mustBeSound = false, fault = "stops" } = options;
  const run: Scene["run"] = async () => {
    const findings: Finding[] = [];
    const find = (kind: FindingKind, message: string): void => {
      if (!findings.some((known) => known.message === message)) findings.push({ kind, message });
    };
    for (let dies = 1; ; dies += 1) {
      const at: StepFault = (_, count) => (count === dies ? fault : undefined);
      const life = new Life(newJournal(), { fault: at });
      await vote(life, prunes);
      if (life.hasFailed) await life.pass(10_000);
      for (const survive of survivors) {
        const sent = [...life.sent];
        let left = life.crash(survive);
        if (options.twice === true) {
          const next = new Life(left);
          await next.start();
          sent.push(...next.sent);
          left = next.crash(() => 0);
        }
        for (const image of await damage(left)) {
          await judge(image, sent, `at step ${dies}`, find);
          if (mustBeSound && !new Life(image).isSound) {
            find(
              "stall",
              `a crash at step ${dies} alone leaves no sound journal: it votes no more`,
            );
          }
        }
      }
      if (life.steps < dies) return { findings, seeds: 1 };
    }
  };
  return { name, run };
}

async function judge(
  image: JournalImage,
  sent: readonly VoteBody[],
  when: string,
  find: (kind: FindingKind, message: string) => void,
): Promise<void> {
  if (!new Life(image).isSound) return;
  for (const attack of attacks) {
    const life = new Life(image);
    await life.start();
    await attack(life);
    const double = doubleVote([...sent, ...life.sent]);
    if (double !== undefined) find("double vote", `a crash ${when}: ${double}`);
  }
}

const bytesOf = (file: Uint8Array | undefined): Uint8Array => file ?? new Uint8Array();
const recordHeadBytes = 68;

/** Where each record of a journal begins, and where the last one ends. */
function recordStarts(journal: Uint8Array): readonly number[] {
  const starts = [0];
  for (let at = 0; at + recordHeadBytes <= journal.length; ) {
    const length = new DataView(journal.buffer, journal.byteOffset + at).getUint32(0, true);
    at += recordHeadBytes + length;
    if (at <= journal.length) starts.push(at);
  }
  return starts;
}

/** Cuts off the last record, the last two, … */
const cut = ({ journal, mark }: JournalImage): readonly JournalImage[] =>
  recordStarts(bytesOf(journal)).map((end) => ({ journal: bytesOf(journal).slice(0, end), mark }));

/** Takes out one record, with others after it. */
const gap: Damage = ({ journal, mark }) => {
  const bytes = bytesOf(journal);
  const starts = recordStarts(bytes);
  return starts.slice(1, -1).map((start, i) => {
    const end = starts[i + 2] ?? bytes.length;
    const left = new Uint8Array(bytes.length - (end - start));
    left.set(bytes.subarray(0, start));
    left.set(bytes.subarray(end), start);
    return { journal: left, mark };
  });
};

function flipped(file: Uint8Array | undefined, at: number): Uint8Array {
  const bytes = bytesOf(file).slice();
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

/** The view and the block that each record of a vote names. */
const flip: Damage = ({ journal, mark }) =>
  recordStarts(bytesOf(journal))
    .slice(0, -1)
    .flatMap((start) => [start + recordHeadBytes + 10, start + recordHeadBytes + 40])
    .filter((at) => at < bytesOf(journal).length)
    .map((at) => ({ journal: flipped(journal, at), mark }));

const slotStride = 4_096;
const tearBothMarks: Damage = (image) =>
  cut(image).map(({ journal, mark }) => ({
    journal,
    mark: flipped(flipped(mark, 3), slotStride + 3),
  }));

/** The other machine's journal, pruned, as it was in the end: beyond any mark of this one. */
const swapPruned: Damage = async ({ mark }) => {
  elsewhere ??= journalsElsewhere();
  return [{ journal: (await elsewhere).at(-1), mark }];
};

let elsewhere: Promise<readonly (Uint8Array | undefined)[]> | undefined;

/** Any of the other machine's journals, beside this machine's mark. */
const swap: Damage = async ({ mark }) => {
  elsewhere ??= journalsElsewhere();
  return (await elsewhere).map((journal) => ({ journal, mark }));
};

const otherChain = "c1".repeat(32) as ChainId;

/** Until a renewal is complete, what is left of the old journal must not pass for all of it. */
const renewal: Scene = {
  name: "it dies at each step of renewing a damaged journal",
  run: async () => {
    const findings: Finding[] = [];
    const life = new Life(newJournal());
    await vote(life, false);
    for (const damaged of cut(life.crash(() => 0)).slice(1, -1)) {
      for (let dies = 1; ; dies += 1) {
        const next = new Life(damaged, {
          fault: (_, count) => (count === dies ? "stops" : undefined),
        });
        // Never ends if it dies on the way.
        next.journal.renew({ epoch: 0, view: 0 }).catch(() => undefined);
        await next.pass(0);
        if (!next.isDead) break;
        await judge(
          next.crash(() => 0),
          life.sent,
          `at step ${dies} of a renewal`,
          (kind, message) => {
            findings.push({ kind, message });
          },
        );
      }
    }
    return { findings, seeds: 1 };
  },
};

export const crashScenes: readonly Scene[] = [
  crashes("it dies at each step of its journal", { mustBeSound: true }),
  crashes("it dies at each step, with a pruning on the way", { prunes: true, mustBeSound: true }),
  crashes("its disk refuses each step of its journal", { fault: "refuses", mustBeSound: true }),
  crashes("it dies, and the end of its journal is gone", { damage: cut }),
  crashes("it dies, says its votes again, dies, and the end of its journal is gone", {
    damage: cut,
    twice: true,
  }),
  crashes("it dies, and finds the journal of a copy that ran on elsewhere", { damage: swap }),
  crashes("it dies, and finds the pruned journal of a copy that ran on elsewhere", {
    damage: swapPruned,
  }),
  renewal,
  crashes("it dies, and the end of its pruned journal is gone", { damage: cut, prunes: true }),
  crashes("it dies, and a record of its journal is gone", { damage: gap }),
  crashes("it dies, and a byte of its journal has flipped", { damage: flip }),
  crashes("it dies, its mark is torn, and the end of its journal is gone", {
    damage: tearBothMarks,
  }),
  crashes("it dies, and its journal is gone", {
    damage: ({ mark }) => [{ journal: undefined, mark }],
  }),
  crashes("it dies, and its mark and the end of its journal are gone", {
    damage: (image) => cut(image).map(({ journal }) => ({ journal, mark: undefined })),
  }),
  crashes("it dies, and finds the journal of another key", {
    damage: () => [newJournal({ consensusKey: otherKey })],
  }),
  crashes("it dies, and finds its journal of another chain", {
    damage: () => [newJournal({ chainId: otherChain })],
  }),
];

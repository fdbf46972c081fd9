/**
 * What this node saw become final, by time: what charts are drawn from. In memory only, so it begins with the node.
 *
 * Two rings of slots: seconds for the last hour, minutes for the last day. A slot keeps counts, and of the times to
 * finality an even sample: when it is full, every second one goes, and from then on fewer are taken.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";

export interface FinalMeasure {
  readonly transactions: number;
  /** From the first sight of the proposal; undefined when it was not seen. */
  readonly finalityMs: number | undefined;
  /** Bytes of the block by the most it may have, 0 to 1. */
  readonly fill: number;
}

export interface PacePoint {
  /** Unix ms, a multiple of the series' pointMs. */
  readonly fromMs: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly finalityMsMedian: number | undefined;
  readonly fillMean: number | undefined;
}

export interface PaceSeries {
  /** Whole seconds, or whole minutes for more than an hour. */
  readonly pointMs: number;
  /** Unix ms from which on blocks were counted. */
  readonly sinceMs: number;
  /** Oldest first; the last one is not over yet. */
  readonly points: readonly PacePoint[];
}

/** How full the last blocks were, at most fillsMax of them. */
export interface RecentFill {
  readonly blocks: number;
  readonly mean: number | undefined;
  readonly most: number | undefined;
}

export interface PaceTotals {
  /** What they cover. */
  readonly windowMs: number;
  readonly blocks: number;
  readonly transactions: number;
  /** Of an even sample. */
  readonly finalityMsMedian: number | undefined;
  readonly finalityMsP99: number | undefined;
}

export interface PaceAnswers {
  /** @param windowMs at most paceWindowMsMax. @param points at most pacePointsMax; fewer where a slot is longer. */
  series(windowMs: number, points: number): PaceSeries;
  recentFill(): RecentFill;
}

export const paceWindowMsMax: number = 24 * 3_600_000;
export const pacePointsMax = 360;
const fillsMax = 100;
const samplesMax = 32;
/** Samples of a point's slots together, and of all that totals cover, unless there are more slots. */
const pointSamplesMax = 48;
const totalsSamplesMax = 4_096;

interface Slot {
  /** Which stretch of time it is: Unix ms divided by its length. */
  readonly index: number;
  blocks: number;
  transactions: number;
  fill: number;
  /** One in `stride` measured times is kept. */
  samples: number[];
  stride: number;
  measured: number;
}

class Ring {
  readonly slotMs: number;
  readonly spanMs: number;
  readonly #slots: (Slot | undefined)[] = [];
  readonly #size: number;

  constructor(slotMs: number, spanMs: number) {
    this.slotMs = slotMs;
    this.spanMs = spanMs;
    // The first point may begin before the span does: by less than one slot for each point.
    this.#size = spanMs / slotMs + pacePointsMax;
  }

  note(atMs: number, { transactions, finalityMs, fill }: FinalMeasure): void {
    const slot = this.#slotAt(Math.floor(atMs / this.slotMs));
    slot.blocks += 1;
    slot.transactions += transactions;
    slot.fill += fill;
    if (finalityMs !== undefined) sample(slot, finalityMs);
  }

  point(fromMs: number, pointMs: number): PacePoint {
    const slots = this.slots(fromMs, fromMs + pointMs);
    const blocks = sum(slots, "blocks");
    return {
      fromMs,
      blocks,
      transactions: sum(slots, "transactions"),
      finalityMsMedian: quantile(samplesOf(slots, pointSamplesMax), 0.5),
      fillMean: blocks === 0 ? undefined : sum(slots, "fill") / blocks,
    };
  }

  /** Those that begin from one time on and before another. */
  slots(fromMs: number, toMs: number): readonly Slot[] {
    const slots: Slot[] = [];
    const end = Math.ceil(toMs / this.slotMs);
    for (let index = Math.ceil(fromMs / this.slotMs); index < end; index += 1) {
      const slot = this.#slots[index % this.#size];
      if (slot?.index === index) slots.push(slot);
    }
    return slots;
  }

  #slotAt(index: number): Slot {
    const place = index % this.#size;
    const known = this.#slots[place];
    if (known?.index === index) return known;
    const slot = {
      index,
      blocks: 0,
      transactions: 0,
      fill: 0,
      samples: [],
      stride: 1,
      measured: 0,
    };
    this.#slots[place] = slot;
    return slot;
  }
}

export class Pace implements PaceAnswers {
  readonly #clock: Clock;
  readonly #sinceMs: number;
  /** Unix ms minus the monotonic clock when it began: a wall clock that is set must not move what was counted. */
  readonly #offsetMs: number;
  readonly #seconds = new Ring(1_000, 3_600_000);
  readonly #minutes = new Ring(60_000, paceWindowMsMax);
  #fills: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.wallMs();
    this.#offsetMs = this.#sinceMs - clock.monotonicMs();
  }

  blockFinal(measure: FinalMeasure): void {
    const nowMs = this.#nowMs();
    this.#seconds.note(nowMs, measure);
    this.#minutes.note(nowMs, measure);
    this.#fills.push(measure.fill);
    if (this.#fills.length > 2 * fillsMax) this.#fills = this.#fills.slice(-fillsMax);
  }

  series(windowMs: number, points: number): PaceSeries {
    assert(windowMs >= 1 && windowMs <= paceWindowMsMax, "a series is of up to a day");
    assert(points >= 1 && points <= pacePointsMax, "a series has a point, and a bounded number");
    const ring = this.#ringFor(windowMs);
    const pointMs = Math.ceil(windowMs / points / ring.slotMs) * ring.slotMs;
    const count = Math.ceil(windowMs / pointMs);
    const last = Math.floor(this.#nowMs() / pointMs);
    return {
      pointMs,
      sinceMs: this.#sinceMs,
      points: Array.from({ length: count }, (_, i) =>
        ring.point((last - count + 1 + i) * pointMs, pointMs),
      ),
    };
  }

  /** What became final in the last whole slots of a window of up to a day, and in the one that is not over yet. */
  totals(windowMs: number): PaceTotals {
    assert(windowMs >= 1 && windowMs <= paceWindowMsMax, "a window is of up to a day");
    const ring = this.#ringFor(windowMs);
    const nowMs = this.#nowMs();
    const fromMs = Math.ceil((nowMs - windowMs) / ring.slotMs) * ring.slotMs;
    const slots = ring.slots(fromMs, nowMs + ring.slotMs);
    const samples = samplesOf(slots, totalsSamplesMax);
    return {
      windowMs: Math.max(1, Math.round(nowMs - Math.max(fromMs, this.#sinceMs))),
      blocks: sum(slots, "blocks"),
      transactions: sum(slots, "transactions"),
      finalityMsMedian: quantile(samples, 0.5),
      finalityMsP99: quantile(samples, 0.99),
    };
  }

  recentFill(): RecentFill {
    const fills = this.#fills.slice(-fillsMax);
    if (fills.length === 0) return { blocks: 0, mean: undefined, most: undefined };
    const sum = fills.reduce((total, fill) => total + fill, 0);
    return { blocks: fills.length, mean: sum / fills.length, most: Math.max(...fills) };
  }

  #ringFor(windowMs: number): Ring {
    return windowMs <= this.#seconds.spanMs ? this.#seconds : this.#minutes;
  }

  #nowMs(): number {
    return this.#clock.monotonicMs() + this.#offsetMs;
  }
}

function sample(slot: Slot, finalityMs: number): void {
  if (slot.measured % slot.stride === 0) slot.samples.push(finalityMs);
  slot.measured += 1;
  if (slot.samples.length < samplesMax) return;
  slot.samples = slot.samples.filter((_, i) => i % 2 === 0);
  slot.stride *= 2;
}

const sum = (slots: readonly Slot[], part: "blocks" | "transactions" | "fill"): number =>
  slots.reduce((total, slot) => total + slot[part], 0);

/** Ascending; of many slots, fewer of each: an answer must not cost more because it covers more. */
function samplesOf(slots: readonly Slot[], max: number): Float64Array {
  const ofEach = Math.max(1, Math.floor(max / Math.max(1, slots.length)));
  return Float64Array.from(slots.flatMap(({ samples }) => samples.slice(0, ofEach))).sort();
}

/** Of values in ascending order. */
export function quantile(ascending: ArrayLike<number>, share: number): number | undefined {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))];
}

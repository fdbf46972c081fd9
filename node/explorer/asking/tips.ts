/**
 * The tips of this page's node and of those that the reader named, asked of each directly and compared, again and again
 * while the page is looked at.
 *
 * In turns: first every node's tip, then, of those that stand at different heights, each higher one for its block at the
 * height below. Two questions to one node lie two seconds apart, also where nodes are named meanwhile.
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { paths } from "../../../src/api/paths.ts";
import { askOther } from "./other-node.ts";
import {
  blockIdOf,
  type Contradiction,
  contradictionOf,
  isQuestion,
  keyOf,
  neighbours,
  type Pair,
  type SeenTip,
  tipOf,
} from "./tip-comparison.ts";

export type Sighting =
  | { readonly kind: "asking" }
  | { readonly kind: "tip"; readonly tip: SeenTip }
  | { readonly kind: "other-chain"; readonly tip: SeenTip }
  | { readonly kind: "nothing"; readonly why: string };

/** What was found when a node was last compared. */
export type Agreement = "agrees" | "contradicts";

export interface Tips {
  /** By base URL. */
  readonly sightings: ReadonlyMap<string, Sighting>;
  readonly agreements: ReadonlyMap<string, Agreement>;
  /** Of any time since the page was opened, among nodes that are still named. */
  readonly contradictions: readonly Contradiction[];
}

const turnMs = 2_000;
/** A timer may come a little early, by the clock that it is held against. */
const timerMs = 20;
const nodesMax = 50;
const contradictionsMax = 100;

/** Nobody is asked while there are no others. */
export function useTips(page: string, others: readonly string[]): Tips {
  const [tips, setTips] = useState<Tips>(noTips);
  const rounds = useRef<Rounds | undefined>(undefined);
  useEffect(() => {
    const leave = new AbortController();
    rounds.current = new Rounds(page, leave.signal, setTips);
    void rounds.current.run();
    return () => leave.abort();
  }, [page]);
  useEffect(() => rounds.current?.name(others), [page, others.join(" ")]);
  return tips;
}

const noTips: Tips = { sightings: new Map(), agreements: new Map(), contradictions: [] };

class Rounds {
  readonly #page: string;
  readonly #left: AbortSignal;
  readonly #show: (tips: Tips) => void;
  #bases: readonly string[] = [];
  readonly #sightings = new Map<string, Sighting>();
  /** When each was asked last, by the monotonic clock. */
  readonly #askedMs = new Map<string, number>();
  #agreements: ReadonlyMap<string, Agreement> = new Map();
  readonly #contradictions = new Map<string, Contradiction>();
  /** The page's node's, once it has said so. */
  #chainId: string | undefined;
  /** Other nodes were named since the turn began. */
  #isWoken = false;
  #wake: () => void = () => {};

  constructor(page: string, left: AbortSignal, show: (tips: Tips) => void) {
    this.#page = page;
    this.#left = left;
    this.#show = show;
  }

  /** From now on these are asked, and whoever is new at once. */
  name(others: readonly string[]): void {
    this.#bases = others.length === 0 ? [] : [this.#page, ...others].slice(0, nodesMax);
    for (const base of this.#sightings.keys()) {
      if (!this.#bases.includes(base)) this.#sightings.delete(base);
    }
    for (const [key, { nodes }] of this.#contradictions) {
      if (nodes.some(({ base }) => !this.#bases.includes(base))) this.#contradictions.delete(key);
    }
    this.#tell();
    this.#isWoken = true;
    this.#wake();
  }

  async run(): Promise<void> {
    while (!this.#left.aborted) {
      this.#isWoken = false;
      await this.#askTips();
      const pairs = neighbours(this.#tips());
      const agreements = new Map<string, Agreement>();
      for (const pair of pairs) {
        if (!isQuestion(pair)) this.#found(pair, pair.higher.id, agreements);
      }
      const questions = pairs.filter(isQuestion);
      if (questions.length === 0) this.#agreements = agreements;
      this.#tell();
      const isWhole = await this.#pause();
      if (questions.length === 0 || !isWhole || this.#left.aborted) continue;
      await Promise.all(questions.map((pair) => this.#ask(pair, agreements)));
      this.#agreements = agreements;
      this.#tell();
      await this.#pause();
    }
  }

  async #askTips(): Promise<void> {
    const nowMs = performance.now();
    const due = this.#bases.filter(
      (base) => nowMs - (this.#askedMs.get(base) ?? Number.NEGATIVE_INFINITY) > turnMs - timerMs,
    );
    const found = await Promise.all(
      due.map(async (base) => [base, await this.#askTip(base)] as const),
    );
    const own = found.find(([base]) => base === this.#page)?.[1];
    if (own?.kind === "tip") this.#chainId = own.tip.chainId;
    for (const [base, sighting] of found) {
      if (this.#bases.includes(base)) this.#sightings.set(base, this.#placed(sighting));
    }
  }

  /** Before the page's own node has answered nobody knows whose chain is another. */
  #placed(sighting: Sighting): Sighting {
    if (sighting.kind !== "tip" || this.#chainId === undefined) return sighting;
    const { tip } = sighting;
    return tip.chainId === this.#chainId ? sighting : { kind: "other-chain", tip };
  }

  async #askTip(base: string): Promise<Sighting> {
    this.#askedMs.set(base, performance.now());
    const heard = await askOther(base, paths.status(), this.#left);
    if (heard.kind === "nothing") return heard;
    const tip = tipOf(base, heard.value);
    return tip === undefined
      ? { kind: "nothing", why: "what answers there is no node of this kind" }
      : { kind: "tip", tip };
  }

  /** Only of nodes whose chain is the page's. */
  #tips(): readonly SeenTip[] {
    return [...this.#sightings.values()].flatMap((sighting) =>
      sighting.kind === "tip" && sighting.tip.chainId === this.#chainId ? [sighting.tip] : [],
    );
  }

  async #ask(pair: Pair, agreements: Map<string, Agreement>): Promise<void> {
    const { lower, higher } = pair;
    this.#askedMs.set(higher.base, performance.now());
    const heard = await askOther(higher.base, paths.block(lower.height), this.#left);
    const id = heard.kind === "json" ? blockIdOf(lower.height, heard.value) : undefined;
    if (id !== undefined) this.#found(pair, id, agreements);
  }

  #found(pair: Pair, id: string, agreements: Map<string, Agreement>): void {
    const { lower, higher } = pair;
    if (![lower, higher].every(({ base }) => this.#bases.includes(base))) return;
    const contradiction = contradictionOf(pair, id);
    if (contradiction !== undefined && this.#contradictions.size < contradictionsMax) {
      const key = keyOf(contradiction);
      if (!this.#contradictions.has(key)) this.#contradictions.set(key, contradiction);
    }
    for (const { base } of [lower, higher]) {
      const isBad = contradiction !== undefined || agreements.get(base) === "contradicts";
      agreements.set(base, isBad ? "contradicts" : "agrees");
    }
  }

  #tell(): void {
    if (this.#left.aborted) return;
    this.#show({
      sightings: new Map(this.#sightings),
      agreements: this.#agreements,
      contradictions: [...this.#contradictions.values()],
    });
  }

  /** A page that nobody looks at asks nobody. Resolves to whether it was a whole turn: other nodes may have been named. */
  async #pause(): Promise<boolean> {
    while (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, turnMs);
      });
      if (document.visibilityState !== "hidden" || this.#left.aborted) break;
    }
    return !this.#isWoken;
  }
}

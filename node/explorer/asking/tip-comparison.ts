/**
 * Tips of several nodes, compared: equal heights by their ids, different heights by what the higher node has at the height
 * of the lower one. Blocks name their parents, so neighbours that agree, one by one, are all on one chain.
 * @module
 */

export interface SeenTip {
  /** Base URL of the node that says so. */
  readonly base: string;
  readonly chainId: string;
  readonly nodeId: string;
  readonly height: number;
  readonly id: string;
  readonly timestampMs: number;
}

/** Two nodes and the ids that they have at one height. */
export interface Pair {
  readonly lower: SeenTip;
  readonly higher: SeenTip;
}

export interface Contradiction {
  readonly height: number;
  readonly nodes: readonly [Witness, Witness];
}

export interface Witness {
  readonly base: string;
  readonly id: string;
}

const hashText = /^[0-9a-f]{64}$/;

/** What `/v1/status` says of the tip; undefined when it is no such answer. */
export function tipOf(base: string, json: unknown): SeenTip | undefined {
  const { chainId, nodeId, tip } = fieldsOf(json);
  const { height, id, timestampMs } = fieldsOf(tip);
  if (!isHash(chainId) || !isHash(nodeId) || !isHash(id)) return undefined;
  if (!isCount(height) || !isCount(timestampMs)) return undefined;
  return { base, chainId, nodeId, height, id, timestampMs };
}

/** The id in `/v1/blocks/{height}`; undefined when it is no such answer. */
export function blockIdOf(height: number, json: unknown): string | undefined {
  const { height: stated, id } = fieldsOf(json);
  return stated === height && isHash(id) ? id : undefined;
}

/** Those of one chain: each with all that are as high, for that takes no question, and with the next higher. */
export function neighbours(tips: readonly SeenTip[]): readonly Pair[] {
  const sorted = tips.toSorted((a, b) => a.height - b.height);
  return sorted.flatMap((lower, at) =>
    sorted
      .slice(at + 1)
      .filter((higher, between) => between === 0 || higher.height === lower.height)
      .map((higher) => ({ lower, higher })),
  );
}

/** Whether somebody has to be asked. */
export const isQuestion = ({ lower, higher }: Pair): boolean => lower.height !== higher.height;

/** `id`: what the higher node has at the lower one's height. Undefined when they agree. */
export function contradictionOf({ lower, higher }: Pair, id: string): Contradiction | undefined {
  if (id === lower.id) return undefined;
  return {
    height: lower.height,
    nodes: [
      { base: lower.base, id: lower.id },
      { base: higher.base, id },
    ],
  };
}

/** Of one pair of nodes there is one. */
export const keyOf = ({ nodes }: Contradiction): string =>
  nodes
    .map(({ base }) => base)
    .toSorted()
    .join(" ");

/** A height at which there are several blocks, and who has which. */
export interface Dispute {
  readonly height: number;
  /** Base URLs by block id. */
  readonly sides: ReadonlyMap<string, readonly string[]>;
}

/** All contradictions at one height are one dispute. */
export function disputesIn(contradictions: readonly Contradiction[]): readonly Dispute[] {
  const byHeight = new Map<number, Map<string, readonly string[]>>();
  for (const { height, nodes } of contradictions) {
    const sides = byHeight.get(height) ?? new Map<string, readonly string[]>();
    byHeight.set(height, sides);
    for (const { id, base } of nodes) {
      sides.set(id, [...new Set([...(sides.get(id) ?? []), base])]);
    }
  }
  return [...byHeight].map(([height, sides]) => ({ height, sides }));
}

export interface Lag {
  readonly blocks: number;
  /** Between the times of the two blocks. */
  readonly ms: number;
}

/** How far a tip lies behind the highest of them. */
export function lagOf(tip: SeenTip, tips: readonly SeenTip[]): Lag {
  const highest = tips.reduce((most, each) => (each.height > most.height ? each : most), tip);
  return {
    blocks: highest.height - tip.height,
    ms: Math.max(0, highest.timestampMs - tip.timestampMs),
  };
}

const fieldsOf = (json: unknown): Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>) : {};

const isHash = (value: unknown): value is string =>
  typeof value === "string" && hashText.test(value);

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * Looks at a local network, sketched: what each node says of itself, with what is as usual left out.
 * @module
 */
import type { Groups } from "../../../../node/localnet/partition.ts";
import type { SeenNode } from "../../../../node/localnet/sight.ts";
import type { StatusJson } from "../../../../src/api/json.ts";

export interface Sketch {
  readonly linked?: readonly number[];
  readonly state?: SeenNode["state"];
  readonly silent?: string;
  readonly observer?: boolean;
  readonly answers?: boolean;
  readonly height?: number;
  readonly behind?: number;
  readonly quorumAgeMs?: number;
  readonly waiting?: number;
  /** How many validators it knows of, where that differs. */
  readonly validators?: number;
}

export const nodeId = (index: number): string => index.toString(16).padStart(64, "0");

/** Nodes in the order given; without `linked` a node is linked to all others. */
export function look(
  sketches: readonly Sketch[],
  validatorCount: number = sketches.length,
): readonly SeenNode[] {
  return sketches.map((sketch, index) => {
    const { state = "running", answers = state === "running" } = sketch;
    const linked = sketch.linked ?? sketches.map((_, other) => other);
    return {
      index,
      name: `node-${index}`,
      http: `http://127.0.0.1:${28_000 + index}`,
      nodeId: nodeId(index),
      state,
      reason: state === "down" ? "ended by SIGKILL" : null,
      status: answers ? statusOf(sketch, index, sketch.validators ?? validatorCount) : undefined,
      peers: new Set(answers ? linked.filter((other) => other !== index).map(nodeId) : []),
    };
  });
}

function statusOf(sketch: Sketch, index: number, validatorCount: number): StatusJson {
  const { silent, observer = false, height = 7, behind = 0, quorumAgeMs = 50 } = sketch;
  const speaking = silent === undefined ? { kind: "voting" as const } : undefined;
  return {
    chainId: nodeId(0),
    networkName: "local",
    addressPrefix: "q",
    asset: { code: "QRT", decimals: 6 },
    nodeId: nodeId(index),
    validatorIndex: observer ? null : index,
    validatorCount,
    voting: observer
      ? { kind: "observer" }
      : (speaking ?? { kind: "silent", reason: silent ?? "" }),
    tip: { height, id: nodeId(height), timestampMs: 0, stateRoot: nodeId(height) },
    epoch: 0,
    epochEnds: 200,
    view: 1,
    lastFinalView: 1,
    leader: "node-0",
    sync: behind > 0 ? { kind: "behind", blocks: behind, peers: 3 } : { kind: "synced" },
    quorumAgeMs,
    peers: 3,
    mempool: { transactions: sketch.waiting ?? 0, bytes: 0 },
    nullified: [],
    silent: [],
    fetching: { certificates: [], blocks: 0, range: null },
    faults: 0,
    startedMs: 0,
  };
}

export const down: Sketch = { state: "down" };
export const paused: Sketch = { state: "paused" };
export const halves: readonly Sketch[] = [
  { linked: [1] },
  { linked: [0] },
  { linked: [3] },
  { linked: [2] },
];
export const halved: Groups = [
  [0, 1],
  [2, 3],
];

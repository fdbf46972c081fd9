/**
 * The JSON contract of chaos on a local network: what its nodes do, what was done to them, and what came of it.
 *
 * Served by every node of `quorate network up`, to this machine alone. Types only, like json.ts; local-schemas.ts holds
 * the same shapes as schemas. Times are Unix milliseconds; what is absent is null.
 * @module
 */
import type { SyncJson, TipJson, VotingJson } from "./json.ts";

/** What is done to one node. */
export type LocalNodeCommand = "kill" | "pause" | "resume" | "restart";
export type LocalCommand = LocalNodeCommand | "partition" | "heal";

/** Something that was or is being done to the network. */
export interface LocalActionJson {
  /** 1, 2, 3, … since the network was started: a verdict names the number of its action. */
  readonly number: number;
  readonly command: LocalCommand;
  /** Index of the node; null for partition and heal, which are about all. */
  readonly node: number | null;
  /** Of a partition: every node is in exactly one group. */
  readonly groups: readonly (readonly number[])[] | null;
  readonly startedMs: number;
}

/** Of the part of the network that has the most votes. */
export interface LocalQuorumJson {
  /** Validators that vote and reach each other. */
  readonly reachable: number;
  readonly needed: number;
  readonly validators: number;
}

/** What an action came to. */
export interface LocalVerdictJson {
  readonly action: LocalActionJson;
  readonly endedMs: number;
  /**
   * Every node that answers was compared, and has the same blocks and the same state at the heights that they share.
   * Null: there was nothing to compare, or something could not be compared. Of a node that does not answer it says nothing.
   */
  readonly safe: boolean | null;
  /**
   * A quorum votes and its members reach each other; where transactions wait, it was also seen to act since the action.
   * False without a quorum too: then the network waits, as it must.
   */
  readonly live: boolean;
  readonly quorum: LocalQuorumJson;
  /**
   * Of restart, resume and heal: from the action until each node that it is about was at the tip and voting, and, where
   * transactions wait, a quorum was seen to act since. Null: not in the time that was waited, or there was nothing to
   * recover.
   */
  readonly recoveredAfterMs: number | null;
  /** All of it in a sentence for people. */
  readonly words: string;
  /** Why the action could not be done, such as a node that did not start; null when it was done. */
  readonly failure: LocalFailureJson | null;
}

export interface LocalFailureJson {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

export interface LocalNodeJson {
  readonly index: number;
  readonly name: string;
  /** Its base URL: ask it for the same, when the node that served the page is gone. */
  readonly http: string;
  readonly state: "running" | "paused" | "down";
  /** Why it is down, or why it does not answer. */
  readonly reason: string | null;
  /**
   * Whether its tip is the block that other nodes have at that height, compared just now. Null: it was compared with no
   * other one.
   */
  readonly agrees: boolean | null;
  /** These five are null when the node does not answer. */
  readonly tip: TipJson | null;
  readonly voting: VotingJson | null;
  readonly sync: SyncJson | null;
  readonly peers: number | null;
  readonly quorumAgeMs: number | null;
  /** Which group of the partition it is in, from 0; null without a partition. */
  readonly group: number | null;
  /** What is being done to it now: its buttons rest until this is null. */
  readonly action: LocalActionJson | null;
}

export interface LocalPartitionJson {
  readonly groups: readonly (readonly number[])[];
  readonly sinceMs: number;
  /** When it heals by itself; null: when it is told to. */
  readonly healsAtMs: number | null;
}

/** GET /v1/local/nodes */
export interface LocalNodesJson {
  /** In the order of their indices. */
  readonly nodes: readonly LocalNodeJson[];
  /** Null while every node may reach every other. */
  readonly partition: LocalPartitionJson | null;
  /** A partition or a healing that is under way. */
  readonly action: LocalActionJson | null;
  /** What the last actions came to, newest first, at most 10. */
  readonly verdicts: readonly LocalVerdictJson[];
}

/** The answer (202) to every POST: it has begun; its verdict will be in GET /v1/local/nodes under the same number. */
export interface LocalAcceptedJson {
  readonly action: LocalActionJson;
}

/** The body of POST /v1/local/partition. Nodes that no group names are one more group. */
export interface LocalPartitionRequestJson {
  readonly groups: readonly (readonly number[])[];
  /** Heals by itself after so long, 1 s to 1 h; null or left out: when it is told to. */
  readonly forMs?: number | null | undefined;
}

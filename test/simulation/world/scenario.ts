/**
 * A scenario: what happens to a network before it is healed and must make progress. One sentence each.
 * @module
 */
import type { Wiretap } from "../scenarios/wiretap.ts";
import type { Wrap } from "./node.ts";
import type { Random } from "./random.ts";
import type { World, WorldOptions } from "./world.ts";

export interface Scenario {
  readonly name: string;
  /** Sizes of network that it is run with, when nothing else is asked for. */
  readonly validators: readonly number[];
  /** Other sizes that it makes sense with; absent: all. */
  readonly fits?: (validators: number) => boolean;
  readonly adversaries?: (validators: number, random: Random) => ReadonlyMap<number, Wrap>;
  /** Everything else that its world needs. */
  readonly world?: (validators: number, random: Random) => Omit<Partial<WorldOptions>, "seed">;
  readonly run: (world: World, tap: Wiretap) => Promise<void> | void;
  /** Checked when the network was healed and has made progress: what the scenario is about. */
  readonly afterwards?: (world: World, tap: Wiretap) => Promise<void> | void;
  /** The network is meant to stand still: it is neither healed nor asked for progress. */
  readonly staysHalted?: boolean;
  /** How soon after healing every honest node must have made progress; absent: 60 s. */
  readonly healWithinMs?: number;
  /** Between two payments, on average; absent: 150 ms. */
  readonly payEveryMs?: number;
}

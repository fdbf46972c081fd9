/**
 * A mutant: one guard of the code under test taken away, and which scene must see it.
 *
 * A guard is taken away by replacing text of one compiled module while it is loaded; nothing in the code under test knows
 * of it. Guards stand behind one another, so some scenes see the loss of one only where the others are gone too: those are
 * named in `behind`. The runner shows that the scene finds nothing with them alone: so it was this guard that held.
 * @module
 */
import type { FindingKind } from "./scenes/finding.ts";

/** The text occurs exactly once in the compiled file, or the run fails. */
export interface Patch {
  /** Below dist/, for example `src/consensus/voter.js`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  /** What it does, or fails to do: "a validator nullifies what it finalized". */
  readonly name: string;
  readonly patch: Patch;
  readonly behind?: readonly Patch[];
  readonly expects: FindingKind;
  /** What the finding must say, where scenes find several things. */
  readonly says?: string;
  /** The scene that must find it. */
  readonly by: string;
}

export interface MutantGroup {
  readonly title: string;
  readonly mutants: readonly Mutant[];
}

/** Patches of one file, briefly. */
export function inFile(file: string): (find: string, replace: string) => Patch {
  return (find, replace) => ({ file, find, replace });
}

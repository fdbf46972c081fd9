/**
 * Small worlds for the change of validators: the last block of an epoch, and the hop from one set to the next.
 *
 * Boundary: every choice of honest votes for two blocks that both want to end an epoch of n = 4 to 7, with every set of
 * at most f liars, who sign everything. Never are both certified; so there is one set that follows.
 * Hop: every chain of three sets of 4 to 7 out of eight keys, with every set of keys that are at most f of each set.
 * Who starts at the first set accepts a next set only when q distinct members of the set it holds have signed the
 * block that names it; so it accepts the real chain and nothing else.
 *
 * How many change at once is not restricted: that no two quorums of *one* set contradict each other is all that safety
 * uses. The bound on changes limits how many newcomers, who may not be there yet, an epoch can wait for.
 * @module
 */
import { faultyMax, quorumOf } from "../../src/protocol/validator-set.ts";

export interface SetChangeResult {
  readonly worlds: number;
  readonly flaw: string | undefined;
}

const countMin = 4;
const countMax = 7;
const keys = 8;

/** How many votes make a certificate among n. */
export type Quorum = (count: number) => number;

/**
 * Two views of an epoch's last height, two blocks. An honest validator votes to finalize the first or to nullify its
 * view, never both, and votes for the second block only when the first view is nullified.
 */
export function exploreBoundary(quorum: Quorum = quorumOf): SetChangeResult {
  let worlds = 0;
  for (let count = countMin; count <= countMax; count += 1) {
    const needed = quorum(count);
    for (const liars of subsets(count).filter((set) => size(set) <= faultyMax(count))) {
      const honest = ((1 << count) - 1) & ~liars;
      for (const first of within(honest)) {
        for (const nullified of within(honest & ~first)) {
          worlds += 1;
          const isFirst = size(first | liars) >= needed;
          // All others may vote for the second as soon as the first view is nullified.
          const isSecond = size(nullified | liars) >= needed && size(honest | liars) >= needed;
          if (isFirst && isSecond) {
            return { worlds, flaw: `n = ${count}: two last blocks, liars ${members(liars)}` };
          }
        }
      }
    }
  }
  return { worlds, flaw: undefined };
}

/** A clause of the hop that can be left out, or a promise of the world. */
export type HopClause =
  | "distinct signers"
  | "members of the set held"
  | "a quorum"
  /** At most f of a set lie for ever, not only while they are in it. */
  | "former members stay honest";

/** Whether a certificate with these signers lets somebody who holds `set` go on to what it names. */
function hops(set: number, signers: readonly number[], without: HopClause | undefined): boolean {
  const ofSet = signers.filter((key) => (set & (1 << key)) !== 0);
  const counted = without === "members of the set held" ? signers : ofSet;
  const number = without === "distinct signers" ? counted.length : new Set(counted).size;
  const count = size(set);
  return number >= (without === "a quorum" ? faultyMax(count) : quorumOf(count));
}

/** Each hop leans on one set only, so chains of two sets, each of which somebody may hold, stand for longer ones. */
export function exploreHops(without?: HopClause): SetChangeResult {
  let worlds = 0;
  const sets = subsets(keys).filter((set) => size(set) >= countMin && size(set) <= countMax);
  for (let count = countMin; count <= countMax; count += 1) {
    const genesis = (1 << count) - 1;
    for (const next of sets) {
      for (const liars of subsets(keys)) {
        const watched = without === "former members stay honest" ? [next] : [genesis, next];
        if (watched.some((set) => size(liars & set) > faultyMax(size(set)))) continue;
        worlds += 1;
        const flaw = hopFlaw([genesis, next], liars, without);
        if (flaw !== undefined) return { worlds, flaw };
      }
    }
  }
  return { worlds, flaw: undefined };
}

function hopFlaw(
  chain: readonly number[],
  liars: number,
  without: HopClause | undefined,
): string | undefined {
  for (const set of chain) {
    // Honest validators sign the one real last block, and nothing else that ends this epoch.
    const signers = members(set & ~liars);
    if (without === undefined && !hops(set, signers, without)) {
      return `the real hop from ${members(set)} is refused when ${members(liars)} keep silent`;
    }
    const forgers = members(liars);
    if (hops(set, [...forgers, ...forgers, ...forgers, ...forgers], without)) {
      return `from ${members(set)} to any set, signed with the keys ${forgers}`;
    }
  }
  return undefined;
}

const subsets = (count: number): readonly number[] =>
  Array.from({ length: 1 << count }, (_, set) => set);

/** All subsets of a set. */
function within(set: number): readonly number[] {
  const found = [0];
  for (let part = set; part !== 0; part = (part - 1) & set) found.push(part);
  return found;
}

function size(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

const members = (set: number): readonly number[] =>
  Array.from({ length: keys }, (_, key) => key).filter((key) => (set & (1 << key)) !== 0);

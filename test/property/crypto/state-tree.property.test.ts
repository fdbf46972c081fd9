/**
 * The state tree against its definition (state-tree-model.ts), on random and on adversarially close paths.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../../src/base/bytes.ts";
import { nobleHasher as hasher } from "../../../src/crypto/hash.ts";
import { StateTree, type TreeVersion } from "../../../src/crypto/state-tree.ts";
import {
  type Batch,
  batch,
  changesOf,
  definedRoot,
  type Entries,
  path,
  withChanges,
} from "./state-tree-model.ts";

const none: Entries = new Map();
const grow = (tree: StateTree, batches: readonly Batch[]): TreeVersion =>
  batches.reduce((version, changes) => tree.apply(version, changesOf(changes)), tree.empty);

test("after any batches the root is the defined one, and every entry is found", () => {
  fc.assert(
    fc.property(
      fc.array(batch, { maxLength: 4 }),
      fc.array(path, { maxLength: 5 }),
      (batches, more) => {
        const tree = new StateTree({ hasher });
        const version = grow(tree, batches);
        const entries = batches.reduce(withChanges, none);
        expect(toHex(tree.root(version))).toBe(definedRoot(entries));
        expect(version.entries).toBe(entries.size);
        const asked = [...batches.flatMap((changes) => [...changes.keys()]), ...more];
        for (const at of asked) {
          const found = tree.valueHash(version, fromHex(at));
          expect(found && toHex(found)).toBe(entries.get(at));
        }
      },
    ),
  );
});

test("the order of a batch does not matter, nor how entries are spread over batches", () => {
  const shuffled = batch.chain((changes) =>
    fc.record({
      changes: fc.constant(changes),
      other: fc.shuffledSubarray([...changes], { minLength: changes.size }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ changes, other }) => {
      const tree = new StateTree({ hasher });
      const once = grow(tree, [changes]);
      const reordered = grow(tree, [new Map(other)]);
      const oneByOne = grow(
        tree,
        other.map((change) => new Map([change])),
      );
      expect(toHex(tree.root(reordered))).toBe(toHex(tree.root(once)));
      expect(toHex(tree.root(oneByOne))).toBe(toHex(tree.root(once)));
    }),
  );
});

test("removing entries leaves the tree as if they had never been there, to the last node", () => {
  fc.assert(
    fc.property(batch, batch, (first, second) => {
      const kept = new Map([...first].filter(([at]) => !second.has(at)));
      const removal = new Map([...second.keys()].map((at) => [at, undefined]));
      const expected = new StateTree({ hasher });
      expected.commit(expected.apply(expected.empty, changesOf(kept)));
      const tree = new StateTree({ hasher });
      for (const changes of [first, second, removal]) {
        tree.commit(tree.apply(tree.committed, changesOf(changes)));
      }
      expect(toHex(tree.root(tree.committed))).toBe(toHex(expected.root(expected.committed)));
      expect([tree.nodes, tree.entries]).toEqual([expected.nodes, expected.entries]);
    }),
  );
});

interface Step {
  readonly kind: "apply" | "commit" | "drop";
  readonly which: number;
  readonly changes: Batch;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("apply", "apply", "apply", "commit", "drop"),
    which: fc.nat(100),
    changes: batch,
  }),
  { maxLength: 20 },
);

/** A version with what it must hold, kept beside the tree. */
interface Expected {
  readonly version: TreeVersion;
  readonly entries: Entries;
  readonly parent: Expected | undefined;
}

/** Plays the steps; versions are chosen by number among those that live. Returns them, committed first. */
function play(tree: StateTree, script: readonly Step[]): Expected[] {
  let committed: Expected = { version: tree.empty, entries: none, parent: undefined };
  let live = [committed];
  const descends = (from: Expected, ancestor: Expected): boolean =>
    from === ancestor || (from.parent !== undefined && descends(from.parent, ancestor));
  for (const { kind, which, changes } of script) {
    const chosen = live[which % live.length] ?? committed;
    if (kind === "apply") {
      const version = tree.apply(chosen.version, changesOf(changes));
      live.push({ version, entries: withChanges(chosen.entries, changes), parent: chosen });
    } else if (kind === "drop" && chosen !== committed) {
      tree.drop(chosen.version);
      live = live.filter((other) => !descends(other, chosen));
    } else if (kind === "commit" && chosen.parent === committed) {
      tree.commit(chosen.version);
      committed = chosen;
      live = live.filter((other) => descends(other, chosen));
    }
    for (const { version, entries } of live) {
      for (const [at, value] of entries) {
        expect(toHex(tree.valueHash(version, fromHex(at)) ?? new Uint8Array(0))).toBe(value);
      }
    }
  }
  return [committed, ...live.filter((other) => other !== committed)];
}

test("branching, committing and dropping versions never disturbs another version", () => {
  fc.assert(
    fc.property(steps, (script) => {
      const tree = new StateTree({ hasher });
      for (const { version, entries } of play(tree, script)) {
        expect(toHex(tree.root(version))).toBe(definedRoot(entries));
        const again = tree.apply(version, changesOf(new Map([["77".repeat(32), "11".repeat(32)]])));
        const expected = withChanges(entries, new Map([["77".repeat(32), "11".repeat(32)]]));
        expect(toHex(tree.root(again))).toBe(definedRoot(expected));
      }
    }),
  );
});

test("once all other versions are dropped, only the committed version's nodes are left", () => {
  fc.assert(
    fc.property(steps, (script) => {
      const tree = new StateTree({ hasher });
      const [committed, ...others] = play(tree, script);
      for (const { version } of others) tree.drop(version);
      const fresh = new StateTree({ hasher });
      fresh.apply(fresh.empty, changesOf(committed?.entries ?? none));
      expect(tree.nodes).toBe(fresh.nodes);
    }),
  );
});

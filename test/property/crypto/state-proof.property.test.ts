/**
 * Proofs in the state tree: each one shows what is so, and no change to one shows anything else.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../../src/base/bytes.ts";
import { nobleHasher as hasher } from "../../../src/crypto/hash.ts";
import { type StateClaim, verifyStateProof } from "../../../src/crypto/state-proof.ts";
import { StateTree } from "../../../src/crypto/state-tree.ts";
import { batch, changesOf, path } from "./state-tree-model.ts";

/** The honest claims about some paths of a tree: those of its batch, and others. */
const claims: fc.Arbitrary<StateClaim[]> = fc
  .tuple(batch, fc.array(path, { minLength: 1, maxLength: 5 }))
  .map(([changes, others]) => {
    const tree = new StateTree({ hasher });
    const version = tree.apply(tree.empty, changesOf(changes));
    return [...changes.keys(), ...others].map((at) => {
      const where = fromHex(at);
      return {
        root: tree.root(version),
        path: where,
        valueHash: tree.valueHash(version, where),
        proof: tree.prove(version, where),
      };
    });
  });

const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, i) => (i === (bit >> 3) % bytes.length ? byte ^ (1 << (bit & 7)) : byte));

test("every entry and every absence has a proof that verifies", () => {
  fc.assert(
    fc.property(claims, (honest) => {
      expect(honest.filter((claim) => !verifyStateProof(hasher, claim))).toEqual([]);
    }),
  );
});

test("a proof shows one fact: not absence of what is there, nor presence or another value", () => {
  fc.assert(
    fc.property(claims, (honest) => {
      const other = new Uint8Array(32).fill(0xdd);
      for (const claim of honest) {
        expect(verifyStateProof(hasher, { ...claim, valueHash: other })).toBe(false);
        if (claim.valueHash === undefined) continue;
        expect(verifyStateProof(hasher, { ...claim, valueHash: undefined })).toBe(false);
      }
    }),
  );
});

test("an entry's own leaf is not passed off as another leaf, to deny it", () => {
  fc.assert(
    fc.property(claims, (honest) => {
      for (const claim of honest) {
        if (claim.valueHash === undefined) continue;
        const end = { kind: "other", path: claim.path, valueHash: claim.valueHash } as const;
        const denied = { ...claim, valueHash: undefined, proof: { ...claim.proof, end } };
        expect(verifyStateProof(hasher, denied)).toBe(false);
      }
    }),
  );
});

test("a leaf that stands elsewhere does not deny an entry", () => {
  fc.assert(
    fc.property(claims, (honest) => {
      for (const { path: target } of honest) {
        for (const { root, path: at, valueHash, proof } of honest) {
          if (valueHash === undefined || toHex(at) === toHex(target)) continue;
          const end = { kind: "other", path: at, valueHash } as const;
          const claim = { root, path: target, valueHash: undefined, proof: { ...proof, end } };
          const truth = honest.find((other) => toHex(other.path) === toHex(target));
          if (verifyStateProof(hasher, claim)) expect(truth?.valueHash).toBeUndefined();
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("no single change to a proof, a root or a path still verifies", () => {
  fc.assert(
    fc.property(claims, fc.nat(), fc.nat(255), (honest, which, bit) => {
      const claim = honest[which % honest.length];
      if (claim === undefined) return;
      const { proof, root } = claim;
      const { end, mask, siblings } = proof;
      const at = which % Math.max(1, siblings.length);
      const each = (change: (hash: Uint8Array) => Uint8Array): Uint8Array[] =>
        siblings.map((sibling, i) => (i === at ? change(sibling) : sibling));
      const proofs = [
        { ...proof, mask: flip(mask, bit) },
        { ...proof, mask: mask.subarray(1) },
        { ...proof, mask: new Uint8Array(33) },
        { ...proof, siblings: [...siblings, root] },
        { ...proof, siblings: [...siblings, new Uint8Array(32)] },
        ...(siblings.length === 0
          ? []
          : [
              { ...proof, siblings: each((sibling) => flip(sibling, bit)) },
              { ...proof, siblings: each((sibling) => sibling.subarray(1)) },
              { ...proof, siblings: siblings.filter((_, i) => i !== at) },
            ]),
        ...(end.kind === "empty" ? [] : [{ ...proof, end: { kind: "empty" } as const }]),
        ...(end.kind === "other"
          ? [
              { ...proof, end: { ...end, path: flip(end.path, bit) } },
              { ...proof, end: { ...end, valueHash: flip(end.valueHash, bit) } },
            ]
          : []),
      ];
      const changed: StateClaim[] = [
        ...proofs.map((other) => ({ ...claim, proof: other })),
        { ...claim, root: flip(root, bit) },
        { ...claim, root: new Uint8Array(0) },
        { ...claim, path: claim.path.subarray(1) },
      ];
      expect(changed.filter((other) => verifyStateProof(hasher, other))).toEqual([]);
    }),
  );
});

test("an empty sibling has one encoding: spelled out in place of its bit, it is refused", () => {
  fc.assert(
    fc.property(claims, (honest) => {
      for (const claim of honest) {
        const { mask, siblings } = claim.proof;
        const bits = Array.from(mask, (byte) => byte.toString(2).padStart(8, "0")).join("");
        const level = bits.indexOf("1");
        if (level < 0) continue;
        const cleared = mask.map((byte, i) =>
          i === level >> 3 ? byte & ~(0x80 >> (level & 7)) : byte,
        );
        const spelled = [...siblings.slice(0, level), new Uint8Array(32), ...siblings.slice(level)];
        const proof = { ...claim.proof, mask: cleared, siblings: spelled };
        expect(verifyStateProof(hasher, { ...claim, proof })).toBe(false);
      }
    }),
  );
});

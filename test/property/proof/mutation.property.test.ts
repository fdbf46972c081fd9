/**
 * No proof can be changed into one that says something false.
 *
 * Every field of every kind of proof is flipped, dropped, doubled, swapped, cut, and replaced by that of other proofs of
 * the same ledger and of a forged one; then every byte of the encoding. A change must be refused, but for these, which
 * say nothing false:
 *
 * - items left out, doubled or in another order: each is a fact of its own, and callers look for the one they asked for;
 * - a signature left out where more than a quorum signed, or other signers of the same certificate: still a quorum;
 * - parts of another true proof that fit: then it is another true proof. Likewise a hop of a forged ledger to the same
 *   validators, signed by a quorum of the real ones;
 * - the key of a proof of absence, now another key that has no entry either and would stand at the same place.
 * @module
 */
import { describe, expect, test } from "vitest";
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { decodeProof, encodeProof, type Proof } from "../../../src/proof/proof.ts";
import { type Proven, verifyProof } from "../../../src/proof/verify.ts";
import type { StateKey } from "../../../src/protocol/state.ts";
import { byteMutants, mutantsOf } from "../../fixtures/mutations.ts";
import {
  absentKeys,
  isTrue,
  makeProof,
  type ProofWish,
  trustIn,
} from "../../fixtures/proof-maker.ts";
import { blockAt, makeWorld, type World } from "../../fixtures/proof-world.ts";
import { hex } from "../../vectors/protocol-reference.ts";

const ports = { hasher: nativeHasher, verifier: nativeVerifier };
const sets = [[1, 2, 3, 4], [5], [3, 6]];
const world = makeWorld({ seed: 12, sets, height: 26 });
/** The same validators and chain, another past: what more than f of them would have had to sign. */
const forged = makeWorld({ seed: 13, sets, height: 26 });
const trust = trustIn(world);

const heldKey = (of: World, height: number): StateKey =>
  hex(blockAt(of, height).entries[2]?.key ?? new Uint8Array()) as StateKey;
const absentKey = (height: number, end: "empty" | "other"): StateKey =>
  absentKeys(world, height)[end] ?? ("" as StateKey);
const lastTransaction = (height: number): number => blockAt(world, height).transactions.length - 1;
/** The first heights from here on with several transactions, and with a key whose way ends in nothing. */
const busy = world.blocks.findIndex((_, height) => height > 3 && lastTransaction(height) > 2);
const hollow = world.blocks.findIndex(
  (_, height) => height > 10 && absentKeys(world, height).empty !== undefined,
);

const wishes: Readonly<Record<string, ProofWish>> = {
  "a transaction, finalized by all": {
    height: busy,
    signers: [0, 1, 2, 3],
    items: [{ transaction: lastTransaction(busy) }],
  },
  "a state entry under a covering header": {
    height: 7,
    covering: 9,
    items: [{ state: heldKey(world, 7) }],
  },
  "absence by another leaf, after two changes of the set": {
    height: 23,
    items: [{ state: absentKey(23, "other") }],
  },
  "absence by an empty place, under a covering header of the next epoch": {
    height: hollow,
    covering: hollow + 10,
    items: [{ state: absentKey(hollow, "empty") }],
  },
  "blocks of the history, and a header that is final by the last block of its epoch": {
    height: 16,
    covering: 20,
    items: [{ history: 0 }, { history: 17 }],
  },
};

/** Where a change leaves a true proof. */
const harmless = [
  /^items(\[\d+\])?: (emptied|reversed|first moved last|dropped|doubled|doubled at the end|swapped|cut from here)$/,
  /^finality\.certificate\.signatures\[\d+\]: (dropped|cut from here)$/,
  /: (given|joined|preceded) by [01]$/,
  /^hops(\[\d+\])?: given by 2$/,
];

/** Whether all of the proof's facts are about other subjects than those of the other, so nobody takes them for those. */
function isAboutOthers(one: Proof, other: Proof): boolean {
  const subjects = ({ items }: Proof): string[] =>
    items.map((item) => (item.kind === "state" ? item.key : item.kind));
  const known = subjects(other);
  return (
    one.items.length === other.items.length &&
    subjects(one).every((subject) => !known.includes(subject))
  );
}

function verified(proof: Proof): Proven | undefined {
  const result = verifyProof(proof, trust, ports);
  return result.ok ? result.value : undefined;
}

/** The proof as a node would send it; undefined when it has no encoding. */
function reencoded(proof: Proof): Proof | undefined {
  let bytes: Uint8Array;
  try {
    bytes = encodeProof(proof);
  } catch {
    return undefined; // Not in the form of the types: no bytes decode to it.
  }
  const decoded = decodeProof(bytes);
  return decoded.ok ? decoded.value : undefined;
}

describe.each(Object.entries(wishes))("%s", (_, wish) => {
  const proof = makeProof(world, wish);
  const givers = [
    makeProof(world, {
      ...wish,
      height: wish.height - 1,
      items: [{ state: heldKey(world, wish.height - 1) }],
    }),
    makeProof(world, {
      height: 6,
      covering: 25,
      items: [{ history: 3 }, { state: heldKey(world, 6) }],
    }),
    makeProof(forged, {
      height: wish.height,
      covering: 25,
      items: [{ state: heldKey(forged, wish.height) }, { history: 4 }],
    }),
  ];

  test("verifies as it is", () => {
    expect(verified(proof)?.facts).toHaveLength(wish.items?.length ?? 0);
  });

  test("no field of it can be changed, but for what stays true", () => {
    const accepted: string[] = [];
    const untrue: string[] = [];
    let tried = 0;
    for (const { name, value } of mutantsOf(proof, givers)) {
      tried += 1;
      const mutant = reencoded(value);
      if (mutant === undefined) continue;
      const proven = verified(mutant);
      if (proven === undefined) continue;
      if (name === ": given by 2") continue; // All validators signed the forged ledger: as a whole it is a proof.
      if (!isTrue(world, proven)) untrue.push(name);
      const isSame = hex(encodeProof(mutant)) === hex(encodeProof(proof));
      const isHarmless = harmless.some((form) => form.test(name)) || isAboutOthers(mutant, proof);
      if (!isSame && !isHarmless) accepted.push(name);
    }
    expect(untrue).toEqual([]);
    expect(accepted).toEqual([]);
    expect(tried).toBeGreaterThan(500);
  });

  test("no byte of it can be changed", () => {
    const accepted: string[] = [];
    for (const { name, value } of byteMutants(encodeProof(proof))) {
      const decoded = decodeProof(value);
      const proven = decoded.ok ? verified(decoded.value) : undefined;
      if (!decoded.ok || proven === undefined) continue;
      if (!(isTrue(world, proven) && isAboutOthers(decoded.value, proof))) accepted.push(name);
    }
    expect(accepted).toEqual([]);
  });
});

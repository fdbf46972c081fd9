/**
 * Random ledgers: whatever is so has a proof that verifies and says exactly that, and nothing else has one.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { decode, encode } from "../../../src/codec/codec.ts";
import { decodeProof, encodeProof, proofCodec } from "../../../src/proof/proof.ts";
import { trustTip } from "../../../src/proof/trust.ts";
import { verifyProof } from "../../../src/proof/verify.ts";
import type { ChainId } from "../../../src/protocol/ids.ts";
import type { StateKey } from "../../../src/protocol/state.ts";
import { absentKeys, isTrue, makeProof, trustIn, type Wish } from "../../fixtures/proof-maker.ts";
import { blockAt, makeWorld, validatorsOf, type World } from "../../fixtures/proof-world.ts";
import { hex, sha256 } from "../../vectors/protocol-reference.ts";

const ports = { hasher: nativeHasher, verifier: nativeVerifier };

/** Epochs of ten heights whose sets change, stay or come back; made once, since roots by definition take their time. */
const worlds = [
  { seed: 1, sets: [[1]], height: 1 },
  { seed: 2, sets: [[1, 2, 3, 4]], height: 23 },
  { seed: 3, sets: [[1], [2], [3], [4], [5]], height: 44 },
  {
    seed: 4,
    sets: [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [2, 3, 4, 5],
      [2, 3, 4, 5, 6],
    ],
    height: 40,
  },
  {
    seed: 5,
    sets: [
      [1, 2],
      [3, 4, 5],
      [1, 2],
      [1, 2],
      [6, 7, 8, 9, 10, 11, 12],
    ],
    height: 47,
  },
  {
    seed: 6,
    sets: [
      [9, 8, 7, 6, 5, 4, 3],
      [9, 8, 7, 6, 5, 4],
    ],
    height: 31,
  },
].map(makeWorld);
const someWorld = fc.constantFrom(...worlds);

interface Asked {
  readonly world: World;
  readonly height: number;
  readonly covering: number | undefined;
  readonly items: readonly Wish[];
}

const asked: fc.Arbitrary<Asked> = fc
  .tuple(someWorld, fc.nat(), fc.nat(), fc.boolean(), fc.array(fc.nat(), { maxLength: 8 }))
  .map(([world, a, b, isCovered, picks]) => {
    const tip = world.blocks.length - 1;
    const certified = 1 + (a % tip);
    const height = isCovered ? b % certified : certified;
    const { transactions, entries } = blockAt(world, height);
    const absent = absentKeys(world, height);
    const choices: Wish[] = [
      ...transactions.map((_, transaction) => ({ transaction })),
      ...entries.map(({ key }) => ({ state: hex(key) as StateKey })),
      ...[absent.empty, absent.other].flatMap((key) => (key === undefined ? [] : [{ state: key }])),
      ...Array.from({ length: certified }, (_, history) => ({ history })),
    ];
    const items = picks.flatMap((pick) => choices[pick % choices.length] ?? []);
    return { world, height, covering: isCovered ? certified : undefined, items };
  });

const proofOf = ({ world, height, covering, items }: Asked) =>
  makeProof(world, { height, items, ...(covering !== undefined && { covering }) });

test("every honest proof verifies from the genesis, with exactly the facts that were asked for", () => {
  fc.assert(
    fc.property(asked, (wish) => {
      const { world, height, items } = wish;
      const proof = proofOf(wish);
      const verified = verifyProof(proof, trustIn(world), ports);
      if (!verified.ok) throw new Error(verified.reason);
      expect(verified.value.blockId).toBe(blockAt(world, height).id);
      expect(isTrue(world, verified.value)).toBe(true);
      const subjects = verified.value.facts.map((fact): Wish => {
        if (fact.kind === "transaction") return { transaction: fact.index };
        return fact.kind === "state" ? { state: fact.key } : { history: fact.height };
      });
      expect(subjects).toEqual(items);
      expect(verified.value.vouching.map(({ height: at }) => at)).toEqual([
        ...proof.hops.map((hop) => hop.header.height),
        verified.value.certified.header.height,
      ]);
    }),
    { numRuns: 60 },
  );
});

test("a proof has one encoding, and survives it", () => {
  fc.assert(
    fc.property(asked, (wish) => {
      const proof = proofOf(wish);
      const decoded = decodeProof(encodeProof(proof));
      expect(decoded).toEqual({ ok: true, value: proof });
    }),
    { numRuns: 30 },
  );
});

test("from a remembered block, the proof begins at its epoch and shows that block", () => {
  fc.assert(
    fc.property(asked, fc.nat(), (wish, pick) => {
      const { world, covering, height, items } = wish;
      const certified = covering ?? height;
      const tip = blockAt(world, 1 + (pick % certified));
      const from = tip.header.epoch;
      const trust = trustTip(trustIn(world), {
        height: tip.header.height,
        blockId: tip.id,
        epoch: from,
        validators: world.setOf(from),
      });
      const known = tip.header.height < certified ? [{ history: tip.header.height }] : [];
      const proof = makeProof(world, {
        height,
        from,
        items: [...items, ...known],
        ...(covering !== undefined && { covering }),
      });
      const verified = verifyProof(proof, trust, ports);
      expect(verified.ok && isTrue(world, verified.value)).toBe(true);
      if (known.length === 0 || items.some((item) => "history" in item)) return;
      const silent = verifyProof({ ...proof, items: proof.items.slice(0, -1) }, trust, ports);
      const isShown = tip.header.height === height;
      expect(silent.ok ? "shown" : silent.reason).toBe(isShown ? "shown" : "checkpoint_not_shown");
    }),
    { numRuns: 60 },
  );
});

test("a proof of a network is refused by whoever trusts another one, even with the same validators", () => {
  const other = hex(sha256(Uint8Array.of(1))) as ChainId;
  fc.assert(
    fc.property(asked, (wish) => {
      const trust = { ...trustIn(wish.world), chainId: other };
      expect(verifyProof(proofOf(wish), trust, ports)).toEqual({
        ok: false,
        reason: "signature_invalid",
      });
    }),
    { numRuns: 30 },
  );
});

test("a proof is refused by whoever trusts other validators of the same network", () => {
  fc.assert(
    fc.property(asked, fc.nat(), (wish, pick) => {
      const trust = { ...trustIn(wish.world), validators: validatorsOf([21, 22, 23 + (pick % 3)]) };
      const verified = verifyProof(proofOf(wish), trust, ports);
      expect(["hop_wrong_set", "set_unknown"]).toContain(verified.ok || verified.reason);
    }),
    { numRuns: 30 },
  );
});

test("any bytes decode or are refused: nothing throws, and what decodes has this one encoding", () => {
  const sample = encodeProof(
    makeProof(makeWorld({ seed: 1, sets: [[1], [2]], height: 13 }), {
      height: 11,
      covering: 13,
      items: [{ history: 4 }],
    }),
  );
  const trust = trustIn(makeWorld({ seed: 1, sets: [[1]], height: 0 }));
  const edit = fc.record({ at: fc.nat(sample.length - 1), byte: fc.nat(255) });
  const edited = fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) => {
    const bytes = sample.slice();
    for (const { at, byte } of edits) bytes[at] = byte;
    return bytes;
  });
  const cut = fc
    .tuple(fc.nat(sample.length), fc.uint8Array({ maxLength: 40 }))
    .map(([at, tail]) => Uint8Array.from([...sample.subarray(0, at), ...tail]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), edited, cut), (bytes) => {
      const decoded = decodeProof(bytes);
      if (!decoded.ok) return;
      expect(hex(encode(proofCodec, decoded.value))).toBe(hex(bytes));
      verifyProof(decoded.value, trust, ports);
    }),
    { numRuns: 3_000 },
  );
  expect(decode(proofCodec, sample).ok).toBe(true);
});

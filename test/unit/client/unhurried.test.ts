/**
 * A proof that is verified a few signatures at a time: the same is said of it, and the thread is never held for long.
 * @module
 */
import { expect, test } from "vitest";
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { rememberingVerifier } from "../../../src/client/remembering-verifier.ts";
import { verifyUnhurried } from "../../../src/client/unhurried.ts";
import type { Verifier } from "../../../src/crypto/ports.ts";
import type { Proof } from "../../../src/proof/proof.ts";
import { verifyProof } from "../../../src/proof/verify.ts";
import { makeProof, trustIn } from "../../fixtures/proof-maker.ts";
import { makeWorld } from "../../fixtures/proof-world.ts";

const seeds = (from: number): readonly number[] => Array.from({ length: 40 }, (_, i) => from + i);
const world = makeWorld({
  seed: 5,
  epochLength: 4,
  sets: [seeds(1), seeds(2), seeds(3)],
  height: 10,
});
const proof = makeProof(world, { height: 9, from: 0 });
const trust = trustIn(world);
/** Of one signature in a browser. */
const signatureMs = 3;

/** Time passes by signatures alone. */
function slowly() {
  let nowMs = 0;
  let sliceStartedMs = 0;
  const slices: number[] = [];
  const slow: Verifier = {
    verify(...given) {
      nowMs += signatureMs;
      return nativeVerifier.verify(...given);
    },
  };
  const cut = (): void => {
    slices.push(nowMs - sliceStartedMs);
    sliceStartedMs = nowMs;
  };
  const ports = { hasher: nativeHasher, verifier: rememberingVerifier(slow, nativeHasher) };
  const pause = async (): Promise<void> => cut();
  const run = async (given: Proof, isShared = true) => {
    const clock = { monotonicMs: () => nowMs };
    const found = await verifyUnhurried(given, trust, ports, {
      clock,
      pause: isShared ? pause : undefined,
    });
    cut();
    return found;
  };
  return { run, slices };
}

test("three sets of forty: never more than a few signatures at a time, each checked once", async () => {
  const { run, slices } = slowly();
  const found = await run(proof);
  expect(found).toEqual(
    verifyProof(proof, trust, { hasher: nativeHasher, verifier: nativeVerifier }),
  );
  expect(found.ok).toBe(true);
  const signatures = [
    ...proof.hops.map(({ certificate }) => certificate),
    proof.finality.certificate,
  ]
    .map((certificate) => certificate.signatures.length)
    .reduce((sum, count) => sum + count, 0);
  expect(signatures).toBeGreaterThanOrEqual(3 * 27);
  expect(slices.reduce((sum, ms) => sum + ms, 0)).toBe(signatures * signatureMs);
  expect(Math.max(...slices)).toBeLessThanOrEqual(15);
});

test("who has the thread alone verifies in one piece", async () => {
  const { run, slices } = slowly();
  expect((await run(proof, false)).ok).toBe(true);
  expect(slices).toHaveLength(1);
});

test("a proof with a bad signature, a missing one, or another flaw is refused for the same reason", async () => {
  const { certificate } = proof.finality;
  const [first, ...others] = certificate.signatures;
  if (first === undefined) throw new Error("it is signed");
  const withSignatures = (signatures: typeof certificate.signatures): Proof => ({
    ...proof,
    finality: { ...proof.finality, certificate: { ...certificate, signatures } },
  });
  const turned = first.signature.map((byte, i) =>
    i === 3 ? byte ^ 1 : byte,
  ) as typeof first.signature;
  const wrong: readonly Proof[] = [
    withSignatures([{ ...first, signature: turned }, ...others]),
    withSignatures(others.slice(20)),
    { ...proof, header: { ...proof.header, timestampMs: 1 } },
    { ...proof, hops: proof.hops.slice(1) },
  ];
  for (const each of wrong) {
    const { run } = slowly();
    const plain = verifyProof(each, trust, { hasher: nativeHasher, verifier: nativeVerifier });
    expect(plain.ok).toBe(false);
    expect(await run(each)).toEqual(plain);
  }
});

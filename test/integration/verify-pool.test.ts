import { afterEach, expect, test } from "vitest";
import { createNativeSigner } from "../../node/adapters/native-crypto.ts";
import { VerifyPool, type VerifyPoolError } from "../../node/adapters/verify-pool.ts";
import type { SignatureCheck } from "../../src/protocol/authorization.ts";

const workerUrl = new URL("../../dist/node/adapters/verify-worker.js", import.meta.url);

let pool: VerifyPool | undefined;
afterEach(async () => await pool?.close());

function poolOf(workers: number, onWorkerLost?: (reason: string) => void): VerifyPool {
  pool = new VerifyPool({ workers, workerUrl, ...(onWorkerLost ? { onWorkerLost } : {}) });
  return pool;
}

const signers = [1, 2, 3].map((n) => createNativeSigner(new Uint8Array(32).fill(n)));

/** Check number n, over a message of n bytes; a multiple of three is signed by another key than it names. */
function check(n: number): SignatureCheck {
  const message = new Uint8Array(n).fill(n);
  const [first, second] = [signers[n % 3], signers[(n + 1) % 3]];
  if (first === undefined || second === undefined) throw new RangeError("three signers");
  const signer = n % 3 === 0 ? second : first;
  return { message, publicKey: first.publicKey, signature: signer.sign(message) };
}

const checks = (count: number): readonly SignatureCheck[] =>
  Array.from({ length: count }, (_, n) => check(n));
const expected = (count: number): readonly boolean[] =>
  Array.from({ length: count }, (_, n) => n % 3 !== 0);

test.each([0, 1, 2])("%i threads: every answer is at its check's place", async (workers) => {
  const { verify } = bound(poolOf(workers));
  const sizes = [1, 300, 64, 0, 65, 3, 128];
  const answers = await Promise.all(sizes.map((size) => verify(checks(size))));
  expect(answers).toEqual(sizes.map(expected));
});

test("checks with a signature or key of the wrong length are false among valid ones", async () => {
  const { verify } = bound(poolOf(1));
  const short = { ...check(1), signature: check(1).signature.subarray(0, 63) };
  const long = { ...check(1), publicKey: new Uint8Array(33) };
  const many = [short, ...Array.from({ length: 8 }, () => check(1)), long];
  expect(await verify(many)).toEqual([false, ...Array<boolean>(8).fill(true), false]);
  expect(await verify([short])).toEqual([false]);
});

test("a full queue rejects what is new and answers what it had taken", async () => {
  const { verify } = bound(poolOf(1));
  const many = Array.from({ length: 4_096 }, () => check(1));
  const taken = [verify(many), verify(many)];
  const refused = verify(many);
  await expect(refused).rejects.toMatchObject({ code: "verify_queue_full" });
  for (const answers of await Promise.all(taken)) expect(answers.every(Boolean)).toBe(true);
});

test("when the threads cannot run, the checks are made all the same", async () => {
  const lost: string[] = [];
  pool = new VerifyPool({
    workers: 2,
    workerUrl: new URL("./no-such-worker.js", import.meta.url),
    onWorkerLost: (reason) => lost.push(reason),
  });
  expect(await pool.verify(checks(200))).toEqual(expected(200));
  expect(lost).toHaveLength(2);
  expect(await pool.verify(checks(200))).toEqual(expected(200));
});

test("closing rejects what waits and what comes later", async () => {
  const closing = poolOf(1);
  const waiting = closing.verify(checks(500)).catch((error: VerifyPoolError) => error.code);
  await closing.close();
  expect(await waiting).toBe("verify_pool_closed");
  await expect(closing.verify(checks(1))).rejects.toMatchObject({ code: "verify_pool_closed" });
});

const bound = (of: VerifyPool): Pick<VerifyPool, "verify"> => ({
  verify: async (list) => await of.verify(list),
});

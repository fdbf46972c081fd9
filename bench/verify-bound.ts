/**
 * The bound: how many signatures all cores of this machine check natively in a second, now.
 *
 * Every node checks every transaction, so n nodes on one machine cannot finalize more than this divided by n.
 * @module
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { loadNativeCrypto } from "../node/adapters/native-crypto.ts";

const measureMs = 2_000;

/** Checks a second, all cores together. */
export async function measureVerifyBound(): Promise<number> {
  const counts = await Promise.all(
    Array.from({ length: availableParallelism() }, () => countInWorker()),
  );
  return counts.reduce((sum, count) => sum + count, 0) / (measureMs / 1_000);
}

function countInWorker(): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url));
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

function countChecks(): number {
  const { verifier, createSigner } = loadNativeCrypto();
  const signer = createSigner(new Uint8Array(32).fill(7));
  const message = new Uint8Array(250).fill(1); // About a transfer's signing bytes.
  const signature = signer.sign(message);
  const endMs = performance.now() + measureMs;
  let count = 0;
  while (performance.now() < endMs) {
    for (let i = 0; i < 100; i += 1) {
      if (!verifier.verify(signature, message, signer.publicKey))
        throw new Error("a good signature");
    }
    count += 100;
  }
  return count;
}

if (!isMainThread) parentPort?.postMessage(countChecks());

/**
 * The thread behind verify-pool: takes a packed batch, answers with one byte for each check, in order of arrival.
 * @module
 */
import { parentPort } from "node:worker_threads";
import { assert } from "../../src/base/assert.ts";
import { loadNativeCrypto } from "./native-crypto.ts";
import { verifyPacked } from "./verify-batch.ts";

const { verifier } = loadNativeCrypto();
assert(parentPort !== null, "the verify worker runs as a thread");
const port = parentPort;

port.on("message", (batch: ArrayBuffer) => {
  const answer = verifyPacked(verifier, batch);
  port.postMessage(answer.buffer, [answer.buffer]);
});

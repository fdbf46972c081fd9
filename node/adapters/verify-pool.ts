/**
 * Signature checks on worker threads, so that the one loop of a replica is never busy with them.
 *
 * Callers' checks share one queue; a thread that has room takes up to 64 of them at once, from whatever callers, so
 * small requests travel together under load and no batch makes the next one wait long. Each thread is given a second
 * batch while it works on the first. A handful of checks on an idle pool is done on the spot: the trip to a thread
 * would cost more. If threads are lost, what they held is verified here; the pool gets slower, never wrong.
 * @module
 */
import { Worker } from "node:worker_threads";
import type { Verifier } from "../../src/crypto/ports.ts";
import type { SignatureCheck } from "../../src/protocol/authorization.ts";
import { loadNativeCrypto } from "./native-crypto.ts";
import { isWellSized, packChecks } from "./verify-batch.ts";

export interface VerifyPoolOptions {
  /** Threads, at least 0; with none, every check is made on the calling thread. */
  readonly workers: number;
  /** The compiled worker; a test that runs from the sources names the one in dist/. */
  readonly workerUrl?: URL;
  /** Hears how many checks wait for a thread, whenever that changes. */
  readonly onQueue?: (waiting: number) => void;
  /** Called when a thread is lost. */
  readonly onWorkerLost?: (reason: string) => void;
}

export class VerifyPoolError extends Error {
  readonly code: "verify_queue_full" | "verify_pool_closed";

  constructor(code: "verify_queue_full" | "verify_pool_closed") {
    super(code === "verify_queue_full" ? "too many signatures wait" : "the verify pool is closed");
    this.code = code;
  }
}

const batchChecksMax = 64;
/** Checks that wait for a thread: about half a second of one core. */
const queuedChecksMax = 8_192;
const inlineChecksMax = 4;
const batchesPerWorker = 2;

interface Request {
  readonly answers: boolean[];
  unanswered: number;
  readonly resolve: (answers: readonly boolean[]) => void;
  readonly reject: (reason: VerifyPoolError) => void;
}

interface QueuedCheck {
  readonly check: SignatureCheck;
  readonly request: Request;
  /** Position in the request's answers. */
  readonly position: number;
}

interface Thread {
  readonly worker: Worker;
  /** Sent and not answered, oldest first. */
  readonly batches: (readonly QueuedCheck[])[];
}

export class VerifyPool {
  readonly #verifier: Verifier = loadNativeCrypto().verifier;
  readonly #threads: Thread[] = [];
  readonly #onQueue: (waiting: number) => void;
  readonly #onWorkerLost: (reason: string) => void;
  #queue: QueuedCheck[] = [];
  #closed = false;

  constructor({ workers, workerUrl, onQueue, onWorkerLost }: VerifyPoolOptions) {
    this.#onQueue = onQueue ?? (() => {});
    this.#onWorkerLost = onWorkerLost ?? (() => {});
    const url = workerUrl ?? new URL("./verify-worker.js", import.meta.url);
    for (let i = 0; i < workers; i += 1) this.#startThread(url);
  }

  /** Answers in order of the checks. Rejects with a VerifyPoolError when the queue is full or the pool closed. */
  async verify(checks: readonly SignatureCheck[]): Promise<readonly boolean[]> {
    if (this.#closed) throw new VerifyPoolError("verify_pool_closed");
    if (this.#threads.length === 0 || (checks.length <= inlineChecksMax && this.#isIdle())) {
      return checks.map((check) => this.#verifyHere(check));
    }
    if (this.#queue.length + checks.length > queuedChecksMax) {
      throw new VerifyPoolError("verify_queue_full");
    }
    return await new Promise((resolve, reject) => {
      const answers = new Array<boolean>(checks.length).fill(false);
      const request: Request = { answers, unanswered: 0, resolve, reject };
      for (const [position, check] of checks.entries()) {
        if (!isWellSized(check)) continue; // Its answer stays false.
        this.#queue.push({ check, request, position });
        request.unanswered += 1;
      }
      if (request.unanswered === 0) resolve(answers);
      this.#dispatch();
    });
  }

  /** Ends the threads; what waits is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#threads.flatMap(({ batches }) => batches.flat()), ...this.#queue];
    this.#queue = [];
    for (const { request } of waiting) request.reject(new VerifyPoolError("verify_pool_closed"));
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  #isIdle(): boolean {
    return this.#queue.length === 0 && this.#threads.every(({ batches }) => batches.length === 0);
  }

  #verifyHere({ signature, message, publicKey }: SignatureCheck): boolean {
    return this.#verifier.verify(signature, message, publicKey);
  }

  #startThread(url: URL): void {
    const thread: Thread = { worker: new Worker(url), batches: [] };
    this.#threads.push(thread);
    thread.worker.on("message", (answer: ArrayBuffer) => {
      settle(thread.batches.shift() ?? [], new Uint8Array(answer));
      this.#dispatch();
    });
    thread.worker.on("error", (error) => this.#lose(thread, String(error)));
    thread.worker.on("exit", (code) => this.#lose(thread, `exit code ${code}`));
  }

  /** Gives every thread with room its next batch, the least loaded first. */
  #dispatch(): void {
    this.#fillThreads();
    this.#onQueue(this.#queue.length);
  }

  #fillThreads(): void {
    for (let depth = 0; depth < batchesPerWorker; depth += 1) {
      for (const { worker, batches } of this.#threads) {
        if (this.#queue.length === 0) return;
        if (batches.length > depth) continue;
        const batch = this.#queue.splice(0, batchChecksMax);
        const packed = packChecks(batch.map(({ check }) => check));
        batches.push(batch);
        worker.postMessage(packed, [packed]);
      }
    }
  }

  #lose(thread: Thread, reason: string): void {
    const at = this.#threads.indexOf(thread);
    if (at < 0) return; // Closed, or lost already.
    this.#threads.splice(at, 1);
    this.#onWorkerLost(reason);
    const left = thread.batches.splice(0).flat();
    if (this.#threads.length > 0) this.#queue.unshift(...left);
    else settleHere([...left, ...this.#queue.splice(0)], this.#verifier);
    this.#dispatch();
  }
}

function settle(batch: readonly QueuedCheck[], answer: Uint8Array): void {
  for (const [i, { request, position }] of batch.entries()) {
    request.answers[position] = answer[i] === 1;
    request.unanswered -= 1;
    if (request.unanswered === 0) request.resolve(request.answers);
  }
}

function settleHere(batch: readonly QueuedCheck[], verifier: Verifier): void {
  const answer = batch.map(({ check: { signature, message, publicKey } }) =>
    verifier.verify(signature, message, publicKey) ? 1 : 0,
  );
  settle(batch, Uint8Array.from(answer));
}

/**
 * Spreads runs over threads: each takes the next one when it is done with the last, and nothing is shared.
 * @module
 */
import { Worker } from "node:worker_threads";
import { type BoundaryReport, type BoundaryRun, crashAt } from "./crash-boundaries.ts";
import { type RunOptions, type RunResult, runSeed } from "./run.ts";

export interface ShardOptions extends RunOptions {
  /** Traces are long: they are handed over only when asked for. */
  readonly wantsTrace: boolean;
}

/** What a thread is sent; it answers with the result. */
export type Task =
  | { readonly kind: "seed"; readonly seed: number; readonly options: ShardOptions }
  | { readonly kind: "boundary"; readonly run: BoundaryRun };

export type Answer = RunResult | BoundaryReport;

export class Shards {
  readonly #threads: number;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** Tells each result as it comes; rejects if a thread breaks. */
  async runSeeds(
    seeds: readonly number[],
    options: ShardOptions,
    told: (result: RunResult) => void,
  ): Promise<void> {
    const tasks = seeds.map((seed): Task => ({ kind: "seed", seed, options }));
    await this.#runAll(tasks, (answer) => told(answer as RunResult));
  }

  async runBoundaries(
    runs: readonly BoundaryRun[],
    told: (report: BoundaryReport) => void,
  ): Promise<void> {
    const tasks = runs.map((run): Task => ({ kind: "boundary", run }));
    await this.#runAll(tasks, (answer) => told(answer as BoundaryReport));
  }

  async #runAll(tasks: readonly Task[], told: (answer: Answer) => void): Promise<void> {
    const threads = Math.min(this.#threads, tasks.length);
    if (threads <= 1) {
      for (const task of tasks) told(await carryOut(task));
      return;
    }
    const waiting = [...tasks].reverse();
    const work = Array.from({ length: threads }, () => runThread(waiting, told));
    await Promise.all(work);
  }
}

/** One thread, until nothing waits any more. */
function runThread(waiting: Task[], told: (answer: Answer) => void): Promise<void> {
  const worker = new Worker(new URL("./shard-thread.js", import.meta.url));
  return new Promise<void>((resolve, reject) => {
    const next = (): void => {
      const task = waiting.pop();
      if (task === undefined) resolve();
      else worker.postMessage(task);
    };
    worker.on("message", (answer: Answer) => {
      told(answer);
      next();
    });
    worker.on("error", reject);
    next();
  }).finally(() => worker.terminate());
}

export async function carryOut(task: Task): Promise<Answer> {
  if (task.kind === "boundary") return await crashAt(task.run);
  const result = await runSeed(task.seed, task.options);
  return task.options.wantsTrace ? result : { ...result, trace: [] };
}

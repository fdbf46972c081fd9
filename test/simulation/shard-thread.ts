/**
 * What each thread of shards.ts runs: one task after the other.
 * @module
 */
import { parentPort } from "node:worker_threads";
import { carryOut, type Task } from "./shards.ts";

parentPort?.on("message", (task: Task) => {
  carryOut(task).then(
    (answer) => parentPort?.postMessage(answer),
    (error: unknown) => {
      throw error; // Ends the thread: the other side hears of it.
    },
  );
});

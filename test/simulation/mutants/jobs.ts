/**
 * Runs jobs in processes of their own, so many at a time: a mutant must not outlive its run, nor meet another one.
 * @module
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Job } from "./child.ts";

const child = fileURLToPath(new URL("./child.js", import.meta.url));

export interface Outcome {
  /** In the order of the job's scenes. */
  readonly answers: readonly Answer[];
  /** Why the process did not do all that it should; undefined: it did. */
  readonly flaw: string | undefined;
}

/** @param limitMs far more than the job takes. */
export function runJob(job: Job, limitMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const running = spawn(process.execPath, [child, JSON.stringify(job)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    let complaint = "";
    running.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    running.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    const timer = setTimeout(() => running.kill("SIGKILL"), limitMs);
    running.on("close", (code, signal) => {
      clearTimeout(timer);
      const lines = said.split("\n").filter((line) => line !== "");
      const answers = lines.map((line) => JSON.parse(line) as Answer);
      const flaw = code === 0 ? undefined : `it ended with ${code ?? signal}\n${complaint}`;
      resolve({ answers, flaw });
    });
  });
}

/** So many at a time; the answers are in the order of what they are about. */
export async function inParallel<Item, Reply>(
  items: readonly Item[],
  atATime: number,
  ask: (item: Item) => Promise<Reply>,
): Promise<readonly Reply[]> {
  const queue = [...items.entries()];
  const replies: Reply[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      replies[next[0]] = await ask(next[1]);
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return replies;
}

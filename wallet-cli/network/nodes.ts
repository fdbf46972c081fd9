/**
 * Asking nodes: one, each in turn until one answers, or all at once.
 *
 * No node is trusted to answer, in time or at all; whoever asks says how long it may take.
 * @module
 */
import {
  type AskOptions,
  askNode,
  describeFailure,
  type Heard,
  type Question,
  type Web,
} from "../../src/api/asking.ts";
import { CommandFailure, exitCodes } from "../failure.ts";

/** A silent node is given so long before the next one is asked as well. */
const patienceMs = 1_000;

const web: Web = { httpFetch: fetch, timeoutSignal: (ms) => AbortSignal.timeout(ms) };

export async function ask<Value>(
  node: string,
  question: Question<Value>,
  options: AskOptions,
): Promise<Heard<Value>> {
  return await askNode(web, node, question, options);
}

/** The answers of all nodes, in their order; those that have not come `graceMs` after the first are cut off. */
export async function askAll<Value>(
  nodes: readonly string[],
  question: Question<Value>,
  options: { readonly timeoutMs: number; readonly graceMs: number },
): Promise<readonly Heard<Value>[]> {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = await Promise.all(
    nodes.map(async (node) => {
      const answer = await ask(node, question, { ...options, signal: late.signal });
      if (answer.result.ok) timer ??= setTimeout(() => late.abort(), options.graceMs);
      return answer;
    }),
  );
  clearTimeout(timer);
  return heard;
}

/**
 * The first answer. Nodes are asked in order, the next one as soon as one has failed or been silent for a second.
 * Fails with exit 4 when no node answers.
 */
export async function askFirst<Value>(
  nodes: readonly string[],
  question: Question<Value>,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<Value> {
  const failures: Heard<Value>[] = [];
  const over = new AbortController();
  let asked = 0;
  let hedge: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<Value>((resolve, reject) => {
      const askNext = (): void => {
        clearTimeout(hedge);
        const node = nodes[asked];
        if (node === undefined) return;
        asked += 1;
        hedge = setTimeout(askNext, patienceMs);
        ask(node, question, { timeoutMs, signal: over.signal }).then((heard) => {
          if (heard.result.ok) resolve(heard.result.value);
          else failures.push(heard);
          if (failures.length === nodes.length) reject(noAnswer(failures));
          else if (!heard.result.ok) askNext();
        }, reject);
      };
      askNext();
    });
  } finally {
    clearTimeout(hedge);
    over.abort();
  }
}

/** The failure that says which nodes were asked and what each said. */
export function noAnswer(heard: readonly Heard<unknown>[]): CommandFailure {
  const reasons = heard.map(({ node, result }) =>
    result.ok ? node : `${node}: ${describeFailure(result.reason)}`,
  );
  return new CommandFailure(exitCodes.unreachable, {
    code: "no_node_reachable",
    message: `no node answered (${reasons.join("; ")})`,
    fix: "Check that the network runs (npm start), or name other nodes with --node.",
  });
}

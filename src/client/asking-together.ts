/**
 * One question to several nodes at once, without waiting for those that are much later than the first answer.
 * @module
 */
import type { Cancel } from "../base/clock.ts";
import type { LightClientOptions } from "./ports.ts";

/** Nodes that are so much later than the first answer are not waited for. */
const graceMs = 1_000;

/**
 * The answers, in the order of the nodes.
 *
 * @param ask ends soon after its signal; undefined when there is no answer.
 */
export async function askTogether<Value>(
  { clock }: Pick<LightClientOptions, "clock">,
  nodes: readonly string[],
  ask: (node: string, signal: AbortSignal) => Promise<Value | undefined>,
): Promise<readonly Value[]> {
  const late = new AbortController();
  let cancel: Cancel | undefined;
  const answers = await Promise.all(
    nodes.map(async (node) => {
      const answer = await ask(node, late.signal);
      if (answer !== undefined) cancel ??= clock.after(graceMs, () => late.abort());
      return answer;
    }),
  );
  cancel?.();
  return answers.filter((answer) => answer !== undefined);
}

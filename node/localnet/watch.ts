/**
 * Watches a local network after something was done to it, until it can be said what came of that.
 *
 * It waits for what can come and for nothing else: where too few nodes are left for a quorum it says so at once, and a
 * node that keeps silent for a reason of its own is not waited for to the end.
 * @module
 */
import type { LocalVerdictJson } from "../../src/api/local-json.ts";
import type { Agreement } from "./agreement.ts";
import type { LocalNetwork } from "./local-network.ts";
import { lookAt } from "./sight.ts";
import { apartFrom, isAnswering, largestPart } from "./verdict.ts";
import { type Findings, safetyOf, verdictWords } from "./verdict-words.ts";
import { Watcher, type WatcherOptions } from "./watcher.ts";

export interface WatchOptions extends WatcherOptions {
  readonly network: LocalNetwork;
  readonly agreement: Agreement;
}

export interface Watched {
  readonly verdict: LocalVerdictJson;
  /** The time was over before that came about which could have, or before all nodes could be compared. */
  readonly isLate: boolean;
}

const watchMsMax = 20_000;
const pollMs = 60;

export async function watch(options: WatchOptions): Promise<Watched> {
  const { network, agreement, beganMs } = options;
  const doneMs = performance.now();
  const watcher = new Watcher(options);
  for (;;) {
    const lookedMs = performance.now();
    const seen = await lookAt(network.nodes);
    watcher.see(seen, lookedMs, lookedMs - doneMs);
    const isLate = lookedMs - doneMs > watchMsMax;
    if (!watcher.isSettled && !isLate && !network.isStopping) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      continue;
    }
    const comparison = await agreement.judge(seen);
    const { quorum, liveness, isSettled } = watcher;
    const findings: Findings = {
      answering: seen.filter(isAnswering).length,
      unseen: seen.filter((node) => !isAnswering(node)).map(({ name }) => name),
      ...{ comparison, quorum, liveness },
      apart: apartFrom(largestPart(seen), seen),
      recovery: watcher.recovery(lookedMs - beganMs),
    };
    const isComplete = isSettled && comparison.missing.length === 0;
    return { verdict: verdictOf(options, watcher, findings), isLate: !isComplete };
  }
}

function verdictOf(
  { action, failure, needless, network }: WatchOptions,
  { liveness, quorum, recoveredAfterMs, flaw }: Watcher,
  findings: Findings,
): LocalVerdictJson {
  const interrupted = network.isStopping ? "the network is being stopped" : undefined;
  const before = [failure?.message, needless, interrupted ?? flaw];
  return {
    action,
    endedMs: Date.now(),
    safe: safetyOf(findings.comparison),
    live: liveness !== "none",
    ...{ quorum, recoveredAfterMs, failure },
    words: [...before, verdictWords(findings)].filter((words) => words !== undefined).join(" · "),
  };
}

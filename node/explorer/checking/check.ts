/**
 * Checking a claim: loads the verifier when it is first needed, so that the first view does not wait for it.
 * @module
 */
import { nodeWords } from "../../../src/api/visible.ts";
import { OfflineError } from "../asking/node-api.ts";
import type { Claim, RowsVerdict, Verdict } from "./claims.ts";
import type { ClaimWithRows } from "./prove-rows.ts";

/** No check goes on for longer: a page never says for good that it is checking. */
const lateMs = 60_000;

/** Calls `show` with every step, and at the end with the verdict. Never throws. */
export async function check(
  claim: Claim,
  others: readonly string[],
  show: (verdict: Verdict) => void,
  left: AbortSignal,
): Promise<void> {
  if (claim.kind === "word") return show(wordVerdict(claim));
  const open = (why: string): Verdict => ({
    kind: "open",
    steps: [],
    nodes: [],
    isOld: false,
    why,
  });
  const over = new AbortController();
  const shown = (verdict: Verdict): void => {
    if (!over.signal.aborted) show(verdict);
  };
  const prove = async (): Promise<void> => {
    try {
      const prover = await import("./prover.ts");
      await prover.prove(claim, others, shown, AbortSignal.any([left, over.signal]));
    } catch (error) {
      shown(open(reasonOf(error)));
    }
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    left.addEventListener("abort", () => resolve(), { once: true });
    timer = setTimeout(() => {
      shown(open("The check takes longer than a minute: this node holds it up."));
      resolve();
    }, lateMs);
  });
  await Promise.race([prove(), late]);
  clearTimeout(timer);
  over.abort();
}

/** Even what cannot be proven has to be about what was asked for. */
function wordVerdict({ why, stray }: Extract<Claim, { kind: "word" }>): Verdict {
  if (stray === undefined) return { kind: "word", why };
  return { kind: "false", why: stray, steps: [], nodes: [] };
}

/** The listed transactions, when the reader wants that. Never throws. */
export async function checkRows(
  claim: ClaimWithRows,
  show: (done: number, total: number) => void,
  left: AbortSignal,
): Promise<RowsVerdict> {
  try {
    const { proveListed } = await import("./prover.ts");
    return await proveListed(claim, show, left);
  } catch (error) {
    const total = claim.listed?.rows.length ?? 0;
    return { proven: 0, total, flaws: [reasonOf(error)], complete: "" };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof OfflineError) return "This node does not answer.";
  const words = nodeWords(error instanceof Error ? error.message : String(error));
  return `The check itself failed: ${words}`;
}

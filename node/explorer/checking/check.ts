/**
 * Checking a claim: loads the verifier when it is first needed, so that the first view does not wait for it.
 * @module
 */
import { OfflineError } from "../asking/node-api.ts";
import type { Claim, RowsVerdict, Verdict } from "./claims.ts";
import type { ClaimWithRows } from "./prove-rows.ts";

/** Calls `show` with every step, and at the end with the verdict. Never throws. */
export async function check(
  claim: Claim,
  others: readonly string[],
  show: (verdict: Verdict) => void,
  left: AbortSignal,
): Promise<void> {
  if (claim.kind === "word") return show(claim);
  try {
    const { prove } = await import("./prover.ts");
    await prove(claim, others, show, left);
  } catch (error) {
    show({ kind: "open", steps: [], nodes: [], isOld: false, why: reasonOf(error) });
  }
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
    const total = claim.transactions?.length ?? 0;
    return { proven: 0, total, flaws: [reasonOf(error)], complete: "" };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof OfflineError) return "This node does not answer.";
  return `The check itself failed: ${error instanceof Error ? error.message : String(error)}`;
}

/**
 * Proves what a page shows, with the light client that the wallet and the library have too: the part of the explorer
 * that is loaded after the first view.
 * @module
 */
import type { ProvableClaim, RowsVerdict, Verdict } from "./claims.ts";
import { sceneOfPage } from "./page-client.ts";
import { proveClaim } from "./prove-claim.ts";
import { type ClaimWithRows, proveRows } from "./prove-rows.ts";

/** Resolves when the verdict is shown. `others`: base URLs of nodes that the reader wants to be asked too. */
export async function prove(
  claim: ProvableClaim,
  others: readonly string[],
  show: (verdict: Verdict) => void,
  left: AbortSignal,
): Promise<void> {
  const scene = await sceneOfPage(others, left);
  if (left.aborted) return;
  show(await proveClaim(scene, claim, show));
}

export async function proveListed(
  claim: ClaimWithRows,
  show: (done: number, total: number) => void,
  left: AbortSignal,
): Promise<RowsVerdict> {
  return await proveRows(await sceneOfPage([], left), claim, show);
}

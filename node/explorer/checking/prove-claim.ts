/**
 * From a claim to a verdict: which proof each kind of claim needs.
 * @module
 */
import { strayWords } from "./asked.ts";
import type { ProvableClaim, Step, Verdict } from "./claims.ts";
import type { Outcome } from "./outcome.ts";
import { blockTitles, proveBlockShown, proveTip, tipTitles } from "./prove-block.ts";
import { proveRecord, recordTitles } from "./prove-record.ts";
import { proveAccountShown, proveAssetShown, proveValidators, stateTitles } from "./prove-state.ts";
import { proveTransaction, transactionTitles } from "./prove-transaction.ts";
import type { Scene } from "./scene.ts";
import { type Titles, Way } from "./way.ts";

/** Tells of each step as it is done, and resolves to the verdict. */
export async function proveClaim(
  scene: Scene,
  claim: ProvableClaim,
  tell: (verdict: Verdict) => void,
): Promise<Verdict> {
  const { clock, pause } = scene.options;
  const startedMs = clock.monotonicMs();
  const checking = (steps: readonly Step[]): void => tell({ kind: "checking", steps });
  const way = new Way(titlesOf(claim), checking, pause);
  const { acquaintance, chainId, misnamed } = scene.network;
  if (acquaintance.kind === "other") {
    const { known } = acquaintance;
    const since = new Date(known.sinceMs).toLocaleString();
    const why = `It is another network than the one that this browser knows at this address since ${since}. If you know why, open this, and let the old one be forgotten.`;
    await way.bad("genesis", `Known is ${known.chainId}; this node shows ${chainId}.`);
    return { kind: "false", why, steps: way.steps, nodes: [] };
  }
  if (misnamed !== undefined) {
    await way.bad("genesis", misnamed);
    return { kind: "false", why: misnamed, steps: way.steps, nodes: [] };
  }
  const stray = strayWords(claim);
  if (stray !== undefined) {
    await way.bad("shown", stray);
    return { kind: "false", why: stray, steps: way.steps, nodes: [] };
  }
  const outcome = await outcomeOf(scene, claim, way);
  const { nodes } = outcome;
  switch (outcome.kind) {
    case "proven": {
      const { signers, validators, header } = outcome.proven;
      const tookMs = clock.monotonicMs() - startedMs;
      const { steps } = way;
      const { height } = header;
      const validatorCount = validators.length;
      const asOfMs = lasts(claim) ? undefined : header.timestampMs;
      return { kind: "proven", steps, nodes, height, signers, validatorCount, tookMs, asOfMs };
    }
    case "false": {
      const { why, step } = outcome;
      await way.bad(step, why);
      return { kind: "false", why, steps: way.steps, nodes };
    }
    case "open":
      return { kind: "open", why: outcome.why, isOld: outcome.isOld, steps: way.steps, nodes };
  }
}

/** What never changes is as true of an old block as of a new one. */
const lasts = ({ kind }: ProvableClaim): boolean => kind === "block" || kind === "transaction";

async function outcomeOf(scene: Scene, claim: ProvableClaim, way: Way): Promise<Outcome> {
  switch (claim.kind) {
    case "tip":
      return await proveTip(scene, claim, way);
    case "block":
      return await proveBlockShown(scene, claim.block, way);
    case "transaction":
      return await proveTransaction(scene, claim.transaction, way);
    case "account":
      return await proveAccountShown(scene, claim.account, way);
    case "asset":
      return await proveAssetShown(scene, claim.asset, way);
    case "record":
      return await proveRecord(scene, claim.record, way);
    case "validators":
      return await proveValidators(scene, { items: claim.validators, tip: claim.tip }, way);
  }
}

function titlesOf({ kind }: ProvableClaim): Titles {
  switch (kind) {
    case "tip":
      return tipTitles;
    case "block":
      return blockTitles;
    case "transaction":
      return transactionTitles;
    case "record":
      return recordTitles;
    case "asset":
      return stateTitles.filter(([name]) => name !== "word");
    default:
      return stateTitles;
  }
}

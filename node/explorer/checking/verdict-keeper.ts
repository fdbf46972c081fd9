/**
 * Which verdict belongs to what a page shows at this moment.
 *
 * A verdict is of the very claim that was checked. When the page shows something else, it counts no more, however slow
 * the next proof is; and a check that has begun ends before the next one begins, so that a page that changes faster than
 * its node proves is checked as well.
 * @module
 */
import type { Claim, Verdict } from "./claims.ts";

export type Check = (
  claim: Claim,
  others: readonly string[],
  show: (verdict: Verdict) => void,
  left: AbortSignal,
) => Promise<void>;

/** What is to be checked, and how the reader wants it. */
export interface Wanted {
  readonly claim: Claim;
  /** Base URLs of other nodes. */
  readonly others: readonly string[];
  /** Another number: everything anew. */
  readonly round: number;
}

export interface Standing {
  readonly verdict: Verdict;
  /** Height at which the subject was proven as it was shown before; undefined: it was not. */
  readonly before: number | undefined;
}

interface Run extends Wanted {
  readonly key: string;
  readonly subject: string;
  readonly leave: AbortController;
  verdict: Verdict;
  isDone: boolean;
}

const checking: Verdict = { kind: "checking", steps: [] };

export class VerdictKeeper {
  readonly #check: Check;
  readonly #changed: () => void;
  #wanted: Wanted | undefined;
  #run: Run | undefined;
  #proven: { readonly subject: string; readonly height: number } | undefined;

  /** `changed`: what `standing` says may be another by now. */
  constructor(check: Check, changed: () => void) {
    this.#check = check;
    this.#changed = changed;
  }

  want(wanted: Wanted): void {
    this.#wanted = wanted;
    const run = this.#run;
    if (run !== undefined && run.others === wanted.others && run.round === wanted.round) {
      if (run.key === keyOf(wanted.claim)) return;
      if (!run.isDone && run.subject === subjectOf(wanted.claim)) return;
    }
    this.#begin();
  }

  /** Checks the same once more, unless it is being checked. What could not be decided stays so until it can. */
  again(): void {
    const run = this.#run;
    if (run?.isDone !== true) return;
    this.#begin(run.verdict.kind === "open" ? run.verdict : checking);
  }

  leave(): void {
    this.#run?.leave.abort();
    this.#run = undefined;
    this.#wanted = undefined;
  }

  /** What is to be said of this claim now. */
  standing(claim: Claim): Standing {
    const run = this.#run;
    const verdict = run !== undefined && run.key === keyOf(claim) ? run.verdict : checking;
    const isSame = this.#proven?.subject === subjectOf(claim);
    const before = isSame && verdict.kind === "checking" ? this.#proven?.height : undefined;
    return { verdict, before };
  }

  #begin(before: Verdict = checking): void {
    this.#run?.leave.abort();
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    const { claim } = wanted;
    const run: Run = {
      ...wanted,
      key: keyOf(claim),
      subject: subjectOf(claim),
      leave: new AbortController(),
      verdict: before,
      isDone: false,
    };
    this.#run = run;
    if (this.#proven?.subject !== run.subject) this.#proven = undefined;
    this.#changed();
    void this.#follow(run);
  }

  async #follow(run: Run): Promise<void> {
    const { claim, others, leave } = run;
    const show = (verdict: Verdict): void => {
      if (leave.signal.aborted) return;
      if (verdict.kind === "checking" && run.verdict.kind === "open") return;
      run.verdict = verdict;
      if (verdict.kind === "proven") {
        this.#proven = { subject: run.subject, height: verdict.height };
      }
      this.#changed();
    };
    await this.#check(claim, others, show, leave.signal);
    if (leave.signal.aborted) return;
    run.isDone = true;
    if (this.#wanted !== undefined && keyOf(this.#wanted.claim) !== run.key) this.#begin();
  }
}

/** All that is checked of a claim; listed rows are not, before the reader wants it. */
export function keyOf(claim: Claim): string {
  const { listed: _, ...rest } = { listed: undefined, ...claim };
  try {
    return JSON.stringify(rest);
  } catch {
    return "too deep to be read"; // A node may nest as it likes; it is not proven then.
  }
}

/** What the claim is about, whatever it says of it. */
export function subjectOf(claim: Claim): string {
  switch (claim.kind) {
    case "block":
      return `block ${claim.block.height}`;
    case "transaction":
      return `transaction ${claim.transaction.id}`;
    case "account":
      return `account ${claim.account.address}`;
    case "asset":
      return `asset ${claim.asset.id}`;
    case "record":
      return JSON.stringify([claim.record.address, claim.record.topic, claim.record.key]);
    default:
      return claim.kind;
  }
}

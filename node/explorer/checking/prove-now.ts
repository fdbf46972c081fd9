/**
 * What the state has now, while it changes: the answer and the proof are of two moments, and only what cannot be
 * explained by that is a lie.
 *
 * A node proves its newest state alone. So an answer that differs from a proof of another block is asked for again,
 * until both are of one block, or nothing but a lie is left: the node proves the same before and after an answer that
 * says something else, or it answers as of a block below one that it had proven.
 * @module
 */
import type { TipJson } from "../../../src/api/json.ts";
import type { Result } from "../../../src/base/result.ts";
import type { Standing, TrustFailure } from "../../../src/client/standing.ts";
import type { Proven } from "../../../src/proof/verify.ts";
import { countText } from "../words/formats.ts";
import { type Difference, differenceWords } from "./differences.ts";
import { failureOfRound, type Outcome, stepOfLie, wordOfFinding } from "./outcome.ts";
import type { Scene } from "./scene.ts";
import { keepShown } from "./shown-lie.ts";

export interface AtTip {
  readonly tip: TipJson;
}

/** What is proven of one state. */
export interface StateNow<Derived> {
  readonly standing: Standing;
  /** In the form of the answer. */
  readonly derived: Derived;
}

export interface Question<Shown extends AtTip, Derived> {
  readonly shown: Shown;
  readonly prove: () => Promise<Result<StateNow<Derived>, TrustFailure>>;
  readonly askAgain: () => Promise<Shown>;
  readonly compare: (shown: Shown, derived: Derived) => readonly Difference[];
}

export type Settled<Derived> =
  | { readonly kind: "agreed"; readonly now: StateNow<Derived>; readonly proven: Proven }
  | { readonly kind: "failed"; readonly outcome: Outcome };

const roundsMax = 8;
const waitMs = 120;
/** So many answers between two equal proofs that say something else are no coincidence. */
const strikesMax = 2;

export async function settle<Shown extends AtTip, Derived>(
  scene: Scene,
  question: Question<Shown, Derived>,
): Promise<Settled<Derived>> {
  return await new Settling(scene, question).run();
}

class Settling<Shown extends AtTip, Derived> {
  readonly #scene: Scene;
  readonly #question: Question<Shown, Derived>;
  #strikes = 0;
  /** What was proven before the answer that is looked at, where there was one. */
  #before: string | undefined;

  constructor(scene: Scene, question: Question<Shown, Derived>) {
    this.#scene = scene;
    this.#question = question;
  }

  async run(): Promise<Settled<Derived>> {
    const { prove, compare } = this.#question;
    let { shown } = this.#question;
    let isFirst = true;
    let height = 0;
    for (let round = 0; round < roundsMax && !this.#scene.options.left.aborted; round += 1) {
      const proved = await prove();
      if (!proved.ok) return failed(failureOfRound(proved.reason, this.#scene.page));
      const now = proved.value;
      const { findings } = now.standing;
      height = now.standing.height;
      const own = findings.find(({ node }) => node === this.#scene.page);
      if (own?.kind === "lying") {
        const nodes = findings.map(wordOfFinding);
        return failed({ kind: "false", why: own.message, step: stepOfLie(own.code), nodes });
      }
      const found = compare(shown, now.derived);
      const last = this.#scene.client.last;
      if (found.length === 0 && last !== undefined) {
        if (isFirst) return { kind: "agreed", now, proven: last.proven };
        if (height >= shown.tip.height)
          return this.#old(now, compare(this.#question.shown, now.derived));
      }
      if (found.length > 0) {
        const lie = this.#lieOf(shown, now, found);
        if (lie !== undefined) return await this.#false(lie, shown, now);
      }
      if (height < shown.tip.height) {
        await this.#wait();
        continue;
      }
      this.#before = JSON.stringify(now.derived);
      shown = await this.#question.askAgain();
      isFirst = false;
      if (shown.tip.height < this.#ownHeight(now)) {
        const why = `It has proven #${countText(height)}, and now answers as of #${countText(shown.tip.height)}.`;
        return await this.#false(why, shown, now);
      }
    }
    const why =
      height < shown.tip.height
        ? `The node answers as of #${countText(shown.tip.height)}, and proves nothing above #${countText(height)}.`
        : "It changes faster than this browser can compare it with its proof.";
    return failed({ kind: "open", why, isOld: false, nodes: [] });
  }

  #lieOf(
    shown: Shown,
    { standing, derived }: StateNow<Derived>,
    found: readonly Difference[],
  ): string | undefined {
    const why = `The node shows what the state does not have. ${differenceWords(found)}.`;
    if (shown.tip.height === standing.height) return why;
    if (this.#before === undefined || standing.height < shown.tip.height) return undefined;
    if (this.#before === JSON.stringify(derived)) this.#strikes += 1;
    return this.#strikes >= strikesMax ? why : undefined;
  }

  /** Of the page's node alone: others may be ahead of it. */
  #ownHeight({ standing }: StateNow<Derived>): number {
    const { client, page } = this.#scene;
    const own = client.last?.answers.find(({ node }) => node === page);
    return own?.proven.header.height ?? standing.height;
  }

  #old({ standing }: StateNow<Derived>, found: readonly Difference[]): Settled<Derived> {
    const why = `It has changed since it was shown, as is proven at #${countText(standing.height)}. ${differenceWords(found)}.`;
    return failed({ kind: "open", why, isOld: true, nodes: standing.findings.map(wordOfFinding) });
  }

  async #false(why: string, shown: Shown, now: StateNow<Derived>): Promise<Settled<Derived>> {
    const words = now.standing.findings.map(wordOfFinding);
    const raw = this.#scene.client.last?.answers.flatMap((answer) => answer.raw) ?? [];
    const nodes = await keepShown(this.#scene, why, shown, { words, raw });
    return failed({ kind: "false", why, step: "shown", nodes });
  }

  async #wait(): Promise<void> {
    const { clock } = this.#scene.options;
    await new Promise<void>((resolve) => clock.after(waitMs, resolve));
  }
}

const failed = (outcome: Outcome): { kind: "failed"; outcome: Outcome } => ({
  kind: "failed",
  outcome,
});

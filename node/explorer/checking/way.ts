/**
 * The steps of one proof while they are done: told as soon as each is, with a moment for the browser in between.
 * @module
 */
import type { SignedBy, Step } from "./claims.ts";

/** Which step: each proof has some of them, in this order. */
export type StepName =
  | "signature"
  | "shown"
  | "place"
  | "word"
  | "final"
  | "validators"
  | "genesis";

export type Titles = readonly (readonly [StepName, string])[];

export class Way {
  readonly #tell: (steps: readonly Step[]) => void;
  readonly #pause: () => Promise<void>;
  readonly #steps: Map<StepName, Step>;

  constructor(titles: Titles, tell: (steps: readonly Step[]) => void, pause: () => Promise<void>) {
    this.#tell = tell;
    this.#pause = pause;
    this.#steps = new Map(
      titles.map(([name, title]) => [name, { title, state: "waiting", detail: "" }]),
    );
    tell(this.steps);
  }

  get steps(): readonly Step[] {
    return [...this.#steps.values()];
  }

  async good(name: StepName, detail: string, more: Partial<StepMore> = {}): Promise<void> {
    await this.#set(name, { ...more, state: "good", detail });
  }

  async bad(name: StepName, detail: string): Promise<void> {
    await this.#set(name, { state: "bad", detail });
  }

  async word(name: StepName, detail: string): Promise<void> {
    await this.#set(name, { state: "word", detail });
  }

  async #set(name: StepName, said: Partial<Step>): Promise<void> {
    const step = this.#steps.get(name);
    if (step === undefined) return;
    this.#steps.set(name, { ...step, ...said });
    this.#tell(this.steps);
    await this.#pause();
  }
}

interface StepMore {
  /** In place of the one that was announced. */
  readonly title: string;
  readonly signed: SignedBy;
}

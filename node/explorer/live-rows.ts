/**
 * A list that grows at its top without moving under the reader's eyes: while it is paused, pointed at or focused,
 * what is new waits behind a button that says how much.
 * @module
 */
import { type Child, type Column, element, row, say, table } from "./dom.ts";

export interface LiveRowsOptions<Item> {
  readonly title: string;
  readonly noun: readonly [one: string, several: string];
  readonly columns: readonly Column[];
  readonly cells: (item: Item) => Child[];
  readonly rowsMax: number;
  /** Newest first. */
  readonly items: readonly Item[];
  readonly empty?: string;
}

export class LiveRows<Item> {
  readonly box: HTMLElement;
  readonly #options: LiveRowsOptions<Item>;
  readonly #body: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #pause: HTMLButtonElement = element("button", { class: "quiet" }, "Pause");
  readonly #more: HTMLButtonElement = element("button", { class: "quiet" });
  #paused = false;
  #heldCount = 0;
  /** The newest of what waits, newest first, no more than would be shown. */
  #held: readonly Item[] = [];

  constructor(options: LiveRowsOptions<Item>) {
    this.#options = options;
    const { box, body } = table(options.columns, options.items.map(options.cells));
    this.#body = body;
    this.#empty = say(options.empty ?? "Nothing yet.");
    this.#empty.hidden = options.items.length > 0;
    this.#more.hidden = true;
    const title = element("h2", {}, options.title);
    this.box = element(
      "section",
      { class: "card" },
      element("div", { class: "head" }, title, this.#more, this.#pause),
      this.#empty,
      box,
    );
    this.#pause.addEventListener("click", () => this.#toggle());
    this.#more.addEventListener("click", () => this.#release());
    this.box.addEventListener("mouseleave", () => this.#releaseIfFree());
  }

  /** @param items newest first */
  add(items: readonly Item[]): void {
    if (items.length === 0) return;
    this.#heldCount += items.length;
    this.#held = [...items, ...this.#held].slice(0, this.#options.rowsMax);
    if (this.#beingRead()) this.#announce();
    else this.#release();
  }

  #beingRead(): boolean {
    return (
      this.#paused || this.#body.matches(":hover") || this.#body.contains(document.activeElement)
    );
  }

  #announce(): void {
    const [one, several] = this.#options.noun;
    this.#more.hidden = this.#heldCount === 0;
    this.#more.textContent = `${this.#heldCount} ${this.#heldCount === 1 ? one : several}`;
  }

  #release(): void {
    const { columns, cells, rowsMax } = this.#options;
    this.#body.prepend(...this.#held.map((item) => row(columns, cells(item))));
    while (this.#body.childElementCount > rowsMax) this.#body.lastElementChild?.remove();
    this.#held = [];
    this.#heldCount = 0;
    this.#empty.hidden = this.#body.childElementCount > 0;
    this.#announce();
  }

  #releaseIfFree(): void {
    if (!this.#beingRead()) this.#release();
  }

  #toggle(): void {
    this.#paused = !this.#paused;
    this.#pause.textContent = this.#paused ? "Go on" : "Pause";
    this.#pause.setAttribute("aria-pressed", String(this.#paused));
    if (!this.#paused) this.#release();
  }
}

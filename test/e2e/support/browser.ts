/**
 * A reader of the explorer: a window of their own, what it asked for, and what it complained of.
 * @module
 */
import type { Browser, BrowserContext, Locator, Page, Request } from "playwright-core";

export interface Sight {
  readonly scheme?: "light" | "dark";
  /** CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Run in every page before its own scripts. */
  readonly script?: string;
}

export class Reader {
  readonly page: Page;
  /** Errors and warnings of the console (the security policy's, too), uncaught errors, dialogs. */
  readonly complaints: string[] = [];
  readonly requests: Request[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.setDefaultTimeout(20_000);
    context.on("request", (request) => this.requests.push(request));
    page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      const kind = message.type();
      if (kind !== "error" && kind !== "warning") return;
      this.complaints.push(`${kind}: ${message.text()} (${message.location().url})`);
    });
    page.on("dialog", (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async open(browser: Browser, url: string, sight: Sight = {}): Promise<Reader> {
    const { scheme = "light", width = 1280, height = 900, script } = sight;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: "reduce",
    });
    if (script !== undefined) await context.addInitScript({ content: script });
    const reader = new Reader(context, await context.newPage());
    await reader.page.goto(url);
    return reader;
  }

  /** Goes to another page of the explorer as a link does, and waits until it has said all. */
  async go(hash: string): Promise<void> {
    await this.page.evaluate((next) => {
      location.hash = next;
    }, hash);
    await this.settled();
  }

  /** The page has its title, nothing is loading, and what it shows is checked. */
  async settled(): Promise<void> {
    await this.page.waitForFunction(
      () =>
        document.querySelector("main h1") !== null &&
        document.querySelector("main .loading, main .proof.checking, main [aria-busy=true]") ===
          null,
    );
  }

  get main(): Locator {
    return this.page.locator("main");
  }

  /** A card of the page by its title. */
  card(title: string | RegExp): Locator {
    return this.page.getByRole("region", { name: title }).and(this.page.locator(".card"));
  }

  /** Its seal: the button that opens the steps. */
  get seal(): Locator {
    return this.page.locator(".proof > .seal");
  }

  /** Resolves when it says so. */
  async verdict(kind: "proven" | "false" | "open" | "word"): Promise<string> {
    await this.page.locator(`.proof.${kind}`).waitFor();
    return ((await this.seal.textContent()) ?? "").replaceAll(/\s+/g, " ");
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

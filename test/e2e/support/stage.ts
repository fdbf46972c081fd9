/**
 * What a file of browser tests stands on: one ledger and one browser for all of it, and readers who leave after each test.
 * @module
 */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchBrowser } from "../../../bench/browser.ts";
import { Reader, type Sight } from "./browser.ts";
import { Ledger, type Life } from "./ledger.ts";

export interface Stage {
  readonly ledger: Ledger;
  /** Only where the stage was set with life. */
  readonly life: Life;
  /** Keeps a page of the node as a file, as a reader does; resolves with the file's URL. */
  keptFile(path: string): Promise<string>;
  /** Opens a page of the explorer: `#/block/1`, `/docs`, or a whole URL. */
  open(address: string, sight?: Sight): Promise<Reader>;
}

export function setStage({ withLife = false }: { readonly withLife?: boolean } = {}): Stage {
  let ledger: Ledger | undefined;
  let life: Life | undefined;
  let browser: Browser | undefined;
  const readers: Reader[] = [];
  beforeAll(async () => {
    ledger = await Ledger.start();
    if (withLife) life = await ledger.live();
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) await reader.close();
  });
  afterAll(async () => {
    await browser?.close();
    await ledger?.dispose();
  });
  return {
    get ledger() {
      return there(ledger);
    },
    get life() {
      return there(life);
    },
    async keptFile(path) {
      const file = join(there(ledger).net.dir, basename(path));
      writeFileSync(file, await (await fetch(there(ledger).url() + path)).text());
      return pathToFileURL(file).href;
    },
    async open(address, sight) {
      const url = /^https?:|^file:/.test(address)
        ? address
        : there(ledger).url() + (address.startsWith("#") ? `/${address}` : address);
      const reader = await Reader.open(there(browser), url, sight);
      readers.push(reader);
      return reader;
    },
  };
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("the stage has not been set");
  return value;
}

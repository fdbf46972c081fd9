/**
 * The browser that people have, without its window: Chromium as the system's packages install it.
 * @module
 */
import { type Browser, chromium } from "playwright-core";

const executable = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** It asks for nothing of its own accord: what it asks for, a page has asked for. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** With a profile of its own, which is gone when it is closed. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: executable, args: flags });

/**
 * The global flags and the environment.
 * @module
 */
import { expect, test } from "vitest";
import { nodeUrl, settingsOf } from "../../../wallet-cli/settings.ts";

test("without flags: the local network, 30 seconds, a home of its own", () => {
  const settings = settingsOf({}, {});
  expect(settings.networkFile).toMatch(/\/\.quorate\/network\.json$/);
  expect(settings.home).toMatch(/\/\.quorate-wallet$/);
  expect(settings).toMatchObject({ nodes: [], timeoutMs: 30_000, networkFileNamed: false });
});

test("a flag goes before QUORATE_NETWORK, and that before the usual place", () => {
  const environment = { QUORATE_NETWORK: "/env/network.json" };
  expect(settingsOf({}, environment).networkFile).toBe("/env/network.json");
  expect(settingsOf({ network: "/flag.json" }, environment).networkFile).toBe("/flag.json");
  expect(settingsOf({}, { QUORATE_NETWORK: "" }).networkFileNamed).toBe(false);
});

test("a node given twice is asked once", () => {
  const node = ["http://a:1/", "http://a:1", "http://b:2/ledger/"];
  expect(settingsOf({ node }, {}).nodes).toEqual(["http://a:1", "http://b:2/ledger"]);
});

test.each(["", "localhost:1", "ftp://a", "http://u:p@a", "http://a/?q=1", "file:///etc/passwd"])(
  '"%s" is no node',
  (text) => {
    expect(() => nodeUrl(text)).toThrowError(expect.objectContaining({ exit: 2 }));
  },
);

test.each(["30", "0s", "soon"])('--timeout "%s" is refused', (timeout) => {
  expect(() => settingsOf({ timeout }, {})).toThrowError(expect.objectContaining({ exit: 2 }));
});

import { expect, test } from "vitest";
import {
  applyOptions,
  formatConfig,
  isAddress,
  parseConfig,
  standardConfig,
} from "../../../node/config.ts";

test("a config.toml that is written and read again says the same", () => {
  const changed = applyOptions(standardConfig, {
    network: { local: true, checkpoint: `12:${"ab".repeat(32)}` },
    p2p: { port: 1, peers: ["a.example:2", "[::1]:3"], advertise: "a.example:1" },
    http: { names: ['quo"te'] },
    log: { level: "warn", format: "json" },
  });
  if (!changed.ok) throw new Error(changed.reason);
  expect(parseConfig(formatConfig(changed.value))).toEqual(changed);
});

test("every option stands in the file, each after a line that explains it", () => {
  const lines = formatConfig(standardConfig).split("\n");
  const names = Object.entries(standardConfig).flatMap(([, entries]) => Object.keys(entries));
  for (const name of names) {
    const at = lines.findIndex((line) => line.startsWith(`${name} = `));
    expect(lines[at - 1]).toMatch(/^# .+ Default: /);
  }
});

test("an empty file is the defaults", () => {
  expect(parseConfig("")).toEqual({ ok: true, value: standardConfig });
});

test.each([
  ["[p2p]\nprot = 1", "unknown key p2p.prot"],
  ["[p2q]\nport = 1", "unknown key p2q"],
  ["port = 1", "unknown key port"],
  ["p2p = 1", "p2p must be a section: [p2p]"],
  ["[p2p]\nconstructor = 1", "unknown key p2p.constructor"],
  ["[p2p]\nport = 65536", "p2p.port must be a whole number from 0 to 65535"],
  ["[p2p]\nport = 1.5", "p2p.port must be a whole number from 0 to 65535"],
  ['[p2p]\nport = "1"', "p2p.port must be a whole number from 0 to 65535"],
  ['[p2p]\npeers = ["here"]', "p2p.peers must be a list of at most 64 host:port addresses"],
  ['[log]\nlevel = "loud"', "log.level must be one of debug, info, warn, error"],
  ['[network]\ncheckpoint = "7"', "network.checkpoint must be HEIGHT:ID, the id in 64 hex digits"],
  ['[http]\nhost = ""', "http.host must be a host name or address"],
])("%j is refused: %s", (text, reason) => {
  expect(parseConfig(text)).toEqual({ ok: false, reason });
});

test("text that is not TOML is refused with its line", () => {
  expect(parseConfig("[p2p]\nport = = 1")).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/^line 2: /),
  });
});

test.each([
  ["a:1", true],
  ["[::1]:65535", true],
  ["a:65536", false],
  ["a:0", false],
  ["::1:5", false],
  ["a", false],
  ["wss://a:1", false],
])("%s is host:port: %s", (text, expected) => {
  expect(isAddress(text)).toBe(expected);
});

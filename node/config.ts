/**
 * A node's options: one table with every name, default and explanation, from which config.toml is written and read.
 *
 * An unknown key is an error that names it: a misspelt option must not silently be a default.
 * @module
 */
import { parse, TomlError } from "smol-toml";
import { fail, ok, type Result } from "../src/base/result.ts";
import { parseCheckpoint } from "../src/protocol/checkpoint.ts";
import { type LogFormat, type LogLevel, logFormats, logLevels } from "./adapters/logger.ts";

export interface NodeConfig {
  readonly network: {
    /** Every node is on this machine: addresses of this machine may be told, its clients may ask without pause. */
    readonly local: boolean;
    /** `HEIGHT:ID` of a final block that the history must contain; empty: any history of the genesis will do. */
    readonly checkpoint: string;
  };
  readonly p2p: {
    readonly host: string;
    readonly port: number;
    /** `host:port` that other nodes are told to dial; empty: they are told nothing. */
    readonly advertise: string;
    /** `host:port` of nodes to dial, besides the validators of the genesis. */
    readonly peers: readonly string[];
  };
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Names, besides IP addresses and localhost, under which browsers may reach this node. */
    readonly names: readonly string[];
  };
  readonly verify: {
    /** 0: one fewer than the machine has cores, at least one. */
    readonly workers: number;
  };
  readonly log: {
    readonly level: LogLevel;
    readonly format: LogFormat;
  };
}

interface Option {
  readonly standard: string | number | boolean | readonly string[];
  readonly explanation: string;
  /** What is wrong with a value, or undefined. */
  readonly flaw: (value: unknown) => string | undefined;
}

const portMax = 65_535;
const workersMax = 64;
const namesMax = 64;
const textLengthMax = 256;

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length <= textLengthMax;
const address = /^(\[[0-9a-fA-F:]+\]|[^\s:/]+):(\d{1,5})$/;

/** Whether a text is `host:port`, an IPv6 host in brackets. */
export function isAddress(value: string): boolean {
  const port = Number(address.exec(value)?.[2] ?? 0);
  return port >= 1 && port <= portMax && value.length <= textLengthMax;
}

const host = (standard: string, explanation: string): Option => ({
  standard,
  explanation,
  flaw: (value) => (isText(value) && value !== "" ? undefined : "must be a host name or address"),
});

const integer = (standard: number, max: number, explanation: string): Option => ({
  standard,
  explanation,
  flaw: (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max
      ? undefined
      : `must be a whole number from 0 to ${max}`,
});

const choice = (standard: string, choices: readonly string[], explanation: string): Option => ({
  standard,
  explanation: `${explanation}: ${choices.join(", ")}`,
  flaw: (value) =>
    isText(value) && choices.includes(value) ? undefined : `must be one of ${choices.join(", ")}`,
});

const list = (allows: (item: string) => boolean, form: string, explanation: string): Option => ({
  standard: [],
  explanation,
  flaw: (value) =>
    Array.isArray(value) &&
    value.length <= namesMax &&
    value.every((item) => isText(item) && allows(item))
      ? undefined
      : `must be a list of at most ${namesMax} ${form}`,
});

const options: Readonly<Record<string, Readonly<Record<string, Option>>>> = {
  network: {
    local: {
      standard: false,
      explanation: "true only when every node of the network is on this machine.",
      flaw: (value) => (typeof value === "boolean" ? undefined : "must be true or false"),
    },
    checkpoint: {
      standard: "",
      explanation: "HEIGHT:ID of a final block; a history without it is refused.",
      flaw: (value) =>
        value === "" || (isText(value) && parseCheckpoint(value) !== undefined)
          ? undefined
          : "must be HEIGHT:ID, the id in 64 hex digits",
    },
  },
  p2p: {
    host: host("0.0.0.0", "Address on which other nodes connect."),
    port: integer(27_000, portMax, "Port on which other nodes connect; 0 takes any free one."),
    advertise: {
      standard: "",
      explanation: "host:port that other nodes are told to dial; empty tells them nothing.",
      flaw: (value) =>
        value === "" || (isText(value) && isAddress(value)) ? undefined : "must be host:port",
    },
    peers: list(
      isAddress,
      "host:port addresses",
      "host:port of nodes to dial, besides the validators.",
    ),
  },
  http: {
    host: host("127.0.0.1", "Address of the HTTP interface and explorer."),
    port: integer(28_000, portMax, "Port of the HTTP interface; 0 takes any free one."),
    names: list(
      (item) => item !== "",
      "host names",
      "Host names, besides IP addresses and localhost, under which it is served.",
    ),
  },
  verify: {
    workers: integer(0, workersMax, "Threads that check signatures; 0: one fewer than cores."),
  },
  log: {
    level: choice("info", logLevels, "Least severity that is logged"),
    format: choice("pretty", logFormats, "Form of the lines on stderr"),
  },
};

type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Everything at its default. */
export const standardConfig: NodeConfig = Object.fromEntries(
  Object.entries(options).map(([section, entries]) => [
    section,
    Object.fromEntries(Object.entries(entries).map(([name, { standard }]) => [name, standard])),
  ]),
) as unknown as NodeConfig;

/** The text of a config.toml that says exactly this, each option explained. */
export function formatConfig(config: NodeConfig): string {
  const sections = config as unknown as Sections;
  const lines = ["# Options of this node. Flags of `quorate start` win over what stands here."];
  for (const [section, entries] of Object.entries(options)) {
    lines.push("", `[${section}]`);
    for (const [name, { explanation, standard }] of Object.entries(entries)) {
      lines.push(`# ${explanation} Default: ${JSON.stringify(standard)}`);
      lines.push(`${name} = ${JSON.stringify(sections[section]?.[name])}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Reads a config.toml; what it leaves out has its default. The reason names the key that is wrong. */
export function parseConfig(text: string): Result<NodeConfig, string> {
  try {
    return applyOptions(standardConfig, parse(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return fail(`line ${error.line}: ${error.message.split("\n")[0] ?? "not TOML"}`);
  }
}

/** The config with the given entries, by section and name, in place of its own. The reason names a wrong one. */
export function applyOptions(
  config: NodeConfig,
  entries: Readonly<Record<string, unknown>>,
): Result<NodeConfig, string> {
  const merged: Record<string, Record<string, unknown>> = structuredClone(config) as never;
  for (const [section, values] of Object.entries(entries)) {
    const known = Object.hasOwn(options, section) ? options[section] : undefined;
    const target = merged[section];
    if (known === undefined || target === undefined) return fail(`unknown key ${section}`);
    if (!isTable(values)) return fail(`${section} must be a section: [${section}]`);
    for (const [name, value] of Object.entries(values)) {
      const option = Object.hasOwn(known, name) ? known[name] : undefined;
      if (option === undefined) return fail(`unknown key ${section}.${name}`);
      const flaw = option.flaw(value);
      if (flaw !== undefined) return fail(`${section}.${name} ${flaw}`);
      target[name] = value;
    }
  }
  return ok(merged as unknown as NodeConfig);
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

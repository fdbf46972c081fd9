/**
 * Settings: what the global flags and the environment say, checked once.
 * @module
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseDuration } from "./durations.ts";
import { usageFailure } from "./failure.ts";

export interface Settings {
  /** Base URLs given with --node, without a slash at the end; empty: those of the network file. */
  readonly nodes: readonly string[];
  /** Absolute path. */
  readonly networkFile: string;
  /** Whether a person named the network file: then it must exist. */
  readonly networkFileNamed: boolean;
  readonly genesisFile: string | undefined;
  readonly home: string;
  readonly timeoutMs: number;
  readonly yes: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** As commander collects them. */
export interface GlobalFlags {
  readonly node?: readonly string[];
  readonly network?: string;
  readonly genesis?: string;
  readonly home?: string;
  readonly timeout?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Nodes asked by one command; more would only cost time. */
const nodesMax = 32;
const timeoutStandard = "30s";

type Environment = Readonly<Record<string, string | undefined>>;

export function settingsOf(flags: GlobalFlags, environment: Environment): Settings {
  const timeout = parseDuration(flags.timeout ?? timeoutStandard);
  if (!timeout.ok) throw usageFailure("bad_duration", `--timeout: ${timeout.reason}`, "Give 30s.");
  const named = flags.network ?? (environment["QUORATE_NETWORK"] || undefined);
  const nodes = (flags.node ?? []).map(nodeUrl);
  if (nodes.length > nodesMax) {
    throw usageFailure("too_many_nodes", `at most ${nodesMax} nodes`, "Give --node fewer times.");
  }
  return {
    nodes: [...new Set(nodes)],
    networkFile: resolve(named ?? join(".quorate", "network.json")),
    networkFileNamed: named !== undefined,
    genesisFile: flags.genesis === undefined ? undefined : resolve(flags.genesis),
    home: resolve(flags.home ?? join(homedir(), ".quorate-wallet")),
    timeoutMs: timeout.value,
    yes: flags.yes === true,
    json: flags.json === true,
    quiet: flags.quiet === true,
  };
}

/** An http(s) URL without credentials, query and trailing slash. */
export function nodeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === undefined || !isWeb || url.username !== "" || url.search !== "") {
    throw usageFailure(
      "bad_node_url",
      `"${text}" is not the URL of a node`,
      "Give one like http://127.0.0.1:28000.",
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

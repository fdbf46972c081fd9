/**
 * Settings: what the global flags and the environment say, checked once.
 * @module
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Checkpoint, parseCheckpoint } from "../src/protocol/checkpoint.ts";
import { parseDuration } from "./durations.ts";
import { usageFailure } from "./failure.ts";

export interface Settings {
  /** Base URLs given with --node, without a slash at the end; empty: those of the network file. */
  readonly nodes: readonly string[];
  /** Absolute path. */
  readonly networkFile: string;
  /** Whether a person named the network file: then it must exist. */
  readonly networkFileNamed: boolean;
  /** The profile of <home>/config.json to use, when a person named one. */
  readonly profile: string | undefined;
  readonly genesisFile: string | undefined;
  /** A block that the history must have. */
  readonly checkpoint: Checkpoint | undefined;
  readonly home: string;
  /** Where the password of an own key is read from; undefined: a person is asked. */
  readonly password: PasswordPlace | undefined;
  readonly timeoutMs: number;
  readonly yes: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Secrets come from files, descriptors and prompts, never from flags or the environment. */
export type PasswordPlace =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "descriptor"; readonly descriptor: number };

/** As commander collects them. */
export interface GlobalFlags {
  readonly node?: readonly string[];
  readonly network?: string;
  readonly profile?: string;
  readonly passwordFile?: string;
  readonly passwordFd?: string;
  readonly genesis?: string;
  readonly checkpoint?: string;
  readonly home?: string;
  readonly timeout?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Nodes asked by one command; more would only cost time. */
export const nodesMax = 32;
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
  if (flags.profile !== undefined && flags.network !== undefined) {
    throw usageFailure(
      "profile_or_network",
      "--profile and --network name two networks",
      "Give one of the two.",
    );
  }
  return {
    nodes: [...new Set(nodes)],
    networkFile: resolve(named ?? join(".quorate", "network.json")),
    networkFileNamed: named !== undefined && flags.profile === undefined,
    profile: flags.profile,
    genesisFile: flags.genesis === undefined ? undefined : resolve(flags.genesis),
    checkpoint: checkpointOf(flags.checkpoint),
    home: resolve(flags.home ?? join(homedir(), ".quorate-wallet")),
    password: passwordPlace("--password", flags.passwordFile, flags.passwordFd),
    timeoutMs: timeout.value,
    yes: flags.yes === true,
    json: flags.json === true,
    quiet: flags.quiet === true,
  };
}

function checkpointOf(text: string | undefined): Checkpoint | undefined {
  if (text === undefined) return undefined;
  const checkpoint = parseCheckpoint(text);
  if (checkpoint !== undefined) return checkpoint;
  throw usageFailure(
    "bad_checkpoint",
    `"${text}" is not a checkpoint`,
    "Give HEIGHT:ID, a block's height and its 64 hex digits.",
  );
}

/** What `--NAME-file` and `--NAME-fd` say, of which one may be given. `flag` is `--NAME`. */
export function passwordPlace(
  flag: string,
  file: string | undefined,
  fd: string | undefined,
): PasswordPlace | undefined {
  if (file !== undefined && fd !== undefined) {
    throw usageFailure("two_sources", `${flag}-file and ${flag}-fd are given`, "Give one of them.");
  }
  if (file !== undefined) return { kind: "file", path: resolve(file) };
  if (fd === undefined) return undefined;
  const descriptor = /^\d{1,4}$/.test(fd) ? Number(fd) : Number.NaN;
  if (descriptor === 0 || descriptor >= 3) return { kind: "descriptor", descriptor };
  throw usageFailure(
    "bad_descriptor",
    `"${fd}" is not a file descriptor to read from`,
    `Give ${flag}-fd 0, or 3 with: 3< FILE.`,
  );
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

/**
 * A node's home: the folder with everything that is its own.
 *
 *     config.toml                    options (config.ts)
 *     genesis.json                   the network
 *     genesis.state                  the state that it goes on from, where the genesis names a predecessor
 *     keys/node.key                  TLS identity
 *     keys/operator.key              the operator's account, where its owner keeps it here; a node never reads it
 *     keys/faucet.key                the faucet's account, in a local network's homes (faucet.ts)
 *     keys/validator-<8 hex>.key     consensus key, named by the first digits of its public key,
 *     keys/validator-<8 hex>.journal  and .mark: the vote journal made together with it
 *                                    (a home may have several: the set of each epoch decides which one votes)
 *     data/ledger/                   LevelDB
 *     data/LOCK                      names the process that runs; the lock itself is LevelDB's own
 *
 * Keys and journals are made here, together, and never by a start: a consensus key without its journal is a loss, not a
 * beginning.
 * @module
 */
import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Checkpoint, parseCheckpoint } from "../src/protocol/checkpoint.ts";
import { chainIdOf, formatGenesis, type Genesis, parseGenesis } from "../src/protocol/genesis.ts";
import type { ChainId } from "../src/protocol/ids.ts";
import { createVoteJournal } from "./adapters/file-vote-journal.ts";
import { nativeHasher } from "./adapters/native-crypto.ts";
import {
  type IdentityFlaw,
  loadNodeIdentity,
  type NodeIdentity,
  saveNodeIdentity,
} from "./adapters/tls-identity.ts";
import { formatConfig, type NodeConfig, parseConfig } from "./config.ts";
import { saveOperatorKey } from "./operator-key.ts";
import { exitCodes, Refusal } from "./refusal.ts";
import {
  loadValidatorKey,
  type SecretKey,
  saveValidatorKey,
  secretKeyOf,
} from "./validator-key.ts";

export interface NodeHome {
  readonly folder: string;
  readonly config: NodeConfig;
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly identity: NodeIdentity;
  /** By file name; none in an observer's home. Whether one of them votes is for each epoch's set to say. */
  readonly validatorKeys: readonly SecretKey[];
  /** Where the keys are, and the journals beside them. */
  readonly keysFolder: string;
  readonly ledgerFolder: string;
  readonly stateFile: string;
  readonly lockFile: string;
  /** A final block that the history must contain, where the config names one. */
  readonly checkpoint: Checkpoint | undefined;
}

/** In a home, and in the folder that `genesis create` makes. */
export const genesisFileName = "genesis.json";
export const stateFileName = "genesis.state";
/** In a home. */
export const operatorKeyFile: string = join("keys", "operator.key");
const privateMode = 0o700;
const validatorKeyFile = /^validator-[0-9a-f]{8}\.key$/;

/**
 * Makes a home that did not exist, whole or not at all: built beside its place and moved there.
 */
export async function createHome(
  folder: string,
  options: {
    readonly genesis: Genesis;
    readonly config: NodeConfig;
    readonly identity: NodeIdentity;
    /** None for an observer. */
    readonly validatorKeys: readonly SecretKey[];
    /** A file with the state that the genesis goes on from, where it does. */
    readonly stateFile?: string | undefined;
    /** The text of the operator's key file, where this home is to have one. */
    readonly operatorKey?: string | undefined;
  },
): Promise<void> {
  if (existsSync(folder)) throw homeExists(folder);
  const draft = join(dirname(folder), `.${process.pid}-new-home`);
  rmSync(draft, { recursive: true, force: true });
  const keys = join(draft, "keys");
  mkdirSync(keys, { recursive: true, mode: privateMode });
  writeFileSync(join(draft, "config.toml"), formatConfig(options.config));
  writeFileSync(join(draft, genesisFileName), formatGenesis(options.genesis));
  await saveNodeIdentity(join(keys, "node.key"), options.identity);
  if (options.stateFile !== undefined) {
    copyFileSync(options.stateFile, join(draft, stateFileName));
  }
  if (options.operatorKey !== undefined) {
    saveOperatorKey(join(draft, operatorKeyFile), options.operatorKey);
  }
  const chainId = chainIdOf(nativeHasher, options.genesis);
  for (const key of options.validatorKeys) await keepValidatorKey(keys, chainId, key);
  renameSync(draft, folder);
}

export const homeExists = (folder: string): Refusal =>
  new Refusal({
    code: "home_exists",
    message: `${folder} exists already`,
    fix: "Choose another folder, or remove it if nothing in it is needed.",
  });

/**
 * Gives a home one more consensus key, with its journal: for a rotation, or to become a validator. A node that runs
 * sees it at its next start.
 */
export async function addValidatorKey(
  home: Pick<NodeHome, "keysFolder" | "chainId">,
): Promise<SecretKey> {
  const key = secretKeyOf(new Uint8Array(randomBytes(32)));
  await keepValidatorKey(home.keysFolder, home.chainId, key);
  return key;
}

/** The journal comes first: a key never lies there without it. */
async function keepValidatorKey(keys: string, chainId: ChainId, key: SecretKey): Promise<void> {
  await createVoteJournal(keys, { chainId, consensusKey: key.publicKey });
  saveValidatorKey(join(keys, keyFileOf(key)), key);
}

const keyFileOf = ({ publicKey }: SecretKey): string => `validator-${publicKey.slice(0, 8)}.key`;

/** Throws a Refusal that names the file that is missing or wrong. `configPath` replaces the home's config.toml. */
export async function loadHome(folder: string, configPath?: string): Promise<NodeHome> {
  if (!existsSync(join(folder, genesisFileName))) {
    throw new Refusal({
      code: "home_not_found",
      message: `${folder} is no home of a node: it has no genesis.json`,
      fix: "Name the right one with --home DIR. For a network to try: quorate network up.",
      exitCode: exitCodes.notFound,
    });
  }
  const genesis = loadGenesis(join(folder, genesisFileName));
  const keys = join(folder, "keys");
  const config = loadConfig(configPath ?? join(folder, "config.toml"));
  return {
    folder,
    config,
    checkpoint: parseCheckpoint(config.network.checkpoint),
    genesis,
    chainId: chainIdOf(nativeHasher, genesis),
    identity: await loadIdentity(join(keys, "node.key")),
    validatorKeys: loadValidatorKeys(keys),
    keysFolder: keys,
    ledgerFolder: join(folder, "data", "ledger"),
    stateFile: join(folder, stateFileName),
    lockFile: join(folder, "data", "LOCK"),
  };
}

async function loadIdentity(path: string): Promise<NodeIdentity> {
  const loaded = await loadNodeIdentity(path);
  if (loaded.ok) return loaded.value;
  throw new Refusal({ ...identityRefusals[loaded.reason], message: `${path} ${loaded.reason}` });
}

const identityRefusals: Readonly<
  Record<IdentityFlaw, { readonly code: string; readonly fix: string }>
> = {
  absent: { code: "key_unreadable", fix: "Restore the node's key from a safe copy." },
  exposed: {
    code: "key_exposed",
    fix: "If nobody else has read it: chmod 600 it. If in doubt, replace the key.",
  },
  malformed: { code: "key_damaged", fix: "Restore the node's key from a safe copy." },
};

function loadValidatorKeys(keys: string): readonly SecretKey[] {
  const files = readdirSync(keys).filter((file) => validatorKeyFile.test(file));
  return files.sort().map((file) => {
    const key = loadValidatorKey(join(keys, file));
    if (file === keyFileOf(key)) return key;
    // Two files with one key would be two owners of one journal.
    throw new Refusal({
      code: "key_misnamed",
      message: `${join(keys, file)} holds the key ${key.publicKey.slice(0, 8)}…`,
      fix: `Its name is ${keyFileOf(key)}: rename it, or remove it if that one is there too.`,
    });
  });
}

/** Reads a genesis file; a Refusal says what is wrong in it. */
export function loadGenesis(path: string): Genesis {
  const parsed = parseGenesis(readText(path, "genesis_unreadable"));
  if (parsed.ok) return parsed.value;
  throw new Refusal({
    code: "genesis_malformed",
    message: `${path}: ${parsed.reason}`,
    fix: "Take the genesis file of the network again from another member.",
  });
}

/** Reads a config.toml; a Refusal names the key that is wrong. */
export function loadConfig(path: string): NodeConfig {
  const parsed = parseConfig(readText(path, "config_unreadable"));
  if (parsed.ok) return parsed.value;
  throw new Refusal({
    code: "config_malformed",
    message: `${path}: ${parsed.reason}`,
    fix: "Correct or remove that line; a key that is left out has its default.",
  });
}

function readText(path: string, code: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Refusal({
      code,
      message: `cannot read ${path}: ${(error as Error).message}`,
      fix: "Restore the file, or make it readable to the user that runs the node.",
    });
  }
}

/**
 * A new network over the state of an old one: the way out when too many validators have lost their journals or their
 * keys for ever, and nothing can become final any more.
 *
 * One member makes a genesis from its stopped node's ledger, and the state beside it; each member then makes a new home
 * of both and its old one. The old home is only read: its ledger goes on proving what was final in it.
 * @module
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chainIdOf, formatGenesis, type Genesis, genesisFlaw } from "../src/protocol/genesis.ts";
import type { ChainId } from "../src/protocol/ids.ts";
import { readParameters, readValidators, type StateKey } from "../src/protocol/state.ts";
import type { Validator } from "../src/protocol/validator-set.ts";
import { genesisIdOf } from "../src/replica/open-ledger.ts";
import type { ChainStore } from "../src/storage/chain-store.ts";
import { openChain } from "../src/storage/open-chain.ts";
import { openLevelStore } from "./adapters/level-store.ts";
import { nativeHasher, nativeVerifier } from "./adapters/native-crypto.ts";
import { applyOptions } from "./config.ts";
import { readCarried, writeStateFile } from "./genesis-state-file.ts";
import {
  createHome,
  genesisFileName,
  homeExists,
  loadGenesis,
  type NodeHome,
  operatorKeyFile,
  stateFileName,
} from "./home.ts";
import { exitCodes, Refusal } from "./refusal.ts";
import { readPrivate } from "./validator-key.ts";

export interface Succession {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  /** Native base units that are carried over. */
  readonly supply: bigint;
  readonly accounts: number;
}

/**
 * Writes `genesis.json` and `genesis.state` into a new folder, whole or not at all.
 *
 * @param options without: names of validators that the new network begins without.
 */
export async function makeSuccession(
  home: NodeHome,
  options: {
    readonly folder: string;
    readonly without: readonly string[];
    readonly wallMs: number;
  },
): Promise<Succession> {
  const { folder, without, wallMs } = options;
  if (existsSync(folder)) throw homeExists(folder);
  return await withLedger(home, async (chain) => {
    const genesis = successorOf(home, chain, { without, wallMs });
    mkdirSync(dirname(folder), { recursive: true });
    const draft = join(dirname(folder), `.${process.pid}-new-genesis`);
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft);
    await writeStateFile(join(draft, stateFileName), chain);
    writeFileSync(join(draft, genesisFileName), formatGenesis(genesis));
    renameSync(draft, folder);
    const { supply, accounts } = chain.totals;
    return { genesis, chainId: chainIdOf(nativeHasher, genesis), supply, accounts };
  });
}

function successorOf(
  { genesis: old, chainId }: NodeHome,
  chain: ChainStore,
  { without, wallMs }: { readonly without: readonly string[]; readonly wallMs: number },
): Genesis {
  const state = { read: (key: StateKey) => chain.state(key) };
  const { height, id, header } = chain.tip;
  const genesis: Genesis = {
    ...old,
    timestampMs: Math.max(wallMs, header.timestampMs + 1),
    parameters: readParameters(state).current,
    validators: remaining(readValidators(state).current, without),
    accounts: [],
    previous: { chainId, height, blockId: id, stateRoot: header.stateRoot },
  };
  const flaw = genesisFlaw(genesis);
  if (flaw !== undefined) throw usage(`the new genesis would not be sound: ${flaw}`, "See --help.");
  return genesis;
}

function remaining(
  validators: readonly Validator[],
  without: readonly string[],
): readonly Validator[] {
  const names = new Set(validators.map(({ name }) => name));
  const stranger = without.find((name) => !names.has(name));
  if (stranger !== undefined) {
    throw usage(`no validator is called "${stranger}"`, `There are: ${[...names].join(", ")}.`);
  }
  return validators.filter(({ name }) => !without.includes(name));
}

/** How an old home stands to the block that a new genesis goes on from. */
export type Standing =
  /** It has that very block, and nothing above it. */
  | { readonly kind: "same" }
  /** It ends below, so it cannot tell. */
  | { readonly kind: "below"; readonly height: number };

/**
 * Makes the home of a node of the new network: the old one's config and keys, the operator's too where it has it, and
 * new journals. Refuses when the old home's ledger has another block there, or has final blocks above it, which would
 * be lost.
 *
 * @param options folder: as makeSuccession made it. confirm: is told how the old ledger stands, before anything is made.
 */
export async function adoptSuccession(
  old: NodeHome,
  options: {
    readonly folder: string;
    readonly home: string;
    readonly confirm: (genesis: Genesis, standing: Standing) => Promise<void>;
  },
): Promise<{ readonly genesis: Genesis; readonly chainId: ChainId; readonly standing: Standing }> {
  const { folder, home } = options;
  if (existsSync(home)) throw homeExists(home);
  const genesis = loadGenesis(join(folder, genesisFileName));
  const stateFile = join(folder, stateFileName);
  const carried = readCarried(stateFile, genesis);
  if (!carried.ok) {
    throw new Refusal({
      code: "genesis_state",
      message: carried.reason,
      fix: "Take genesis.json and genesis.state again from the member who made them.",
      exitCode: exitCodes.disagreement,
    });
  }
  const operatorKey = operatorKeyIn(old);
  const standing = await withLedger(old, (chain) =>
    Promise.resolve(standingOf(old, chain, genesis)),
  );
  await options.confirm(genesis, standing);
  const config = applyOptions(old.config, { network: { checkpoint: "" } }); // It was of the old ledger.
  if (!config.ok) throw new RangeError(config.reason);
  mkdirSync(dirname(home), { recursive: true });
  const { identity, validatorKeys } = old;
  await createHome(home, {
    genesis,
    config: config.value,
    identity,
    validatorKeys,
    stateFile,
    operatorKey,
  });
  return { genesis, chainId: chainIdOf(nativeHasher, genesis), standing };
}

/** The text of the operator's key file, where the home has one. Throws a Refusal when others can read it. */
function operatorKeyIn({ folder }: NodeHome): string | undefined {
  const path = join(folder, operatorKeyFile);
  return existsSync(path) ? readPrivate(path) : undefined;
}

function standingOf(old: NodeHome, chain: ChainStore, { previous }: Genesis): Standing {
  if (previous?.chainId !== old.chainId) {
    throw succession(
      `the genesis goes on from ${previous?.chainId ?? "no earlier ledger"}, ${old.folder} is of ${old.chainId}`,
      "Give the home of the network that it goes on from.",
    );
  }
  const { tip } = chain;
  if (tip.height < previous.height) return { kind: "below", height: tip.height };
  const ownId = chain.blockAt(previous.height)?.id;
  if (ownId !== previous.blockId) {
    throw succession(
      `the genesis goes on from block #${previous.height} ${previous.blockId}; this ledger has ${ownId} there`,
      "Do not use it. Compare the block with the other members: somebody's ledger is not this network's.",
    );
  }
  if (tip.height > previous.height) {
    throw succession(
      `this ledger has ${tip.height - previous.height} final blocks above #${previous.height}: they would be lost`,
      `Make the genesis from this home instead: quorate genesis create --from ${old.folder}`,
    );
  }
  return { kind: "same" };
}

/** The ledger of a node that does not run, checked like at a start. */
async function withLedger<Value>(
  { ledgerFolder, genesis, chainId, folder }: NodeHome,
  use: (chain: ChainStore) => Promise<Value>,
): Promise<Value> {
  if (!existsSync(ledgerFolder)) {
    throw new Refusal({
      code: "ledger_absent",
      message: `${folder} has no ledger: its node has never run`,
      fix: "Give the home of a node that has the last final block.",
      exitCode: exitCodes.notFound,
    });
  }
  const store = await openLevelStore(ledgerFolder);
  if (!store.ok) throw new Refusal({ ...store.reason, exitCode: exitCodes.storage });
  try {
    const opened = await openChain(store.value, {
      hasher: nativeHasher,
      verifier: nativeVerifier,
      chainId,
      genesisIdOf: (stateRoot) => genesisIdOf(nativeHasher, genesis, stateRoot),
    });
    if (!opened.ok) throw new Refusal({ ...opened.reason, exitCode: exitCodes.storage });
    return await use(opened.value.chain);
  } finally {
    await store.value.close();
  }
}

const usage = (message: string, fix: string): Refusal =>
  new Refusal({ code: "usage", message, fix });

const succession = (message: string, fix: string): Refusal =>
  new Refusal({ code: "succession_mismatch", message, fix, exitCode: exitCodes.disagreement });

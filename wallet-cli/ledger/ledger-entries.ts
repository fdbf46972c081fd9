/**
 * What commands build on, proven: entries of the ledger's state, and final transactions with all that they say.
 *
 * One light client for each run: it checks a signature once, however many proofs come with it.
 * @module
 */
import type { StateKey, StateReader } from "../../src/protocol/state.ts";
import { isSigned, type NamedSigned } from "../../src/protocol/transaction.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import type { Network } from "../network/network.ts";
import { includedBy } from "../trust/outcome-proving.ts";
import { openTrust, type Trusting } from "../trust/trust.ts";
import type { Wallet } from "../wallet.ts";

/** One question for proofs takes so many. */
const keysMax = 32;

const opened = new WeakMap<Network, Promise<Trusting>>();

/** The same for every question of one run about one network. */
export async function trustIn(wallet: Wallet, network: Network): Promise<Trusting> {
  const known = opened.get(network) ?? openTrust(wallet, network);
  opened.set(network, known);
  return await known;
}

/** An attempt that has failed sooner was not cut off by its time. */
const slowMsMin = 5_000;

/** Asks again while nodes are only slow and --timeout has not passed: a light client gives them 10 s for one answer. */
export async function patiently<Value>(
  { settings }: Wallet,
  ask: () => Promise<Value>,
): Promise<Value> {
  const startedMs = performance.now();
  for (;;) {
    const attemptMs = performance.now();
    try {
      return await ask();
    } catch (error) {
      const nowMs = performance.now();
      const isSlow = nowMs - attemptMs > slowMsMin && nowMs - startedMs < settings.timeoutMs;
      const isUnreached = error instanceof CommandFailure && error.exit === exitCodes.unreachable;
      if (!isSlow || !isUnreached) throw error;
    }
  }
}

/** The entries at these keys, or their absence, as a reader of just them. */
export async function provenEntries(
  wallet: Wallet,
  network: Network,
  keys: readonly StateKey[],
): Promise<StateReader> {
  const trust = await trustIn(wallet, network);
  const known = new Map<StateKey, Uint8Array | undefined>();
  for (let from = 0; from < keys.length; from += keysMax) {
    const some = keys.slice(from, from + keysMax);
    const { entries } = await patiently(wallet, async () => await trust.state(some));
    for (const key of some) known.set(key, entries.read(key));
  }
  return { read: (key) => known.get(key) };
}

export interface ProvenTransaction {
  readonly named: NamedSigned;
  readonly height: number;
  readonly blockId: string;
  readonly timestampMs: number;
}

/** Who is asked for a proof, and for how long. */
export interface ProofQuest {
  /** In this order; left out: all. */
  readonly nodes?: readonly string[];
  /** Of one question; left out: --timeout. */
  readonly timeoutMs?: number;
}

/** Undefined when no node proves now that it is final; exit 8 when one proves another history than the known one. */
export async function provenTransaction(
  wallet: Wallet,
  network: Network,
  id: string,
  { nodes = network.nodes, timeoutMs = wallet.settings.timeoutMs }: ProofQuest = {},
): Promise<ProvenTransaction | undefined> {
  const { client, tell } = await trustIn(wallet, network);
  for (const node of nodes) {
    const found = await includedBy(client, node, id, { timeoutMs, tell: (lie) => tell([lie]) });
    if (found === undefined || !isSigned(found.named)) continue;
    const { header, blockId } = found.proven;
    const { height, timestampMs } = header;
    return { named: found.named, height, blockId, timestampMs };
  }
  return undefined;
}

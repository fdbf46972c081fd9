/**
 * Proven answers for commands: asks all nodes of the network, believes proofs alone, names who lies or lags.
 *
 *     const trust = await openTrust(wallet, network);
 *     const { account, standing } = await trust.account(id);
 *
 * Whatever cannot be decided ends the command: exit 8, or 4 when no node was reached.
 * @module
 */
import type { Web } from "../../src/api/asking.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Result } from "../../src/base/result.ts";
import type { Finding } from "../../src/client/finding.ts";
import { LightClient } from "../../src/client/light-client.ts";
import {
  type ProvenAccount,
  type ProvenState,
  proveAccount,
  proveState,
} from "../../src/client/proven-state.ts";
import type { Standing, TrustFailure } from "../../src/client/standing.ts";
import { nobleVerifier } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import {
  type ParametersEntry,
  parametersKey,
  readParameters,
  type StateKey,
} from "../../src/protocol/state.ts";
import type { Network } from "../network/network.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { Settings } from "../settings.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { EvidenceFiles } from "./evidence-files.ts";
import { type ProvenEnd, proveEnd, provenHeight } from "./outcome-proving.ts";
import { findingText, trustFailure } from "./standing-text.ts";
import { TipFile } from "./tip-store.ts";

export interface ProvenParameters {
  readonly standing: Standing;
  readonly parameters: ParametersEntry;
}

export interface Trusting {
  readonly client: LightClient;
  /** The account with everything that it holds. */
  account(account: AccountId): Promise<ProvenAccount>;
  /** Entries of the state by key (assetKey, recordKey, …), or that there are none. */
  state(keys: readonly StateKey[]): Promise<ProvenState>;
  /** Those in force and those of the next epoch. */
  parameters(): Promise<ProvenParameters>;
  /** What became of a saved transaction, proven, or `open`. */
  outcome(saved: Pick<OutboxEntry, "id" | "bytes" | "from">): Promise<ProvenEnd>;
  /** The height at which this node proves it to be final. */
  finalHeight(node: string, id: string): Promise<number | undefined>;
  /** Says on stderr who lies, lags or does not answer: each thing once. */
  tell(findings: readonly Finding[]): void;
}

export const walletWeb: Web = {
  httpFetch: fetch,
  timeoutSignal: (ms) => AbortSignal.timeout(ms),
};

export const walletClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export async function openTrust(
  { settings, terminal }: Wallet,
  network: Network,
): Promise<Trusting> {
  const client = lightClientOf(settings, network, () =>
    terminal.note("waiting until the nodes can prove their newest block …"),
  );
  const tell = teller(terminal);
  sayUnpinned(terminal, network);
  const settled = <Value extends { readonly standing: Standing }>(
    result: Result<Value, TrustFailure>,
  ): Value => {
    if (result.ok) {
      tell(result.value.standing.findings);
      return result.value;
    }
    throw trustFailure(result.reason);
  };
  return {
    client,
    tell,
    async outcome(saved) {
      return await proveEnd(client, saved, (lie) => tell([lie]));
    },
    async finalHeight(node, id) {
      return await provenHeight(client, node, id, (lie) => tell([lie]));
    },
    async account(account) {
      const address = network.accounts.addressOf(account);
      return settled(await proveAccount(client, { account, address }));
    },
    async state(keys) {
      return settled(await proveState(client, keys));
    },
    async parameters() {
      const { standing, entries } = settled(await proveState(client, [parametersKey]));
      return { standing, parameters: readParameters(entries) };
    },
  };
}

export function lightClientOf(
  settings: Pick<Settings, "home" | "timeoutMs" | "checkpoint">,
  { genesis, chainId, nodes }: Pick<Network, "genesis" | "chainId" | "nodes">,
  whenWaiting?: () => void,
): LightClient {
  const { home, checkpoint } = settings;
  return new LightClient({
    genesis,
    chainId,
    nodes,
    web: walletWeb,
    clock: walletClock,
    hasher: nobleHasher,
    verifier: nobleVerifier,
    tips: new TipFile({ home, chainId }),
    evidence: new EvidenceFiles(home),
    checkpoint,
    timeoutMs: settings.timeoutMs,
    whenWaiting,
  });
}

const saidUnpinned = new WeakSet<Network>();

/** Once for each run: whoever is at the keyboard may know the chain id from elsewhere. */
function sayUnpinned(terminal: Terminal, network: Network): void {
  if (network.isUnpinned !== true || saidUnpinned.has(network)) return;
  saidUnpinned.add(network);
  const { nodes, chainId } = network;
  const by = nodes.join(", ");
  terminal.note(
    `trusting ${by} for the genesis: chain id ${chainId} (--genesis FILE needs no trust)`,
  );
}

function teller(terminal: Terminal): (findings: readonly Finding[]) => void {
  const told = new Set<string>();
  return (findings) => {
    for (const finding of findings) {
      const text = findingText(finding);
      if (text === undefined || told.has(text)) continue;
      told.add(text);
      terminal.note(finding.kind === "lying" ? terminal.styled("red", text) : text);
    }
  };
}

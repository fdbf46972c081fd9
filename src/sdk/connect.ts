/**
 * How a program comes to a network: the genesis is checked against what it trusts, and the light client is put together.
 * @module
 */
import { askNode } from "../api/asking.ts";
import { LightClient } from "../client/light-client.ts";
import type { TipStore } from "../client/ports.ts";
import type { RememberedTip } from "../client/remembered-tip.ts";
import { nobleVerifier } from "../crypto/ed25519.ts";
import { nobleHasher } from "../crypto/hash.ts";
import { parseCheckpoint } from "../protocol/checkpoint.ts";
import { chainIdOf, parseGenesis } from "../protocol/genesis.ts";
import { QuorateError } from "./failure.ts";
import { type Host, systemHost } from "./host.ts";
import { QuorateNetwork } from "./network.ts";

export interface ConnectOptions {
  /** Base URLs of nodes, at least one. */
  readonly nodes: readonly string[];
  /** What is trusted: the text of the genesis file, */
  readonly genesis?: string | undefined;
  /** or the chain id, which is its hash; the file is then asked of the nodes. One of the two is needed. */
  readonly chainId?: string | undefined;
  /** `HEIGHT:BLOCKID`: a history without that block is refused. */
  readonly checkpoint?: string | undefined;
  /** Keeps the newest proven block between runs, so that no node can roll it back; left out: in memory. */
  readonly tips?: TipStore | undefined;
  /** For one answer; default 10 s. */
  readonly timeoutMs?: number | undefined;
  readonly host?: Host | undefined;
}

const timeoutMsStandard = 10_000;

/** Throws `genesis_wrong`, `bad_input`, `unreachable`. */
export async function connect(options: ConnectOptions): Promise<QuorateNetwork> {
  const { host = systemHost, timeoutMs = timeoutMsStandard } = options;
  const nodes = options.nodes.map((node) => node.replace(/\/+$/, ""));
  if (nodes.length === 0) throw new QuorateError("bad_input", "no node is given");
  if (options.genesis === undefined && options.chainId === undefined) {
    throw new QuorateError("bad_input", "give the genesis or the chain id: one of them is trusted");
  }
  const text =
    options.genesis ?? (await genesisOf(nodes, options.chainId ?? "", { host, timeoutMs }));
  const genesis = parseGenesis(text);
  if (!genesis.ok) throw new QuorateError("genesis_wrong", `no genesis: ${genesis.reason}`);
  const chainId = chainIdOf(nobleHasher, genesis.value);
  if (options.chainId !== undefined && options.chainId !== chainId) {
    throw new QuorateError("genesis_wrong", `the genesis is of ${chainId}, not ${options.chainId}`);
  }
  const checkpoint =
    options.checkpoint === undefined ? undefined : parseCheckpoint(options.checkpoint);
  if (options.checkpoint !== undefined && checkpoint === undefined) {
    throw new QuorateError("bad_input", "a checkpoint is HEIGHT:BLOCKID");
  }
  const client = new LightClient({
    genesis: genesis.value,
    chainId,
    nodes,
    web: host.web,
    clock: host.clock,
    hasher: nobleHasher,
    verifier: nobleVerifier,
    tips: options.tips ?? tipsInMemory(),
    evidence: { save: () => Promise.resolve(undefined) },
    checkpoint,
    timeoutMs,
  });
  return new QuorateNetwork({ client, host, genesis: genesis.value, chainId });
}

/** The first that has the chain id; whoever shows another one is passed over. */
async function genesisOf(
  nodes: readonly string[],
  chainId: string,
  { host, timeoutMs }: { readonly host: Host; readonly timeoutMs: number },
): Promise<string> {
  let isAnswered = false;
  for (const node of nodes) {
    const { result } = await askNode(host.web, node, (at) => at.genesis(), { timeoutMs });
    if (!result.ok) continue;
    isAnswered = true;
    const text = JSON.stringify(result.value.genesis);
    const genesis = parseGenesis(text);
    if (genesis.ok && chainIdOf(nobleHasher, genesis.value) === chainId) return text;
  }
  if (isAnswered) throw new QuorateError("genesis_wrong", `no node has the genesis of ${chainId}`);
  throw new QuorateError("unreachable", `no node answered: ${nodes.join(", ")}`);
}

function tipsInMemory(): TipStore {
  let newest: RememberedTip | undefined;
  return {
    load: () => Promise.resolve(newest),
    save(tip) {
      if (tip.height > (newest?.height ?? -1)) newest = tip;
      return Promise.resolve();
    },
  };
}

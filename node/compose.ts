/**
 * Builds a node of its parts: the one place, besides the simulator, that chooses them.
 *
 * The order matters: LevelDB's lock is taken before any journal is opened, so that one key votes in one process; HTTP
 * is served last, when there is something to say. Closing goes the other way.
 * @module
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Log } from "../src/base/log.ts";
import type { NodeQueries } from "../src/replica/node-queries.ts";
import type { ValidatorIdentity } from "../src/replica/ports.ts";
import { Replica } from "../src/replica/replica.ts";
import { systemClock } from "./adapters/clock.ts";
import { openVoteJournal } from "./adapters/file-vote-journal.ts";
import { type LevelStore, openLevelStore } from "./adapters/level-store.ts";
import { NodeMetrics } from "./adapters/metrics.ts";
import { createNativeSigner, loadNativeCrypto } from "./adapters/native-crypto.ts";
import { VerifyPool } from "./adapters/verify-pool.ts";
import { WebSocketTransport } from "./adapters/websocket-transport.ts";
import { openFaucet } from "./faucet.ts";
import { readCarried } from "./genesis-state-file.ts";
import type { NodeHome } from "./home.ts";
import { startHttpServer } from "./http/server.ts";
import { exitCodes, Refusal } from "./refusal.ts";
import type { Steered } from "./steered.ts";

export interface RunningNode {
  readonly queries: NodeQueries;
  /** Base URL of the HTTP interface. */
  readonly httpUrl: string;
  /** Accepts nothing new, finishes the commits under way, closes. */
  close(): Promise<void>;
}

export interface NodeEnvironment {
  readonly log: Log;
  /** Name and version of the program. */
  readonly agent: string;
  /** Called once when the node cannot be trusted to go on; the process must end. */
  readonly fatal: (error: unknown) => void;
  /** What the local network that the node belongs to tells it; undefined for every other node. */
  readonly steered?: Steered | undefined;
}

const explorerDirectory = fileURLToPath(new URL("../explorer/", import.meta.url));

/** Opens and starts everything. Throws a Refusal, with everything closed again, when the node must not run. */
export async function openNode(home: NodeHome, environment: NodeEnvironment): Promise<RunningNode> {
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0).reverse()) await one();
  };
  try {
    const metrics = new NodeMetrics();
    const signatures = openPool(home, environment.log, metrics);
    opened.push(() => signatures.close());
    const replica = await openReplica(home, environment, { signatures, metrics, opened });
    // It closes store and journals itself; closing them once more, at the end, does nothing.
    opened.push(() => replica.stop());
    metrics.watch(replica.queries);
    await replica.start();
    const http = await serveHttp(home, environment, replica.queries, metrics);
    opened.push(() => http.close());
    return { queries: replica.queries, httpUrl: http.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openPool({ config }: NodeHome, log: Log, metrics: NodeMetrics): VerifyPool {
  const standard = Math.max(1, availableParallelism() - 1);
  return new VerifyPool({
    workers: config.verify.workers === 0 ? standard : config.verify.workers,
    onQueue: (waiting) => metrics.verifyQueue(waiting),
    onWorkerLost: (reason) => log.error("a verify thread was lost", { reason }),
  });
}

async function openReplica(
  home: NodeHome,
  { log, agent, fatal, steered }: NodeEnvironment,
  parts: {
    readonly signatures: VerifyPool;
    readonly metrics: NodeMetrics;
    /** Takes what is to be closed, in the order of opening. */
    readonly opened: (() => Promise<void>)[];
  },
): Promise<Replica> {
  const { signatures, metrics, opened } = parts;
  const { config, genesis, chainId, identity } = home;
  const crypto = loadNativeCrypto();
  const store = await openStore(home, opened);
  const validators = await openValidators(home, opened);
  const transport = new WebSocketTransport({
    identity,
    host: config.p2p.host,
    port: config.p2p.port,
    loopbackExempt: config.network.local,
  });
  steered?.follow(({ cutOff }) => transport.cutOff(cutOff));
  const replica = await Replica.open(
    {
      genesis,
      chainId,
      carried: async () => readCarried(home.stateFile, genesis),
      nodeId: identity.nodeId,
      validators,
      checkpoint: home.checkpoint,
      addresses: config.p2p.peers,
      listenAddress: config.p2p.advertise === "" ? undefined : config.p2p.advertise,
      agent,
      loopbackExempt: config.network.local,
    },
    {
      store,
      transport,
      clock: systemClock,
      log,
      hasher: crypto.hasher,
      verifier: crypto.verifier,
      signatures,
      random: Math.random,
      fatal,
    },
    metrics,
  );
  if (!replica.ok) throw new Refusal({ ...replica.reason, exitCode: exitCodes.storage });
  return replica.value;
}

async function openStore(home: NodeHome, opened: (() => Promise<void>)[]): Promise<LevelStore> {
  const { ledgerFolder, lockFile } = home;
  const store = await openLevelStore(ledgerFolder);
  if (!store.ok) {
    const { code, message, fix } = store.reason;
    if (code !== "ledger_locked")
      throw new Refusal({ code, message, fix, exitCode: exitCodes.storage });
    const pid = existsSync(lockFile) ? readFileSync(lockFile, "utf8").trim() : "unknown";
    throw new Refusal({ code, message: `${message} (pid ${pid})`, fix });
  }
  writeFileSync(lockFile, `${process.pid}\n`);
  opened.push(async () => {
    rmSync(lockFile, { force: true });
    await store.value.close();
  });
  return store.value;
}

/** The keys with their journals; whether a journal is sound, and which key votes, is for the replica to judge. */
async function openValidators(
  { chainId, keysFolder, validatorKeys }: NodeHome,
  opened: (() => Promise<void>)[],
): Promise<readonly ValidatorIdentity[]> {
  const validators: ValidatorIdentity[] = [];
  for (const { publicKey, seed } of validatorKeys) {
    const journal = await openVoteJournal(keysFolder, { chainId, consensusKey: publicKey });
    opened.push(() => journal.close());
    validators.push({ signer: createNativeSigner(seed), journal });
  }
  return validators;
}

const serveHttp = (
  { config, folder }: NodeHome,
  { log, steered }: NodeEnvironment,
  queries: NodeQueries,
  metrics: NodeMetrics,
): ReturnType<typeof startHttpServer> =>
  startHttpServer({
    queries,
    log,
    metrics,
    host: config.http.host,
    port: config.http.port,
    hostNames: config.http.names,
    local: config.network.local,
    steering: steered && (() => steered.now),
    faucet: steered && openFaucet(folder, queries),
    explorerDirectory,
  });

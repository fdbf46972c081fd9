/**
 * Runs one node from its home until a signal: what `quorate start` does once its flags are read.
 * @module
 */
import { createLog } from "./adapters/logger.ts";
import { packageVersion } from "./commands/version.ts";
import { openNode, type RunningNode } from "./compose.ts";
import { applyOptions, type NodeConfig } from "./config.ts";
import { loadHome, type NodeHome } from "./home.ts";
import { onlyHome } from "./only-home.ts";
import { exitCodes, Refusal, refusalOf } from "./refusal.ts";
import { readSteering } from "./steered.ts";
import { listenForStop } from "./stop-signal.ts";

/** As commander gives them: text, unless repeated or a switch. */
export interface StartFlags {
  readonly home?: string;
  readonly config?: string;
  readonly peer?: readonly string[];
  readonly p2pHost?: string;
  readonly p2pPort?: string;
  readonly advertise?: string;
  readonly httpHost?: string;
  readonly httpPort?: string;
  readonly verifyWorkers?: string;
  readonly logLevel?: string;
  readonly logFormat?: string;
  readonly stopWithStdin?: boolean;
  readonly steered?: boolean;
  readonly json?: boolean;
}

/** A stop that hangs is ended by force; the journal and the batches of the ledger make that safe. */
const stopMsMax = 4_500;
const fatalMsMax = 1_000;

/** Throws a Refusal when the node must not run. */
export async function runNode(flags: StartFlags): Promise<void> {
  const stop = listenForStop();
  if (flags.stopWithStdin) stopWithStdin(stop.request);
  const steered = flags.steered ? await readSteering(process.stdin, stop.request) : undefined;
  if (flags.steered && steered === undefined) return; // Whoever started us is gone already.
  const found = await loadHome(flags.home ?? onlyHome(), flags.config);
  const home: NodeHome = { ...found, config: withFlags(found.config, flags) };
  if (flags.steered && !home.config.network.local) throw notLocal(home);
  const { level, format } = home.config.log;
  const colour = process.stderr.isTTY && !process.env["NO_COLOR"];
  const log = createLog({ level, format, colour });
  let node: RunningNode | undefined;
  node = await openNode(home, {
    log,
    agent: `quorate/${packageVersion()}`,
    steered,
    fatal(error) {
      const { code, message } = refusalOf(error);
      log.error("the node must not go on, and ends", { code, reason: message });
      endAfter(fatalMsMax, exitCodes.storage);
      const closed = node?.close() ?? Promise.resolve();
      const end = (): never => process.exit(exitCodes.storage);
      closed.then(end, end);
    },
  }).catch((error: unknown) => {
    throw refusalOf(error);
  });
  const said = facts(home, node);
  log.info("node started", said);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ok: true, data: { event: "started", ...said } })}\n`);
  }
  await stop.requested;
  log.info("stopping");
  endAfter(stopMsMax, exitCodes.internal);
  await node.close();
  log.info("stopped");
}

/** What an operator wants to know at once. */
function facts(home: NodeHome, { queries, httpUrl }: RunningNode): Record<string, string | number> {
  const { validatorIndex, validatorCount, voting, tip, peers, nodeId } = queries.status();
  const role =
    validatorIndex === undefined ? "observer" : `validator ${validatorIndex} of ${validatorCount}`;
  return {
    network: home.genesis.networkName,
    chainId: home.chainId,
    nodeId,
    role: voting.kind === "silent" ? `${role}, not voting: ${voting.reason}` : role,
    height: tip.height,
    tip: tip.id,
    peers,
    p2p: `${home.config.p2p.host}:${home.config.p2p.port}`,
    http: `${httpUrl}/`,
    home: home.folder,
  };
}

function endAfter(ms: number, exitCode: number): void {
  setTimeout(() => process.exit(exitCode), ms).unref();
}

/** Chaos is for networks that are all on this machine. */
const notLocal = ({ folder }: NodeHome): Refusal =>
  new Refusal({
    code: "not_local",
    message: `${folder} is no home of a local network: only such a node can be steered`,
    fix: "Leave --steered out.",
  });

/** Whoever started us holds the other end: if that process dies, however it dies, we stop. */
function stopWithStdin(request: () => void): void {
  for (const event of ["end", "close", "error"]) process.stdin.once(event, request);
  process.stdin.resume();
}

function withFlags(config: NodeConfig, flags: StartFlags): NodeConfig {
  const applied = applyOptions(config, {
    p2p: given({
      host: flags.p2pHost,
      port: numeric(flags.p2pPort),
      advertise: flags.advertise,
      peers: flags.peer,
    }),
    http: given({ host: flags.httpHost, port: numeric(flags.httpPort) }),
    verify: given({ workers: numeric(flags.verifyWorkers) }),
    log: given({ level: flags.logLevel, format: flags.logFormat }),
  });
  if (applied.ok) return applied.value;
  throw new Refusal({
    code: "usage",
    message: applied.reason,
    fix: "Correct the flag of that name; see quorate start --help.",
  });
}

const given = (entries: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

/** Digits as the number they say; anything else as it is, for the option's own check to refuse. */
const numeric = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : text;

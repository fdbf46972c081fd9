/**
 * `quorate network up` from beginning to end: checks, files, processes, the facts, the live line, and the way out.
 * @module
 */
import { existsSync, mkdirSync } from "node:fs";
import { exitCodes, Refusal } from "../refusal.ts";
import { listenForStop } from "../stop-signal.ts";
import { Chaos } from "./chaos.ts";
import { ControlAnswers, type SteeredNetwork } from "./control-answers.ts";
import { requireNoNetwork, serveControl } from "./control-server.ts";
import {
  createNetwork,
  hasNetwork,
  loadNetwork,
  moveNetwork,
  type NetworkFiles,
  removeNetwork,
} from "./create-network.ts";
import {
  basePortStandard,
  httpPort,
  type Layout,
  layoutOf,
  localHost,
  nodeName,
  nodesStandard,
  p2pPort,
} from "./layout.ts";
import { LocalNetwork } from "./local-network.ts";
import { recordedPids, removeNetworkFile, saveNetworkFile } from "./network-file.ts";
import { NodeProcess } from "./node-process.ts";
import { requireFreePorts } from "./ports.ts";
import { takePulse } from "./pulse.ts";
import { pollUntil } from "./readiness.ts";
import type { UpReport } from "./up-report.ts";

export interface UpOptions {
  readonly dir: string;
  /** Undefined: as many as the network has, or four. */
  readonly nodes: number | undefined;
  /** Undefined: the ports that the network has, or the standard ones. */
  readonly basePort: number | undefined;
  readonly reset: boolean;
  /** Heights of an epoch of a new network; undefined: the standard, or as the network has it. */
  readonly epochLength: number | undefined;
}

const pulseEveryMs = 1_000;
/** Nodes of a killed network stop by themselves within this time. */
const orphanMsMax = 6_000;

/** Runs until it is told to stop. Throws a Refusal when it cannot run; then nothing is left running. */
export async function runNetwork(options: UpOptions, report: UpReport): Promise<void> {
  const started = performance.now();
  const layout = layoutOf(options.dir);
  const stop = listenForStop();
  const plan = await makePlan(layout, options);
  mkdirSync(layout.folder, { recursive: true, mode: 0o700 });
  let steered: SteeredNetwork | undefined;
  const answers = new ControlAnswers(stop.request);
  const control = await serveControl(
    layout.controlSocket,
    async (request) => await answers.answer(request),
  );
  try {
    const files = await makeFiles(layout, options, plan);
    steered = assemble(layout, files, plan, report);
    answers.steer(steered);
    const { network } = steered;
    stop.onImpatience(() => network.killAll());
    await live(network, { files, layout, started, report, stopped: stop.requested });
  } finally {
    steered?.chaos.stop();
    await steered?.network.stop();
    answers.ended();
    await control.close();
    stop.release();
  }
  report.stopped();
}

interface Plan {
  readonly nodes: number;
  readonly basePort: number;
  readonly epochLength: number | undefined;
}

/** Checks everything that can be checked before a file is written. */
async function makePlan(layout: Layout, options: UpOptions): Promise<Plan> {
  await requireNoNetwork(layout.controlSocket);
  const kept = !options.reset && hasNetwork(layout) ? loadNetwork(layout) : undefined;
  const keptNodes = kept?.nodes;
  const nodes = options.nodes ?? keptNodes ?? nodesStandard;
  if (keptNodes !== undefined && nodes !== keptNodes) {
    throw new Refusal({
      code: "nodes_differ",
      message: `the network in ${layout.folder} has ${keptNodes} nodes, not ${nodes}`,
      fix: `Leave --nodes out to go on with it, take another folder with --dir, or start over with --reset.`,
    });
  }
  const { epochLength } = options;
  const keptLength = kept?.genesis.parameters.epochLength;
  if (epochLength !== undefined && keptLength !== undefined && keptLength !== BigInt(epochLength)) {
    throw new Refusal({
      code: "epoch_length_differs",
      message: `the network in ${layout.folder} has epochs of ${keptLength} blocks, not ${epochLength}`,
      fix: "Leave --epoch-length out to go on with it: it cannot be changed. Or start over with --reset.",
    });
  }
  const basePort = options.basePort ?? kept?.basePort ?? basePortStandard;
  await pollUntil(async () => !recordedPids(layout.networkFile).some(isAlive), orphanMsMax);
  await requireFreePorts(basePort, nodes);
  return { nodes, basePort, epochLength };
}

async function makeFiles(layout: Layout, options: UpOptions, plan: Plan): Promise<NetworkFiles> {
  if (options.reset) removeNetwork(layout);
  removeNetworkFile(layout.networkFile); // It comes back when all nodes are ready.
  if (!hasNetwork(layout)) await createNetwork(layout, plan);
  const files = loadNetwork(layout);
  if (files.basePort === plan.basePort) return files;
  moveNetwork(layout, plan.nodes, plan.basePort);
  return { ...files, basePort: plan.basePort };
}

function assemble(
  layout: Layout,
  { chainId, accounts }: NetworkFiles,
  { nodes, basePort }: Plan,
  report: UpReport,
): SteeredNetwork {
  const newProcess = (index: number): NodeProcess =>
    new NodeProcess(
      {
        index,
        name: nodeName(index),
        http: `http://${localHost}:${httpPort(basePort, index)}`,
        p2p: `${localHost}:${p2pPort(basePort, index)}`,
        home: layout.nodeHome(index),
      },
      () => changed(index),
      () => chaos.steeringOf(index),
    );
  const processes = Array.from({ length: nodes }, (_, index) => newProcess(index));
  const network = new LocalNetwork(processes, (members) => {
    if (existsSync(layout.folder)) {
      saveNetworkFile(layout.networkFile, { chainId, nodes: members, accounts });
    }
  });
  const chaos = new Chaos(network, layout.controlSocket, (verdict) => report.verdict(verdict));
  function changed(index: number): void {
    network.changed();
    const status = network.status()[index];
    if (status !== undefined && !network.isStopping) report.changed(status, layout.folder);
  }
  return { layout, basePort, network, chaos, newProcess };
}

interface Run {
  readonly files: NetworkFiles;
  readonly layout: Layout;
  readonly started: number;
  readonly report: UpReport;
  readonly stopped: Promise<void>;
}

async function live(network: LocalNetwork, run: Run): Promise<void> {
  const { files, layout, report, stopped } = run;
  let isStopped = false;
  const stopping = stopped.then((): undefined => {
    isStopped = true;
    return undefined;
  });
  report.starting(files, network.members(), layout.folder);
  await Promise.race([network.start((waiting) => report.waiting(waiting)), stopping]);
  if (isStopped) return report.stopping();
  const running = network.status().filter(({ state }) => state === "running").length;
  if (running === 0) throw allFailed(layout);
  report.ready(network.members(), performance.now() - run.started);
  while (!isStopped) {
    const pulse = await Promise.race([takePulse(network.nodes), stopping]);
    if (pulse !== undefined) report.pulse(pulse);
    await Promise.race([stopping, pause(pulseEveryMs)]);
  }
  report.stopping();
}

const allFailed = (layout: Layout): Refusal =>
  new Refusal({
    code: "nodes_failed",
    message: "no node could be started",
    fix: `See ${layout.folder}/node-*/node.log. To begin again without what is there: --reset.`,
    exitCode: exitCodes.internal,
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * `quorate network …`: several nodes on this machine, started together and steered one by one.
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import type { LocalPartitionJson, LocalVerdictJson } from "../../src/api/local-json.ts";
import { askNetwork } from "../localnet/control-client.ts";
import {
  basePortMax,
  basePortMin,
  basePortStandard,
  dirStandard,
  epochLengthStandard,
  layoutOf,
  nodesMax,
  nodesStandard,
} from "../localnet/layout.ts";
import type { MemberStatus } from "../localnet/local-network.ts";
import { openBrowser } from "../localnet/open-browser.ts";
import { formatPulse, type Pulse } from "../localnet/pulse-text.ts";
import { jsonReport, textReport, type UpReport } from "../localnet/up-report.ts";
import { chaosCommands } from "./network-chaos.ts";
import { addNodeCommand, removeNodeCommand } from "./network-members.ts";
import { memberLine, partitionLine } from "./network-text.ts";
import { printResult } from "./result.ts";

/** The bounds of the protocol's parameter. */
const epochLengthMin = 10;
const epochLengthMax = 1_000_000;
const askMsMax = 10_000;

export function networkCommand(): Command {
  const network = new Command("network").description("a network of several nodes on this machine");
  const commands = [
    up(),
    status(),
    stop(),
    addNodeCommand(),
    removeNodeCommand(),
    ...chaosCommands(),
  ];
  for (const command of commands) network.addCommand(command);
  return network;
}

interface DirOptions {
  readonly dir: string;
  readonly json?: boolean;
}

interface UpFlags extends DirOptions {
  readonly nodes?: number;
  readonly basePort?: number;
  readonly epochLength?: number;
  readonly reset?: boolean;
  readonly open?: boolean;
}

function up(): Command {
  return withDir(new Command("up"))
    .description("start it, making it first where there is none, and stay until Ctrl-C")
    .option(
      "--nodes <count>",
      `validators, 1 to ${nodesMax} (default: what the network has, or ${nodesStandard})`,
      integer(1, nodesMax),
    )
    .option(
      "--base-port <port>",
      `node i: peers on port+i, HTTP on port+1000+i (default: as before, or ${basePortStandard})`,
      integer(basePortMin, basePortMax),
    )
    .option(
      "--epoch-length <blocks>",
      `blocks after which votes on members take effect (default: ${epochLengthStandard}); only for a new network`,
      integer(epochLengthMin, epochLengthMax),
    )
    .option("--reset", "begin again with a new network: keys, accounts and history are removed")
    .option("--open", "open the explorer in a browser")
    .addHelpText(
      "after",
      `
Examples:
  quorate network up                                  four nodes, state in .quorate
  quorate network up --nodes 7 --dir seven --base-port 29000
  quorate network up --reset                          the same folder, a new network`,
    )
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<UpFlags>();
      const report = flags.json ? jsonReport(process.stdout) : textReport(process.stdout);
      const { runNetwork } = await import("../localnet/up.ts"); // The other commands start faster without.
      await runNetwork(
        {
          dir: flags.dir,
          nodes: flags.nodes,
          basePort: flags.basePort,
          reset: flags.reset ?? false,
          epochLength: flags.epochLength,
        },
        flags.open ? openingExplorer(report) : report,
      );
    });
}

const openingExplorer = (report: UpReport): UpReport => ({
  ...report,
  ready(members, tookMs) {
    report.ready(members, tookMs);
    const first = members.find(({ pid }) => pid !== null);
    if (first !== undefined) openBrowser(first.http);
  },
});

interface StatusAnswer {
  readonly nodes: readonly MemberStatus[];
  readonly pulse: Pulse;
  readonly partition: LocalPartitionJson | null;
  /** What the last of the chaos commands came to. */
  readonly verdict: LocalVerdictJson | null;
}

function status(): Command {
  return withDir(new Command("status"))
    .description("what each node does")
    .action(async (_flags: unknown, command: Command) => {
      const { dir, json } = command.optsWithGlobals<DirOptions>();
      const path = layoutOf(dir).controlSocket;
      const answer = (await askNetwork(path, { command: "status" }, askMsMax)) as StatusAnswer;
      printResult(json, answer, () =>
        [
          ...answer.nodes.map(memberLine),
          formatPulse(answer.pulse),
          ...(answer.partition === null ? [] : [partitionLine(answer.partition, Date.now())]),
          ...(answer.verdict === null ? [] : [`last verdict: ${answer.verdict.words}`]),
        ].join("\n"),
      );
    });
}

function stop(): Command {
  return withDir(new Command("stop"))
    .description("stop all nodes; the state is kept")
    .action(async (_flags: unknown, command: Command) => {
      const { dir, json } = command.optsWithGlobals<DirOptions>();
      await askNetwork(layoutOf(dir).controlSocket, { command: "stop" }, askMsMax);
      printResult(json, { stopped: true }, () => "stopped");
    });
}

const withDir = (command: Command): Command =>
  command.option("--dir <folder>", "where the network is kept", dirStandard);

const integer =
  (min: number, max: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };

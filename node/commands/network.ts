/**
 * `quorate network …`: several nodes on this machine, started together and steered one by one.
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import { askNetwork } from "../localnet/control-client.ts";
import type { NodeCommand } from "../localnet/control-protocol.ts";
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
import { addNodeCommand, removeNodeCommand } from "./network-members.ts";
import { printResult } from "./result.ts";

/** The bounds of the protocol's parameter. */
const epochLengthMin = 10;
const epochLengthMax = 1_000_000;
const changeMsMax = 60_000;
const askMsMax = 10_000;

export function networkCommand(): Command {
  const network = new Command("network").description("a network of several nodes on this machine");
  const commands = [
    up(),
    status(),
    stop(),
    addNodeCommand(),
    removeNodeCommand(),
    steer("kill", "end a node at once, as a power cut would (SIGKILL)"),
    steer("pause", "stop a node in its tracks, as a machine that hangs (SIGSTOP)"),
    steer("resume", "let a paused node go on (SIGCONT)"),
    steer("restart", "stop a node if it runs, start it and wait until it is ready"),
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
}

function status(): Command {
  return withDir(new Command("status"))
    .description("what each node does")
    .action(async (_flags: unknown, command: Command) => {
      const { dir, json } = command.optsWithGlobals<DirOptions>();
      const path = layoutOf(dir).controlSocket;
      const answer = (await askNetwork(path, { command: "status" }, askMsMax)) as StatusAnswer;
      printResult(json, answer, () =>
        [...answer.nodes.map(memberLine), formatPulse(answer.pulse)].join("\n"),
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

/** A command that does one thing to one node. */
function steer(command: NodeCommand, description: string): Command {
  return withDir(new Command(command))
    .description(description)
    .argument("<node>", "its number, from 0", integer(0, nodesMax))
    .action(async (node: number, _flags: unknown, given: Command) => {
      const { dir, json } = given.optsWithGlobals<DirOptions>();
      const path = layoutOf(dir).controlSocket;
      const member = (await askNetwork(path, { command, node }, changeMsMax)) as MemberStatus;
      printResult(json, member, () => memberLine(member));
    });
}

const withDir = (command: Command): Command =>
  command.option("--dir <folder>", "where the network is kept", dirStandard);

function memberLine({ name, state, pid, http, reason }: MemberStatus): string {
  const what = state === "down" ? state : `${state.padEnd(7)}  pid ${pid}  ${http}/`;
  return `${name.padEnd(8)}  ${what}${reason === null ? "" : `  (${reason})`}`;
}

const integer =
  (min: number, max: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };

/**
 * `quorate network kill · pause · resume · restart · partition · heal`: chaos on a local network, each with a verdict.
 *
 * Exit codes: 0 done, and nothing that was compared contradicts, also where too few are left for a quorum; 7 a quorum is
 * there, but what should have come about did not in the time that was waited, or not all nodes that answer could be
 * compared; 8 nodes contradict each other.
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import type { LocalNodeCommand } from "../../src/api/local-json.ts";
import { partitionMsMax, partitionMsMin } from "../../src/api/local-limits.ts";
import type { ChaosAnswer } from "../localnet/control-answers.ts";
import { askNetwork } from "../localnet/control-client.ts";
import type { ControlRequest, Order } from "../localnet/control-protocol.ts";
import { dirStandard, layoutOf, nodesMax } from "../localnet/layout.ts";
import { formatGroups, type Groups, parseGroups } from "../localnet/partition.ts";
import { exitCodes } from "../refusal.ts";
import { note } from "./consent.ts";
import { memberLine } from "./network-text.ts";
import { printResult } from "./result.ts";

interface ChaosFlags {
  readonly dir: string;
  readonly json?: boolean;
}

interface PartitionFlags extends ChaosFlags {
  /** Milliseconds. */
  readonly for?: number;
  readonly wait: boolean;
}

/** Until a node is ready, and then until the verdict. */
const actMsMax = 90_000;

export const chaosCommands = (): readonly Command[] => [
  steer("kill", "end a node at once, as a power cut would (SIGKILL)"),
  steer("pause", "stop a node in its tracks, as a machine that hangs (SIGSTOP)"),
  steer("resume", "let a paused node go on (SIGCONT)"),
  steer("restart", "stop a node if it runs, start it and wait until it is ready"),
  partition(),
  heal(),
];

/** A command that does one thing to one node. */
function steer(command: LocalNodeCommand, description: string): Command {
  return withDir(new Command(command))
    .description(description)
    .argument("<node>", "its number, from 0", nodeNumber)
    .action(async (node: number, _flags: unknown, given: Command) => {
      const flags = given.optsWithGlobals<ChaosFlags>();
      const answer = await act(flags, { command, node });
      report(flags, answer, [node]);
    });
}

function partition(): Command {
  return withDir(new Command("partition"))
    .description("cut the links between groups of nodes, as a broken cable would")
    .argument("<groups>", 'nodes that still reach each other, such as "0,1|2,3"', groupsOf)
    .option("--for <duration>", "heal it after so long, such as 20s, and wait for that", duration)
    .option("--no-wait", "with --for: do not wait until it is healed")
    .addHelpText(
      "after",
      `
Nodes that are not named are one more group. It ends by itself with --for, with \`network heal\`, and with the network.

Examples:
  quorate network partition "0,1|2,3"            no part has a quorum: nothing goes on, nothing is lost
  quorate network partition 3 --for 20s          node 3 alone; the others go on, it catches up`,
    )
    .action(async (groups: Groups, _flags: unknown, given: Command) => {
      const flags = given.optsWithGlobals<PartitionFlags>();
      const forMs = flags.for ?? null;
      const answer = await act(flags, { command: "partition", groups, forMs });
      if (forMs === null || !flags.wait) return report(flags, answer, undefined);
      const { number, groups: whole } = answer.verdict.action;
      note(`${formatGroups(whole ?? [])}: ${answer.verdict.words}`);
      note(`heals in ${forMs / 1000} s …`);
      const healed = await ask(flags, { command: "healed", number }, forMs + actMsMax);
      report(flags, { ...healed, during: answer.verdict }, undefined);
    });
}

function heal(): Command {
  return withDir(new Command("heal"))
    .description("end the partition: every node reaches every other again")
    .action(async (_flags: unknown, given: Command) => {
      const flags = given.optsWithGlobals<ChaosFlags>();
      report(flags, await act(flags, { command: "heal" }), undefined);
    });
}

type Reported = ChaosAnswer & { readonly during?: ChaosAnswer["verdict"] };

const act = (flags: ChaosFlags, order: Order): Promise<ChaosAnswer> => ask(flags, order, actMsMax);

async function ask(
  { dir }: ChaosFlags,
  request: ControlRequest,
  timeoutMs: number,
): Promise<ChaosAnswer> {
  return (await askNetwork(layoutOf(dir).controlSocket, request, timeoutMs)) as ChaosAnswer;
}

/** `about`: the nodes to be listed; all of them when undefined. */
function report(
  { json }: ChaosFlags,
  answer: Reported,
  about: readonly number[] | undefined,
): void {
  const { isLate, ...shown } = answer;
  const nodes = answer.nodes.filter(({ index }) => about?.includes(index) ?? true);
  printResult(json, shown, () => nodes.map(memberLine).join("\n"));
  if (!json) note(answer.verdict.words);
  const isUnsafe = answer.verdict.safe === false || answer.during?.safe === false;
  if (isUnsafe) process.exitCode = exitCodes.disagreement;
  else if (isLate) process.exitCode = exitCodes.outcomeUnknown;
}

const withDir = (command: Command): Command =>
  command.option("--dir <folder>", "where the network is kept", dirStandard);

function nodeNumber(text: string): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= nodesMax) return value;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${nodesMax}.`);
}

function groupsOf(text: string): Groups {
  const groups = parseGroups(text);
  if (groups.ok) return groups.value;
  throw new InvalidArgumentError(groups.reason);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds. */
function duration(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,7})(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? 0);
  if (ms >= partitionMsMin && ms <= partitionMsMax) return ms;
  throw new InvalidArgumentError("It must be from 1s to 1h, such as 20s.");
}

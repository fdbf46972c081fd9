/**
 * `quorate network add-node` and `remove-node`: a local network that grows and shrinks.
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import { dirStandard, nodesMax } from "../localnet/layout.ts";

export interface NetworkMembersFlags {
  readonly dir: string;
  readonly json?: boolean;
  readonly observer?: boolean;
  readonly wait?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

const timeoutSeconds = 120;

export function addNodeCommand(): Command {
  return withFlags(new Command("add-node"))
    .description("one more node: invited, joined, synced, and voted in by all operators")
    .option("--observer", "leave it an observer: no votes")
    .option("--wait", "until it is a validator")
    .addHelpText(
      "after",
      `
Examples:
  quorate network add-node                 a validator from the next epoch on
  quorate network add-node --observer      follows and serves, has no vote`,
    )
    .action(async (_flags: unknown, command: Command) => {
      const { addNode } = await import("./network-members-actions.ts");
      await addNode(command.optsWithGlobals<NetworkMembersFlags>());
    });
}

export function removeNodeCommand(): Command {
  return withFlags(new Command("remove-node"))
    .description("vote a node out of the validators; it goes on as an observer")
    .argument("<node>", "its number, from 0", nodeNumber)
    .option("--wait", "until it is no validator any more")
    .action(async (node: number, _flags: unknown, command: Command) => {
      const { removeNode } = await import("./network-members-actions.ts");
      await removeNode(node, command.optsWithGlobals<NetworkMembersFlags>());
    });
}

const withFlags = (command: Command): Command =>
  command
    .option("--dir <folder>", "where the network is kept", dirStandard)
    .option("--timeout <seconds>", "for all of it", seconds, timeoutSeconds);

function nodeNumber(text: string): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= nodesMax) return value;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${nodesMax}.`);
}

function seconds(text: string): number {
  const value = /^\d{1,4}s?$/.test(text) ? Number.parseInt(text, 10) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError("It must be a whole number of seconds, such as 30.");
}

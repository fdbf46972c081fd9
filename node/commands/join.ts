/**
 * `quorate join FILE`: from an invitation to a home of one's own, and a request for membership.
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import type { JoinFlags } from "./join-actions.ts";

const portMax = 65_535;

export function joinCommand(): Command {
  return new Command("join")
    .description("make the home of a new node from an invitation, and its request for membership")
    .argument("<file>", "the invitation that a member's `quorate invite create` wrote")
    .option("--name <name>", "what the validator is to be called: the organisation's name")
    .option("--endpoint <host:port>", "where other nodes reach it")
    .option("--home <folder>", "where to make it (default: ~/.quorate/<network>)")
    .option("--operator <address>", "the account that earns its fees and votes")
    .option("--new-operator", "make that account's key too, in the home")
    .option("--observer", "a node that follows and serves, and asks for no vote")
    .option("--p2p-port <port>", "where it listens for nodes (default: that of --endpoint)", port)
    .option("--http-port <port>", "where it serves HTTP on this machine", port)
    .option(
      "--genesis-state <file>",
      "genesis.state, where the network goes on from an earlier one",
    )
    .option("--yes", "do not ask whether the inviter is right")
    .addHelpText(
      "after",
      `
Examples:
  quorate join members.invite --name acme --endpoint ledger.acme.example:27000 --new-operator
  quorate join members.invite --observer --home ./mirror

Afterwards: start the node, and hand membership-request.json to a member.`,
    )
    .action(async (file: string, _flags: unknown, command: Command) => {
      const { join } = await import("./join-actions.ts"); // Other commands start faster without.
      await join(file, command.optsWithGlobals<JoinFlags>());
    });
}

function port(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= portMax) return value;
  throw new InvalidArgumentError(`It must be a port: 1 to ${portMax}.`);
}

/**
 * `quorate membership …`: who votes, who is asked in or out, and voting on it.
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import { withNodes } from "./ask-nodes.ts";
import type { KeyFlags, TargetFlags } from "./voting-target.ts";

export interface MembershipFlags extends TargetFlags, KeyFlags {
  readonly json?: boolean;
  readonly yes?: boolean;
}

const voteSeconds = 60;

export function membershipCommand(): Command {
  const membership = new Command("membership")
    .description("the validators: who they are, and votes to add, replace or remove one")
    .addHelpText(
      "after",
      `
A change takes effect at the end of an epoch once a quorum of the operators has voted for exactly it.

Examples:
  quorate membership list
  quorate membership propose --put membership-request.json --home ~/.quorate/members
  quorate membership approve acme --key operator.json --node https://node.example
  quorate membership remove acme --as 0            on a local network, as the operator of node 0
  quorate membership parameter baseFee 200 --as 0

Exit codes: 0 final, 2 usage, 3 not found, 4 no node reachable, 5 refused, 6 expired, 7 outcome unknown, 8 nodes disagree`,
    );
  for (const one of [list(), propose(), approve(), remove(), parameter()]) {
    membership.addCommand(one);
  }
  return membership;
}

function list(): Command {
  return withNodes(new Command("list"))
    .description("the validators of now and next, the epoch, and what is voted for")
    .option("--home <folder>", "ask the node of this home")
    .action(async (_flags: unknown, command: Command) => {
      const { listMembership } = await import("./membership-actions.ts");
      await listMembership(command.optsWithGlobals<MembershipFlags>());
    });
}

function propose(): Command {
  return withVoter(new Command("propose"))
    .description("vote to add the validator of a request, or to replace its operator's entry")
    .requiredOption("--put <file>", "the membership-request.json that `quorate join` wrote")
    .action(async (_flags: unknown, command: Command) => {
      const { proposeMember } = await import("./membership-actions.ts");
      await proposeMember(command.optsWithGlobals<MembershipFlags & { readonly put: string }>());
    });
}

function approve(): Command {
  return withVoter(new Command("approve"))
    .description("vote for a change that others have voted for")
    .argument("<who>", "name, operator's address or consensus key; or the name of a parameter")
    .action(async (who: string, _flags: unknown, command: Command) => {
      const { approveChange } = await import("./membership-actions.ts");
      await approveChange(who, command.optsWithGlobals<MembershipFlags>());
    });
}

function remove(): Command {
  return withVoter(new Command("remove"))
    .description("vote to remove a validator; its node goes on as an observer")
    .argument("<who>", "its name, operator's address or consensus key")
    .action(async (who: string, _flags: unknown, command: Command) => {
      const { removeMember } = await import("./membership-actions.ts");
      await removeMember(who, command.optsWithGlobals<MembershipFlags>());
    });
}

function parameter(): Command {
  return withVoter(new Command("parameter"))
    .description("vote for another value of a parameter of the network")
    .argument("<name>", "its name; see GET /v1/parameters")
    .argument("<value>", "decimal digits", digits)
    .action(async (name: string, value: bigint, _flags: unknown, command: Command) => {
      const { setParameter } = await import("./membership-actions.ts");
      await setParameter({ name, value }, command.optsWithGlobals<MembershipFlags>());
    });
}

const withVoter = (command: Command): Command =>
  command
    .option("--key <file>", "key file of the operator that votes")
    .option("--home <folder>", "home of a node: its operator's key, its network, its HTTP address")
    .option("--as <number>", "on a local network: vote as the operator of this node", nodeNumber)
    .option("--node <url...>", "nodes to send it to")
    .option(
      "--network <file>",
      "network file (default: QUORATE_NETWORK, else .quorate/network.json)",
    )
    .option("--timeout <seconds>", "how long to wait until it is final", seconds, voteSeconds)
    .option("--yes", "do not ask for a confirmation");

function nodeNumber(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be the number of a node, from 0.");
}

function seconds(text: string): number {
  const value = /^\d{1,4}s?$/.test(text) ? Number.parseInt(text, 10) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError("It must be a whole number of seconds, such as 30.");
}

function digits(text: string): bigint {
  if (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n) return BigInt(text);
  throw new InvalidArgumentError("It must be a whole number below 2^64.");
}

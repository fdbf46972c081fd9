/**
 * `quorate status`, `validators`, `peers`: what nodes see, and why nothing moves when nothing moves.
 * @module
 */
import { Command } from "commander";
import type { ListJson, PeerJson, StatusJson, ValidatorJson } from "../../src/api/json.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import {
  type AskFlags,
  ask,
  askAll,
  type NodeAnswer,
  print,
  reasonText,
  withNodes,
} from "./ask-nodes.ts";
import { peersText, statusText, unreachableText, validatorsText } from "./status-text.ts";

const watchEveryMs = 1_000;

export function statusCommand(): Command {
  return withNodes(new Command("status"))
    .description("where nodes stand: tip, votes, who is silent, what is fetched, why views failed")
    .option("--watch", "again every second, until Ctrl-C; with --json one object a line")
    .addHelpText(
      "after",
      `
Examples:
  quorate status                               all nodes of the local network
  quorate status --watch
  quorate status --node http://127.0.0.1:28000 --json

Exit codes: 0 at least one node answered, 2 usage, 4 no node reachable`,
    )
    .action(async (_flags: unknown, command: Command) => {
      const { watch } = command.optsWithGlobals<AskFlags & { readonly watch?: boolean }>();
      if (watch === true) await watchStatus(command);
      else await showStatus(command, false);
    });
}

export function validatorsCommand(): Command {
  return withNodes(new Command("validators"))
    .description("who votes: linked or not, last vote, views led in vain")
    .action(async (_flags: unknown, command: Command) => {
      const found: ListJson<ValidatorJson> = await ask(command, (client) => client.validators());
      print(command, found, () => validatorsText(found.items));
    });
}

export function peersCommand(): Command {
  return withNodes(new Command("peers"))
    .description("the nodes that one node is linked to")
    .action(async (_flags: unknown, command: Command) => {
      const found: ListJson<PeerJson> = await ask(command, (client) => client.peers());
      print(command, found, () => peersText(found.items));
    });
}

async function watchStatus(command: Command): Promise<never> {
  const { json } = command.optsWithGlobals<AskFlags>();
  for (;;) {
    await showStatus(command, process.stdout.isTTY && json !== true);
    await new Promise((resolve) => setTimeout(resolve, watchEveryMs));
  }
}

const clearScreen = "\u001b[2J\u001b[H";

async function showStatus(command: Command, afresh: boolean): Promise<void> {
  const answers = await askAll(command, (client) => client.status());
  const reached = answers.filter(({ result }) => result.ok);
  if (reached.length === 0) throw unreachable(answers);
  const nodes = answers.map(({ url, result }) =>
    result.ok
      ? { node: url, status: result.value }
      : { node: url, unreachable: reasonText(result.reason) },
  );
  if (afresh) process.stdout.write(clearScreen);
  print(command, { nodes }, () =>
    nodes
      .map((one) =>
        one.status === undefined
          ? unreachableText(one.node, one.unreachable)
          : statusText(one.node, one.status),
      )
      .join("\n\n"),
  );
}

function unreachable(answers: readonly NodeAnswer<StatusJson>[]): Refusal {
  const reasons = answers.map(
    ({ url, result }) => `${url}: ${result.ok ? "" : reasonText(result.reason)}`,
  );
  return new Refusal({
    code: "no_node_reachable",
    message: `no node answered\n  ${reasons.join("\n  ")}`,
    fix: "Start the network (npm start), or name a node with --node URL.",
    exitCode: exitCodes.unreachable,
  });
}

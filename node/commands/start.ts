/**
 * `quorate start`: one node, from its home, until a signal.
 * @module
 */
import { Command, Option } from "commander";
import type { StartFlags } from "../run-node.ts";

export function startCommand(): Command {
  return new Command("start")
    .description("run one node; flags win over its config.toml")
    .option("--home <folder>", "the node's home (default: the only one in ~/.quorate)")
    .option("--config <file>", "instead of the home's config.toml")
    .option("--peer <host:port...>", "nodes to dial, besides the validators")
    .option("--p2p-host <address>", "where other nodes connect")
    .option("--p2p-port <port>", "port for other nodes")
    .option("--advertise <host:port>", "what other nodes are told to dial")
    .option("--http-host <address>", "where the HTTP interface listens")
    .option("--http-port <port>", "port of the HTTP interface")
    .option("--verify-workers <count>", "threads that check signatures")
    .option("--log-level <level>", "debug, info, warn or error")
    .option("--log-format <format>", "pretty or json")
    .addOption(new Option("--stop-with-stdin", "stop when standard input ends").hideHelp())
    .addOption(
      new Option("--steered", "of a local network: steered through standard input").hideHelp(),
    )
    .addHelpText("after", "\nExample:\n  quorate start --home ~/.quorate/members --http-port 8080")
    .action(async (_flags: unknown, command: Command) => {
      const { runNode } = await import("../run-node.ts"); // Other commands start faster without a node.
      await runNode(command.optsWithGlobals<StartFlags>());
    });
}

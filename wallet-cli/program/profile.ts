/**
 * Commands about which network and nodes the wallet uses.
 * @module
 */
import type { Command } from "commander";
import type { Run } from "../run.ts";

export function addProfile(program: Command, run: Run): void {
  addNodes(program, run);
  addConfig(program, run);
}

function addNodes(program: Command, run: Run): void {
  const nodes = program
    .command("nodes")
    .description("the nodes of a network that this wallet keeps");
  nodes
    .command("add")
    .argument("<url>", "a node's address on the web")
    .description("add a node to the profile in use, or to that of --profile; makes it if need be")
    .action(async (url: string) => {
      const { addNode } = await import("../commands/nodes.ts");
      await run(program.opts(), async (wallet) => await addNode(wallet, url));
    });
  nodes
    .command("remove")
    .argument("<url>", "one of them")
    .description("remove a node")
    .action(async (url: string) => {
      const { removeNode } = await import("../commands/nodes.ts");
      await run(program.opts(), async (wallet) => await removeNode(wallet, url));
    });
  nodes
    .command("list")
    .description("list the nodes")
    .action(async () => {
      const { listNodes } = await import("../commands/nodes.ts");
      await run(program.opts(), listNodes);
    });
}

function addConfig(program: Command, run: Run): void {
  const config = program.command("config").description("the networks that this wallet keeps");
  config
    .command("show")
    .description("show the profiles: name, pinned network, nodes")
    .action(async () => {
      const { showConfig } = await import("../commands/config.ts");
      await run(program.opts(), showConfig);
    });
  config
    .command("set")
    .argument("<setting>", "profile, or chain-id")
    .argument("<value>", "a profile's name; a chain id; or none")
    .description("choose the profile in use, or pin its network anew")
    .action(async (setting: string, value: string) => {
      const { setConfig } = await import("../commands/config.ts");
      await run(program.opts(), async (wallet) => await setConfig(wallet, setting, value));
    });
}

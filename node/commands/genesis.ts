/**
 * `quorate genesis`: what a network starts from; and a new network over the state of one that has come to a halt.
 * @module
 */
import { Command } from "commander";
import type { AdoptFlags, CreateFlags } from "./genesis-actions.ts";

export function genesisCommand(): Command {
  const collect = (name: string, names: readonly string[] = []): readonly string[] => [
    ...names,
    name,
  ];
  return new Command("genesis")
    .description("what a network starts from")
    .addCommand(
      new Command("inspect")
        .description("what a genesis file says, and the chain id that follows from it")
        .argument("<file>", "a genesis file")
        .action(async (file: string, _flags: unknown, command: Command) => {
          const { inspectGenesis } = await import("./genesis-actions.ts");
          inspectGenesis(file, command.optsWithGlobals<{ readonly json?: boolean }>());
        }),
    )
    .addCommand(
      new Command("hash")
        .description("the chain id of a genesis file")
        .argument("<file>", "a genesis file")
        .action(async (file: string, _flags: unknown, command: Command) => {
          const { hashGenesis } = await import("./genesis-actions.ts");
          hashGenesis(file, command.optsWithGlobals<{ readonly json?: boolean }>());
        }),
    )
    .addCommand(
      new Command("create")
        .description("a new network over the state of one that has come to a halt")
        .requiredOption("--from <home>", "the home of a stopped node, the one with the most blocks")
        .requiredOption("--out <folder>", "where to write genesis.json and genesis.state")
        .option("--without <validator>", "begin without this one; repeat it for several", collect)
        .addHelpText("after", createHelp)
        .action(async (_flags: unknown, command: Command) => {
          const { createGenesis } = await import("./genesis-actions.ts");
          await createGenesis(command.optsWithGlobals<CreateFlags>());
        }),
    )
    .addCommand(
      new Command("adopt")
        .description("the home of a node of that new network, from its old one")
        .argument("<folder>", "what `genesis create` has written, as a member handed it over")
        .requiredOption("--from <home>", "the old home; it is only read, and its node must not run")
        .requiredOption("--home <folder>", "where to make the new one")
        .option("--yes", "do not ask whether the genesis is the right one")
        .action(async (folder: string, _flags: unknown, command: Command) => {
          const { adoptGenesis } = await import("./genesis-actions.ts");
          await adoptGenesis(folder, command.optsWithGlobals<AdoptFlags>());
        }),
    );
}

const createHelp = `
For when more than a third of the validators have lost journals or keys for ever: no block can become final any more.
The new network has another chain id, so what was ever signed for the old one means nothing in it. Every balance, asset
and record goes on; heights begin at 0 again. The old ledger stays as it is, and its receipts stay valid under the old genesis.

Example:
  quorate genesis create --from ~/.quorate/members --out ./members-2     one member
  quorate genesis adopt ./members-2 --from ~/.quorate/members --home ~/.quorate/members-2     each member
  quorate start --home ~/.quorate/members-2`;

/**
 * Commands about the wallet's own keys.
 * @module
 */
import type { Command } from "commander";
import type { Run } from "../run.ts";

export function addKeyCommands(program: Command, run: Run): void {
  program
    .command("create")
    .argument("[name]", "a name for it (main)")
    .description("make a new key and print its address")
    .action(async (name: string | undefined) => {
      const { create } = await import("../commands/create.ts");
      await run(program.opts(), async (wallet) => await create(wallet, name));
    });
  program
    .command("list")
    .description("list the accounts that can sign")
    .action(async () => {
      const { list } = await import("../commands/list.ts");
      await run(program.opts(), list);
    });
  program
    .command("show")
    .argument("[name]", "an account that can sign")
    .description("show an account in full, but not its secret")
    .action(async (name: string | undefined) => {
      const { show } = await import("../commands/show.ts");
      await run(program.opts(), async (wallet) => await show(wallet, name));
    });
}

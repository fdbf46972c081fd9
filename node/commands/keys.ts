/**
 * `quorate keys rotate`: a second consensus key for a validator, and the request that puts it in the first one's place.
 * @module
 */
import { Command } from "commander";
import { withNodes } from "./ask-nodes.ts";
import type { TargetFlags } from "./voting-target.ts";

export function keysCommand(): Command {
  return new Command("keys").description("the keys of a node").addCommand(
    withNodes(new Command("rotate"))
      .description(
        "make a new consensus key with its journal, and the request that replaces the old",
      )
      .option("--home <folder>", "the validator's home (default: the only one in ~/.quorate)")
      .addHelpText(
        "after",
        `
Both keys stay in the home: the set of each epoch says which one votes. Remove the old one only when it is in no set any
more.

Example:
  quorate keys rotate --home ~/.quorate/members`,
      )
      .action(async (_flags: unknown, command: Command) => {
        const { rotateKey } = await import("./keys-actions.ts");
        await rotateKey(command.optsWithGlobals<TargetFlags & { readonly json?: boolean }>());
      }),
  );
}

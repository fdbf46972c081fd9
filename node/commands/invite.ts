/**
 * `quorate invite create`: one signed file that brings an organisation in.
 * @module
 */
import { Command } from "commander";
import { formatCheckpoint } from "../../src/protocol/checkpoint.ts";
import { formatInvite } from "../../src/protocol/invite.ts";
import { note } from "./consent.ts";
import { printResult } from "./result.ts";

interface InviteFlags {
  readonly home?: string;
  readonly node?: string;
  readonly json?: boolean;
}

export function inviteCommand(): Command {
  const invite = new Command("invite").description("bring another organisation's node in");
  return invite.addCommand(
    new Command("create")
      .description(
        "write an invitation: genesis, newest final block, addresses, signed by this node",
      )
      .option("--home <folder>", "whose key signs (default: the only home in ~/.quorate)")
      .option("--node <url>", "the node that is asked (default: the home's own)")
      .addHelpText(
        "after",
        `
The file holds no secret. Send it in a way that the receiver knows is yours: its signature shows only that nobody
changed it.

Example:
  quorate invite create --home ~/.quorate/members > members.invite`,
      )
      .action(async (_flags: unknown, command: Command) => {
        await createInvitation(command.optsWithGlobals<InviteFlags>());
      }),
  );
}

async function createInvitation({ home: folder, node, json }: InviteFlags): Promise<void> {
  const { loadHome } = await import("../home.ts");
  const { createInvite } = await import("../invitation.ts");
  const { onlyHome } = await import("../only-home.ts");
  const { nodeOfHome } = await import("./voting-target.ts");
  const { localClient } = await import("../localnet/readiness.ts");
  const home = await loadHome(folder ?? onlyHome());
  const invite = await createInvite(home, localClient(node ?? nodeOfHome(home.config)));
  const { from, checkpoint, peers } = invite;
  note(
    `an invitation to ${home.genesis.networkName}, signed by the ${from.keyKind} key ${from.key}; ` +
      `checkpoint ${formatCheckpoint(checkpoint)}, ${peers.length} addresses`,
  );
  const text = formatInvite(invite);
  printResult(json, { invite: JSON.parse(text) as unknown }, () => text.trimEnd());
}

/**
 * The `quorate` command: mounts the commands, runs one, ends with its exit code.
 *
 * Results go to stdout, everything else to stderr; exit codes are those of refusal.ts.
 * @module
 */
import { Command } from "commander";
import { completionCommand } from "./commands/completion.ts";
import { genesisCommand } from "./commands/genesis.ts";
import { inviteCommand } from "./commands/invite.ts";
import { joinCommand } from "./commands/join.ts";
import { keysCommand } from "./commands/keys.ts";
import { membershipCommand } from "./commands/membership.ts";
import { networkCommand } from "./commands/network.ts";
import { queryCommand } from "./commands/query.ts";
import { reportFailure } from "./commands/result.ts";
import { startCommand } from "./commands/start.ts";
import { peersCommand, statusCommand, validatorsCommand } from "./commands/status.ts";
import { packageVersion } from "./commands/version.ts";

const wantsJson: boolean = process.argv.includes("--json");

async function run(): Promise<number> {
  const program = new Command("quorate")
    .description("a ledger that several organisations keep together and none of them owns")
    .version(packageVersion())
    .option("--json", "one JSON object on stdout, for programs")
    .addHelpText(
      "after",
      `
Examples:
  quorate network up            four validators on this machine, ready to use
  quorate status --watch        where its nodes stand, and why if nothing moves
  quorate query stats           what the ledger holds
  quorate start --home DIR      one node

Exit codes: 0 done, 1 internal error, 2 usage, 3 not found, 4 no node reachable, 5 refused, 6 expired,
  7 outcome unknown, 8 nodes disagree or a proof fails, 10 the disk cannot be trusted`,
    );
  for (const command of [
    networkCommand(),
    startCommand(),
    queryCommand(),
    statusCommand(),
    validatorsCommand(),
    peersCommand(),
    genesisCommand(),
    membershipCommand(),
    inviteCommand(),
    joinCommand(),
    keysCommand(),
    completionCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const command of everyCommand(program)) {
    command.exitOverride();
    if (wantsJson) command.configureOutput({ writeErr: () => {} });
    command.showHelpAfterError("(--help shows what can be given)");
  }
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return reportFailure(error, wantsJson);
  }
}

const everyCommand = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(everyCommand),
];

process.exit(await run());

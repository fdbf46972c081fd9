/**
 * The command line: names, arguments, flags and help. What a command does is loaded when it is chosen.
 * @module
 */
import { Command } from "commander";
import type { Run } from "../run.ts";
import { addCompletion } from "./completion.ts";
import { addContacts } from "./contacts.ts";
import { addKeyCommands } from "./keys.ts";
import { addOffline } from "./offline.ts";
import { addPayments } from "./payments.ts";
import { addProfile } from "./profile.ts";
import { addQuestions } from "./questions.ts";
import { addReceipts } from "./receipts.ts";
import { addRecords } from "./records.ts";

const examples = `
Examples:
  quorate-wallet create                          a key of your own
  quorate-wallet send 25 bob --from alice        waits until it is final
  quorate-wallet balance alice                   asks every node, believes proofs
  quorate-wallet wait ID                         after "outcome unknown": sends the same payment again

Exit codes:
  0 done   1 internal error   2 usage   3 not found   4 no node reachable
  5 invalid, superseded, or refused by every node   6 expired   7 outcome unknown: wait ID
  8 not proven, or nodes contradict each other   9 wrong password`;

export function buildProgram(run: Run): Command {
  const program = new Command("quorate-wallet")
    .description("Keys and payments of a Quorate network")
    .option("--node <url>", "a node to ask; repeat it for several", collect)
    .option("--network <file>", "network file (QUORATE_NETWORK; ./.quorate/network.json)")
    .option("--profile <name>", "a network of `config show`, instead of the chosen one")
    .option("--genesis <file>", "genesis file that names the network")
    .option("--checkpoint <height:id>", "a block that the history must have")
    .option("--home <dir>", "the wallet's folder (~/.quorate-wallet)")
    .option("--password-file <file>", "read the key's password from a file")
    .option("--password-fd <number>", "read the key's password from a file descriptor")
    .option("--timeout <duration>", "how long to wait for an outcome (30s)")
    .option("--yes", "do not ask for confirmation")
    .option("--json", "one JSON object on stdout")
    .option("--quiet", "no progress on stderr")
    .addHelpText("after", examples)
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError();
  addKeyCommands(program, run);
  addContacts(program, run);
  addPayments(program, run);
  addRecords(program, run);
  addQuestions(program, run);
  addReceipts(program, run);
  addOffline(program, run);
  addProfile(program, run);
  addCompletion(program, run);
  return program;
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

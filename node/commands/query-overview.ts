/**
 * `quorate query fees`, `mempool` and `search`.
 * @module
 */
import { Command } from "commander";
import { fail } from "../../src/base/result.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import { ask, print, withNodes } from "./ask-nodes.ts";
import { feesText, mempoolText, searchText } from "./overview-text.ts";
import { pageOf, withPages } from "./query-pages.ts";

export const overviewCommands = (): readonly Command[] => [fees(), mempool(), search()];

function fees(): Command {
  return withNodes(new Command("fees"))
    .description("what a transaction must pay, and how full the last blocks were")
    .action(async (_flags: unknown, command: Command) => {
      const found = await ask(command, (client) => client.overview.fees());
      print(command, found, () => feesText(found));
    });
}

function mempool(): Command {
  return withPages(new Command("mempool"))
    .description("what waits in a node for a block, newest first")
    .action(async (_flags: unknown, command: Command) => {
      const page = pageOf(command);
      const found = await ask(command, (client) => client.overview.mempool(page));
      print(command, found, () => mempoolText(found));
    });
}

function search(): Command {
  return withNodes(new Command("search"))
    .description(
      "what a text stands for: a height, an id, an address, a code, a name, a content hash",
    )
    .argument("<text>")
    .action(async (text: string, _flags: unknown, command: Command) => {
      const found = await ask(command, async (client) => {
        const answer = await client.overview.search(text);
        return answer.ok && answer.value.hits.length === 0 ? fail("not-found") : answer;
      }).catch((error: unknown) => {
        const isAbsent = error instanceof Refusal && error.exitCode === exitCodes.notFound;
        throw isAbsent ? nothingFound(text) : error;
      });
      print(command, found, () => searchText(found));
    });
}

const nothingFound = (text: string): Refusal =>
  new Refusal({
    code: "nothing_found",
    message: `nothing is known by ${JSON.stringify(text)}`,
    fix: "Give the whole of an id or an address, or the beginning of an asset's code or a validator's name.",
    exitCode: exitCodes.notFound,
  });

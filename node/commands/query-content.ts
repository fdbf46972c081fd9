/**
 * `quorate query asset`, `assets`, `record` and `records`.
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import type { AssetJson, AssetNowJson } from "../../src/api/asset-json.ts";
import type { ClientFailure, NodeClient } from "../../src/api/client.ts";
import { requestProblem } from "../../src/api/problem.ts";
import { fail, type Result } from "../../src/base/result.ts";
import { isIdText } from "../../src/protocol/ids.ts";
import { Refusal } from "../refusal.ts";
import { type AskFlags, ask, print, withNodes } from "./ask-nodes.ts";
import { assetsText, assetText, contentText, recordsText, recordText } from "./content-text.ts";
import { pageItems, pageOf, withPages } from "./query-pages.ts";
import { namedAddress, networkFileOf } from "./query-targets.ts";

export const contentCommands = (): readonly Command[] => [asset(), assets(), record(), records()];

/** A code is looked for among this many assets: 100 pages. */
const assetsMax = 10_000;

/** The address of a name of the network file, or what was given. */
function addressOf(command: Command, name: string): string {
  return namedAddress(networkFileOf(command.optsWithGlobals<AskFlags>().network), name);
}

function asset(): Command {
  return withNodes(new Command("asset"))
    .description("an asset: its issuer, its terms, and how much of it exists")
    .argument("<asset>", "its id, or its code if only one issuer uses it")
    .action(async (name: string, _flags: unknown, command: Command) => {
      const found = await ask(command, (client) =>
        isIdText(name) ? client.assets.one(name) : assetByCode(client, name),
      );
      print(command, found, () => assetText(found));
    });
}

/** Two issuers may use one code, and a code must not choose between them. */
async function assetByCode(
  client: NodeClient,
  code: string,
): Promise<Result<AssetNowJson, ClientFailure>> {
  const found: AssetJson[] = [];
  let cursor: string | undefined;
  let seen = 0;
  do {
    const page = await client.assets.list({ cursor, limit: pageItems });
    if (!page.ok) return page;
    found.push(...page.value.items.filter((each) => each.code === code));
    seen += page.value.items.length;
    cursor = page.value.next ?? undefined;
  } while (cursor !== undefined && seen < assetsMax);
  const [first, ...others] = found;
  if (first === undefined) {
    const detail =
      cursor === undefined
        ? `No asset has the code ${code}.`
        : `None of the first ${seen} assets has the code ${code}: give its id.`;
    return fail({ kind: "problem", problem: requestProblem("asset_not_found", detail) });
  }
  if (others.length === 0) return await client.assets.one(first.id);
  const list = found.map(({ id, issuer }) => `  ${id} issued by ${issuer}`);
  throw new Refusal({
    code: "asset_ambiguous",
    message: `${found.length} assets have the code ${code}\n${list.join("\n")}`,
    fix: "Give the id of the one that you mean.",
  });
}

function assets(): Command {
  return withPages(new Command("assets"))
    .description("the assets that were created")
    .action(async (_flags: unknown, command: Command) => {
      const page = pageOf(command);
      const found = await ask(command, (client) => client.assets.list(page));
      print(command, found, () => assetsText(found));
    });
}

function record(): Command {
  return withNodes(new Command("record"))
    .description("a record of an account: its newest version, or an earlier one")
    .argument("<account>", "address, or the name of an account in the network file")
    .argument("<topic>")
    .argument("<key>")
    .argument("[version]", "1 for the first; the newest when left out", versionOf)
    .action(async (...given: [...RecordWords, flags: unknown, command: Command]) => {
      const [name, topic, key, version, , command] = given;
      const address = addressOf(command, name);
      const found = await ask(command, (client) =>
        client.records.one(address, topic, key, version),
      );
      print(command, found, () => recordText(found));
    });
}

type RecordWords = [name: string, topic: string, key: string, version: number | undefined];

function versionOf(text: string): number {
  const version = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : 0;
  if (version > 0) return version;
  throw new InvalidArgumentError("It must be a version: 1, 2, …");
}

function records(): Command {
  return withPages(new Command("records"))
    .description("the records of an account, or everything that was recorded with a content")
    .argument("[account]", "address, or the name of an account in the network file")
    .option("--topic <topic>", "only of this topic")
    .option("--content <hash>", "SHA-256 of the content, 64 hex digits")
    .action(async (name: string | undefined, _flags: unknown, command: Command) => {
      const page = pageOf(command);
      const { topic, content } = command.optsWithGlobals<{
        readonly topic?: string;
        readonly content?: string;
      }>();
      if (content !== undefined && name === undefined && topic === undefined) {
        const found = await ask(command, (client) => client.records.withContent(content, page));
        print(command, found, () => contentText(found));
        return;
      }
      if (name === undefined || content !== undefined) {
        throw new Refusal({
          code: "usage",
          message: "either an account is named, or a content",
          fix: "quorate query records ACCOUNT [--topic TOPIC], or --content HASH alone.",
        });
      }
      const address = addressOf(command, name);
      const found = await ask(command, (client) =>
        client.records.ofAccount(address, { topic, ...page }),
      );
      print(command, found, () => recordsText(found));
    });
}

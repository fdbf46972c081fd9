/**
 * The flags of commands that print one page of a list.
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import type { PageOptions } from "../../src/api/paths.ts";
import { type AskFlags, withNodes } from "./ask-nodes.ts";

export const pageItems = 100;

export const withPages = (command: Command): Command =>
  withNodes(command)
    .option("--cursor <cursor>", "where to go on, as the answer before said")
    .option("--limit <items>", "how many at most, up to 100", itemsOf, pageItems);

function itemsOf(text: string): number {
  const items = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (items >= 1 && items <= pageItems) return items;
  throw new InvalidArgumentError(`It must be a number from 1 to ${pageItems}.`);
}

export const pageOf = (command: Command): PageOptions => {
  const { cursor, limit } = command.optsWithGlobals<AskFlags & PageOptions>();
  return { cursor, limit };
};

/**
 * What the reader wants of the checks on every page: which other nodes are asked too, and what is forgotten.
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import { forget, isCheckpointText, writeCheckpointText } from "./remembering.ts";
import { localShelf, type Shelf, sessionShelf } from "./shelf.ts";

const nodesKey = "quorate-other-nodes";
const nodesMax = 7;
const urlLengthMax = 256;

const nodes = signal(readNodes(sessionShelf));
const round = signal(0);

/** Base URLs. Nothing is asked of them but what is checked, and on the page of the network their tips. */
export const otherNodes: ReadonlySignal<readonly string[]> = nodes;
/** Rises when what is remembered was changed on purpose: then everything is checked anew. */
export const checkRound: ReadonlySignal<number> = round;

export function checkAnew(): void {
  round.value += 1;
}

/** The reason of a failure is a sentence. */
export function askToo(text: string, page: string): Result<string, string> {
  const node = baseUrlOf(text);
  if (node === undefined) return fail("This is not the address of a node: http://host:port.");
  if (node === page) return fail("This is the node that shows this page.");
  if (nodes.value.includes(node)) return fail("This node is asked already.");
  if (nodes.value.length >= nodesMax) return fail(`No more than ${nodesMax} others are asked.`);
  keepNodes([...nodes.value, node]);
  return ok(node);
}

export function askNoMore(node: string): void {
  keepNodes(nodes.value.filter((each) => each !== node));
}

export function forgetNetwork(): void {
  forget(localShelf);
  checkAnew();
}

/** Empty: none. The reason of a failure is a sentence. */
export function setCheckpoint(text: string): Result<undefined, string> {
  const wanted = text.trim();
  if (wanted !== "" && !isCheckpointText(wanted)) {
    return fail(
      "A checkpoint is written HEIGHT:ID, such as 1200: and the 64 letters of the block's id.",
    );
  }
  writeCheckpointText(localShelf, wanted === "" ? undefined : wanted);
  checkAnew();
  return ok(undefined);
}

/** `http://host:port`, with or without a path; without a query, a name or a password. */
export function baseUrlOf(text: string): string | undefined {
  const given = text.trim();
  if (given.length > urlLengthMax) return undefined;
  const withScheme = /^[a-z]+:\/\//i.test(given) ? given : `http://${given}`;
  if (!URL.canParse(withScheme)) return undefined;
  const { protocol, username, password, origin, pathname } = new URL(withScheme);
  if (!/^https?:$/.test(protocol) || username !== "" || password !== "") return undefined;
  return `${origin}${pathname}`.replace(/\/+$/, "");
}

function keepNodes(list: readonly string[]): void {
  nodes.value = list;
  sessionShelf.write(nodesKey, JSON.stringify(list));
}

/** What is kept may be anything. */
export function readNodes(shelf: Shelf): readonly string[] {
  try {
    const kept: unknown = JSON.parse(shelf.read(nodesKey) ?? "[]");
    if (!Array.isArray(kept)) return [];
    const known = kept.filter((each) => typeof each === "string" && baseUrlOf(each) === each);
    return [...new Set<string>(known)].slice(0, nodesMax);
  } catch {
    return [];
  }
}

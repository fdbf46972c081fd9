/**
 * What several nodes say that an account's transactions are: a page of ids from each.
 *
 * These are words. Which of them are final, where, and of this account, is proven one by one (listed-proofs.ts); that an
 * outgoing one is missing shows in the nonces, that an incoming one is missing only if another node names it.
 * @module
 */
import { type AskOptions, askNode, describeFailure } from "../api/asking.ts";
import type { FinalTransactionJson, ListJson } from "../api/json.ts";
import { formatPosition, newestFirst, type Position } from "../api/position.ts";
import { askTogether } from "./asking-together.ts";
import type { RawAnswer } from "./evidence.ts";
import type { FindingBody } from "./finding.ts";
import type { LightClient } from "./light-client.ts";
import { RecordingWeb } from "./recording-web.ts";

export interface Listed extends Position {
  readonly id: string;
}

/** One node's page: at most as many as were asked for, each once. */
export interface ListedPage {
  readonly node: string;
  readonly items: readonly Listed[];
  /** By its word, nothing is below the page. */
  readonly isLast: boolean;
  readonly raw: readonly RawAnswer[];
}

export interface PageWish {
  /** Of the account. */
  readonly address: string;
  readonly limit: number;
  /** The newest place that is wanted. */
  readonly from: Position | undefined;
}

export interface Lists {
  readonly pages: readonly ListedPage[];
  /** Of the nodes that gave no page. */
  readonly findings: ReadonlyMap<string, FindingBody>;
}

/** Asks all of them at once. */
export async function listsOf(
  client: LightClient,
  nodes: readonly string[],
  wish: PageWish,
): Promise<Lists> {
  const { timeoutMs } = client.options;
  const findings = new Map<string, FindingBody>();
  const pages = await askTogether(client.options, nodes, async (node, signal) => {
    const page = await listedBy(client, node, wish, { timeoutMs, signal });
    if (!("kind" in page)) return page;
    findings.set(node, page);
    return undefined;
  });
  return { pages, findings };
}

async function listedBy(
  { options, caught }: LightClient,
  node: string,
  { address, limit, from }: PageWish,
  ask: AskOptions,
): Promise<ListedPage | FindingBody> {
  const recording = new RecordingWeb(options.web);
  const cursor = from && formatPosition(from);
  const { result } = await askNode(
    recording,
    node,
    (client) => client.accountTransactions(address, { limit, cursor }),
    ask,
  );
  if (result.ok) return { node, ...pageOf(result.value, limit), raw: recording.answers };
  const message = `It does not list the transactions: ${describeFailure(result.reason)}`;
  switch (result.reason.kind) {
    case "unreachable":
      return { kind: "silent", message };
    case "garbled":
      return await caught.lie(node, { code: "garbled", message }, recording.answers);
    default:
      return { kind: "unready", message };
  }
}

function pageOf(
  { items, next }: ListJson<FinalTransactionJson>,
  limit: number,
): Pick<ListedPage, "items" | "isLast"> {
  const listed = new Map<string, Listed>();
  for (const item of items.slice(0, limit)) {
    const { id, height, index } = item;
    if (!listed.has(id)) listed.set(id, { id, height, index });
  }
  return { items: [...listed.values()], isLast: next === null };
}

/** Whether the page goes past a place without having the transaction that is there. Its items are proven. */
export function leavesOut({ items, isLast }: ListedPage, proven: Listed): boolean {
  if (items.some(({ id }) => id === proven.id)) return false;
  return isLast || items.some((item) => newestFirst(proven, item) < 0);
}
